/* match.h: which functions a word on the command line means. */
#ifndef FLAME_ANNOTATE_MATCH_H
#define FLAME_ANNOTATE_MATCH_H

#include <flamedata/error.h>
#include <flamedata/str.h>

/* One function that was hit.
 *
 * name    as it is shown
 * linkage its name in the symbol table (mangled), or the same
 * weight  what makes one nearer than another of equal likeness */
struct flame_match_name {
    struct flame_str name, linkage;
    uint64_t weight;
};

/* Set matches[i] for names[count] that wanted means: names equal to it; if there is none, linkage
 * names; if there is none, those equal without parameters (and, for Rust, the hash, and a
 * compiler's mark of a copy, and a script's place); if there is none, those equal without template
 * arguments, too; if there is none, those that end so ("Index::find" is "geo::Index::find"), with
 * their template arguments or without; if there is none, those that the glob (*, ?, [...]) fits as
 * a whole. regex: those that contain what the extended regular expression finds. *found is how
 * many. FLAME_OK; FLAME_USAGE with error: no regular expression; FLAME_NOMEM. */
enum flame_status flame_match(const struct flame_match_name *names, size_t count,
                              const char *wanted, bool regex, bool *matches, size_t *found,
                              struct flame_error *error);

enum { FLAME_MATCH_NEAREST = 8 };

/* The nearest of names[count] to wanted, nearest first, into nearest[most] as indices, most at most
 * FLAME_MATCH_NEAREST; returns how many. Near is what has the same last part, contains it or is
 * contained in it, whatever the case, or is few edits away. Of functions that the source calls the
 * same, the heaviest. */
size_t flame_match_nearest(const struct flame_match_name *names, size_t count, const char *wanted,
                           size_t *nearest, size_t most);

#endif
