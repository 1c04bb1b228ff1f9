/* match.c: the functions that a word means.
 *
 * An exact name wins over everything, so that "operator[]" and "operator*" mean themselves although
 * they are globs, too. Globs are matched here and not by fnmatch, which wants strings that end and
 * whose time can grow with the power of the stars; here it is at most name times glob. */
#include "match.h"

#include "bare_name.h"
#include "fail.h"

#include <regex.h>
#include <stdlib.h>

enum { LONGEST_REGEX = 1000 }; /* regcomp calls itself for every parenthesis */

struct wanted {
    struct flame_str text, bare;
    bool templates; /* it says which template arguments it means */
    char plain[FLAME_BARE_NAME];
};

static bool is_exact(const struct flame_match_name *name, const struct wanted *w)
{
    return flame_str_equal(name->name, w->text);
}

/* Behind the exact names: "puts" is the linkage name of "puts@plt", too. */
static bool is_linkage(const struct flame_match_name *name, const struct wanted *w)
{
    return flame_str_equal(name->linkage, w->text);
}

static bool is_bare(const struct flame_match_name *name, const struct wanted *w)
{
    return flame_str_equal(flame_bare_name(name->name), w->bare) ||
           flame_str_equal(flame_bare_name(name->linkage), w->bare);
}

static bool is_template(const struct flame_match_name *name, const struct wanted *w)
{
    char buffer[FLAME_BARE_NAME];
    return !w->templates && memchr(name->name.ptr, '<', name->name.len) &&
           flame_str_equal(flame_bare_template(name->name, "", buffer), w->bare);
}

/* How a name is compared with one that leaves out what stands before its last parts; bits. */
enum { ENDS_SO = 1, WITHOUT_TEMPLATES = 2, OF_TRAIT = 4 };

/* Where a part of a name begins: behind "::", or the dot of Go, Java, Python and JavaScript. */
static bool is_part(struct flame_str s, size_t at)
{
    return at == 0 || s.ptr[at - 1] == '.' ||
           (at > 1 && s.ptr[at - 1] == ':' && s.ptr[at - 2] == ':');
}

static bool is_spoken(const struct flame_match_name *name, const struct wanted *w, unsigned how)
{
    char spoken[FLAME_BARE_NAME], plain[FLAME_BARE_NAME];
    struct flame_str s = flame_spoken_name(name->name, how & OF_TRAIT, spoken);
    if (how & WITHOUT_TEMPLATES)
        s = flame_bare_template(s, "", plain);
    if (s.len == 0 || s.len < w->bare.len)
        return false;
    size_t before = s.len - w->bare.len;
    struct flame_str end = { s.ptr + before, s.len - before };
    return flame_str_equal(end, w->bare) && (how & ENDS_SO ? is_part(s, before) : before == 0);
}

/* Whether the set that glob[*at] opens has c; *at is moved to its ']'. A '[' without end, or with
 * nothing in it, stands for itself. */
static bool set_has(struct flame_str glob, size_t *at, char c)
{
    size_t i = *at + 1, begin;
    bool negated = i < glob.len && (glob.ptr[i] == '!' || glob.ptr[i] == '^'), has = false;
    begin = i += negated;
    for (; i < glob.len && (glob.ptr[i] != ']' || i == begin); i++) {
        unsigned char low = (unsigned char)glob.ptr[i], high = low;
        if (i + 2 < glob.len && glob.ptr[i + 1] == '-' && glob.ptr[i + 2] != ']') {
            high = (unsigned char)glob.ptr[i + 2];
            i += 2;
        }
        has = has || ((unsigned char)c >= low && (unsigned char)c <= high);
    }
    if (i >= glob.len)
        return c == '[';
    *at = i;
    return has != negated;
}

/* When a part behind a star does not fit, the star takes one character more: only the last star has
 * to be tried again. */
static bool glob_fits(struct flame_str glob, struct flame_str s)
{
    size_t g = 0, i = 0, star = SIZE_MAX, taken = 0;
    while (i < s.len) {
        size_t at = g;
        bool fits = false;
        if (g < glob.len && glob.ptr[g] == '*') {
            star = ++g;
            taken = i;
            continue;
        }
        if (g < glob.len && glob.ptr[g] == '[')
            fits = set_has(glob, &at, s.ptr[i]);
        else if (g < glob.len && glob.ptr[g] == '\\' && g + 1 < glob.len)
            fits = glob.ptr[++at] == s.ptr[i];
        else if (g < glob.len)
            fits = glob.ptr[g] == '?' || glob.ptr[g] == s.ptr[i];
        if (fits) {
            g = at + 1;
            i++;
        } else if (star != SIZE_MAX) {
            g = star;
            i = ++taken;
        } else {
            return false;
        }
    }
    while (g < glob.len && glob.ptr[g] == '*')
        g++;
    return g == glob.len;
}

static bool is_glob(const struct flame_match_name *name, const struct wanted *w)
{
    char spoken[FLAME_BARE_NAME];
    return glob_fits(w->text, name->name) || glob_fits(w->text, name->linkage) ||
           glob_fits(w->text, flame_bare_name(name->name)) ||
           glob_fits(w->text, flame_spoken_name(name->name, false, spoken));
}

static size_t mark(const struct flame_match_name *names, size_t count, const struct wanted *w,
                   bool (*is)(const struct flame_match_name *name, const struct wanted *w),
                   bool *matches)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += matches[i] = is(&names[i], w);
    return found;
}

/* From the whole name to its end, what says more before what says less. */
static size_t mark_spoken(const struct flame_match_name *names, size_t count,
                          const struct wanted *w, bool *matches)
{
    static const unsigned ways[] = { 0,
                                     WITHOUT_TEMPLATES,
                                     ENDS_SO,
                                     ENDS_SO | WITHOUT_TEMPLATES,
                                     OF_TRAIT | ENDS_SO,
                                     OF_TRAIT | ENDS_SO | WITHOUT_TEMPLATES };
    size_t found = 0;
    for (size_t way = 0; way < sizeof ways / sizeof *ways && !found; way++)
        for (size_t i = 0; i < count && !(w->templates && ways[way] & WITHOUT_TEMPLATES); i++)
            found += matches[i] = is_spoken(&names[i], w, ways[way]);
    return found;
}

/* regexec wants strings that end; a name with a NUL in it ends there. */
static enum flame_status mark_regex(const struct flame_match_name *names, size_t count,
                                    const regex_t *regex, bool *matches, size_t *found)
{
    size_t longest = 0;
    for (size_t i = 0; i < count; i++)
        longest = names[i].name.len > longest ? names[i].name.len : longest;
    char *copy = malloc(longest + 1);
    for (size_t i = 0; copy && i < count; i++) {
        if (names[i].name.len)
            memcpy(copy, names[i].name.ptr, names[i].name.len);
        copy[names[i].name.len] = 0;
        *found += matches[i] = regexec(regex, copy, 0, NULL, 0) == 0;
    }
    free(copy);
    return copy ? FLAME_OK : FLAME_NOMEM;
}

static enum flame_status match_regex(const struct flame_match_name *names, size_t count,
                                     const char *wanted, bool *matches, size_t *found,
                                     struct flame_error *error)
{
    regex_t regex;
    if (strlen(wanted) > LONGEST_REGEX)
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "a regular expression of %zu characters; at most %d", strlen(wanted),
                          LONGEST_REGEX);
    int failed = regcomp(&regex, wanted, REG_EXTENDED | REG_NOSUB);
    if (failed == REG_ESPACE)
        return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
    if (failed) {
        char why[100];
        regerror(failed, &regex, why, sizeof why);
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "'%.300s' is no regular expression: %s", wanted, why);
    }
    enum flame_status status = mark_regex(names, count, &regex, matches, found);
    regfree(&regex);
    return status;
}

enum flame_status flame_match(const struct flame_match_name *names, size_t count,
                              const char *wanted, bool regex, bool *matches, size_t *found,
                              struct flame_error *error)
{
    *found = 0;
    if (regex)
        return match_regex(names, count, wanted, matches, found, error);
    struct wanted w = { .text = flame_str_from(wanted) };
    w.bare = flame_bare_name(w.text);
    w.templates = !flame_str_equal(flame_bare_template(w.text, "", w.plain), w.bare);
    *found = mark(names, count, &w, is_exact, matches);
    if (!*found)
        *found = mark(names, count, &w, is_linkage, matches);
    if (!*found && w.bare.len)
        *found = mark(names, count, &w, is_bare, matches);
    if (!*found && w.bare.len)
        *found = mark(names, count, &w, is_template, matches);
    if (!*found && w.bare.len)
        *found = mark_spoken(names, count, &w, matches);
    if (!*found)
        *found = mark(names, count, &w, is_glob, matches);
    return FLAME_OK;
}
