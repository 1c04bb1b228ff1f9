/* pipeline_advice_kernel.c: what to do about a kernel that lacks names.
 *
 * Its build may be known, and still not where its symbols were: each boot may put them elsewhere,
 * and a list of them tells of no build. So it depends on which of the places that there are failed,
 * and that one is named. */
#include "pipeline_packages.h"
#include "pipeline_remedy.h"

#include "kernel.h"
#include "source.h"

enum { SHOWN = FLAME_WORDS_SHOWN };

/* What names a kernel whose build is known. */
static void say_kernel(struct flame_words *w, const struct flame_ailing *a)
{
    char package[SHOWN];
    flame_remedy_bring(w, a);
    if (flame_package_of_kernel(a->session->places.os_release, package, sizeof package))
        flame_say(w, ", or %s", package);
    flame_say(w, ", or name its vmlinux with --vmlinux");
    if (a->cache && !a->slip)
        flame_say(w,
                  ", or copy its /proc/kallsyms, read as root while it runs, to "
                  "%s/[kernel.kallsyms]/%s/kallsyms",
                  a->cache, a->id);
}

/* Whether the vmlinux that was named is what differs. */
static bool is_other_image(const struct flame_ailing *a)
{
    const struct flame_symbol_places *p = &a->session->places;
    struct flame_source image;
    bool other = false;
    if (!p->vmlinux || !a->found[0])
        return false;
    if (flame_source_open(&image, p->depot, p->vmlinux, NULL) == FLAME_OK)
        other = flame_build_id_matches(&image.id, &a->object->found_id);
    flame_source_close(&image);
    return other;
}

/* A list whose addresses are hidden. */
static void advise_hidden_list(struct flame_words *w, const struct flame_ailing *a)
{
    struct flame_build_id running = { 0 };
    char copy[2 * SHOWN];
    bool known = !a->session->places.symfs && flame_kernel_running_id(&running);
    bool runs = known && (!a->id[0] || flame_build_id_matches(&a->dso->build_id, &running));
    flame_say(w, "cannot be read: ");
    if (!runs && flame_has_cached(a, "kallsyms", copy))
        flame_say(w, "%s hides the addresses; copy it again as root on the recorded machine", copy);
    else if (runs)
        flame_say(w, FLAME_KERNEL_RUNNING_LIST " hides the addresses; run as root, or set "
                                               "kernel.kptr_restrict=0");
    else
        flame_say(w, "its list of symbols hides the addresses; copy it again as root on the "
                     "recorded machine");
}

/* A kernel of which nothing shows where its symbols were. */
static void advise_unverified_kernel(struct flame_words *w, const struct flame_ailing *a)
{
    const struct flame_symbol_places *p = &a->session->places;
    const char *again = flame_remedy_lost_ids(a->session);
    if (p->kallsyms && !p->trust_paths) {
        flame_say(w,
                  "has no names from %s: a list has no build-id, so that --kallsyms is used only "
                  "with --trust-paths; pass that, too, if you know that the list is of this kernel "
                  "and this boot",
                  p->kallsyms);
    } else if (a->id[0]) {
        flame_say(w, "was recorded with its addresses hidden, and not in this boot, so that no "
                     "symbol can be matched to them; record as root, or with "
                     "kernel.kptr_restrict=0");
    } else {
        flame_say_why_no_id(w, a);
        flame_say(w, ", and nothing shows that it is the one that runs here, which was not used; ");
        if (again)
            flame_say(w, "%s", again);
        else
            flame_remedy_record(w, a);
        if (!p->packed && !p->trust_paths)
            flame_say(w, ", or, if you know which it was, name its vmlinux with --vmlinux, or a "
                         "copy of its /proc/kallsyms with --kallsyms, and pass --trust-paths");
    }
}

void flame_advise_kernel(struct flame_words *w, const struct flame_ailing *a)
{
    const struct flame_symbol_places *p = &a->session->places;
    switch (a->object->state) {
    case FLAME_OBJECT_UNVERIFIED:
        advise_unverified_kernel(w, a);
        return;
    case FLAME_OBJECT_UNREADABLE:
        advise_hidden_list(w, a);
        return;
    case FLAME_OBJECT_NAMED:
    case FLAME_OBJECT_STRIPPED:
        flame_say(w, "has no symbols for these addresses: mostly code that was made while it ran "
                     "(BPF programs, trampolines), or modules; record as root, so that they are "
                     "noted");
        return;
    case FLAME_OBJECT_MISMATCH:
        if (is_other_image(a))
            flame_say(w, "is not the kernel of %s (build-id %s, recorded %s)", p->vmlinux, a->found,
                      a->id);
        else
            flame_say(w, "is not the kernel of this machine (build-id here %s, recorded %s)",
                      a->found, a->id);
        break;
    case FLAME_OBJECT_MISSING:
    case FLAME_OBJECT_NO_MAP:
        if (p->symfs)
            flame_say_nowhere(w, a);
        else
            flame_say(w, "is not the kernel of this machine");
        break;
    }
    flame_say_cache(w, a);
    flame_say(w, "; ");
    say_kernel(w, a);
}
