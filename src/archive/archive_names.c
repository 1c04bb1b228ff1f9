/* archive_names.c: names without their variants, and links.
 *
 * Each name is interned; members[id] is what it stands for last, as if all were extracted. Links
 * are kept as text and followed when asked, since what they lead to may come later; a hard link is
 * what its target was at that moment. Source: POSIX, pathname resolution and pax. */
#include "archive_names.h"

enum {
    NAME_MAX_SIZE = 4096,
    LINKS_MAX = 40, /* as Linux */
};

void flame_archive_names_init(struct flame_archive_names *names)
{
    *names = (struct flame_archive_names){ 0 };
    flame_intern_init(&names->names);
}

void flame_archive_names_deinit(struct flame_archive_names *names)
{
    flame_vec_free(&names->members);
    flame_intern_deinit(&names->names);
}

/* A name as it is looked up: components with one slash between them, without "." and empty ones.
 * False: nothing is left, it is too long, or it has "..", which nothing in an archive needs. */
static bool tidy(struct flame_str name, char out[NAME_MAX_SIZE], struct flame_str *tidied)
{
    size_t len = 0;
    for (size_t at = 0; at < name.len;) {
        const char *part = name.ptr + at, *slash = memchr(part, '/', name.len - at);
        size_t n = slash ? (size_t)(slash - part) : name.len - at;
        at += n + 1;
        if (n == 0 || (n == 1 && part[0] == '.'))
            continue;
        if ((n == 2 && memcmp(part, "..", 2) == 0) || len + 1 + n > NAME_MAX_SIZE)
            return false;
        if (len)
            out[len++] = '/';
        memcpy(out + len, part, n);
        len += n;
    }
    *tidied = (struct flame_str){ out, len };
    return len > 0;
}

/* What a tidy name stands for, or NULL. */
static const struct flame_archive_member *known(const struct flame_archive_names *n,
                                                struct flame_str name, uint32_t *id)
{
    *id = flame_intern_find(&n->names, name);
    return *id == FLAME_INTERN_NONE ? NULL : &n->members.items[*id];
}

/* Take bytes for a name; false when all of them are too long. */
static bool afford(struct flame_archive_names *n, size_t size)
{
    n->size += size;
    return n->size <= FLAME_ARCHIVE_NAMES_MAX;
}

enum flame_status flame_archive_names_set(struct flame_archive_names *n, struct flame_str name,
                                          const struct flame_archive_member *member)
{
    char bytes[NAME_MAX_SIZE];
    struct flame_str tidied;
    if (!tidy(name, bytes, &tidied))
        return FLAME_OK;
    uint32_t id = flame_intern_find(&n->names, tidied);
    if (id != FLAME_INTERN_NONE) {
        if (member->kind != FLAME_ARCHIVE_TORN)
            n->members.items[id] = *member;
        return FLAME_OK;
    }
    if (member->kind == FLAME_ARCHIVE_OTHER)
        return FLAME_OK;
    if (!afford(n, tidied.len))
        return FLAME_LIMIT;
    if (!flame_vec_reserve(&n->members, 1) ||
        flame_intern_add(&n->names, tidied) == FLAME_INTERN_NONE)
        return FLAME_NOMEM;
    n->members.items[n->members.count++] = *member;
    return FLAME_OK;
}

enum flame_status flame_archive_names_link(struct flame_archive_names *n, struct flame_str target,
                                           struct flame_archive_member *member)
{
    if (target.len >= NAME_MAX_SIZE)
        return FLAME_OK;
    if (!afford(n, target.len))
        return FLAME_LIMIT;
    const char *copy = flame_arena_copy(&n->names.arena, target);
    if (!copy)
        return FLAME_NOMEM;
    member->kind = FLAME_ARCHIVE_LINK;
    member->target = (struct flame_str){ copy, target.len };
    return FLAME_OK;
}

void flame_archive_names_same(const struct flame_archive_names *n, struct flame_str target,
                              struct flame_archive_member *member)
{
    char bytes[NAME_MAX_SIZE];
    struct flame_str tidied;
    uint32_t id;
    const struct flame_archive_member *there =
        tidy(target, bytes, &tidied) ? known(n, tidied, &id) : NULL;
    *member = there ? *there : (struct flame_archive_member){ .kind = FLAME_ARCHIVE_OTHER };
}

/* A walk along a name: done is a tidy name without links in it, rest is still to be walked. */
struct walk {
    char done[NAME_MAX_SIZE], rest[2 * NAME_MAX_SIZE];
    size_t done_len, rest_len;
};

/* Take the last component off. */
static void step_back(struct walk *w)
{
    while (w->done_len > 0 && w->done[w->done_len - 1] != '/')
        w->done_len--;
    w->done_len -= w->done_len > 0;
}

/* Go on at a link's target, of the folder that the walk has come to. */
static bool follow(struct walk *w, struct flame_str target)
{
    if (target.len + 1 + w->rest_len > sizeof w->rest)
        return false;
    if (target.len && target.ptr[0] == '/')
        w->done_len = 0;
    memmove(w->rest + target.len + 1, w->rest, w->rest_len);
    memcpy(w->rest, target.ptr, target.len);
    w->rest[target.len] = '/';
    w->rest_len += target.len + 1;
    return true;
}

/* Take the next component off rest: part[n], at most. */
static size_t next_part(struct walk *w, char part[NAME_MAX_SIZE])
{
    const char *slash = memchr(w->rest, '/', w->rest_len);
    size_t n = slash ? (size_t)(slash - w->rest) : w->rest_len;
    size_t skip = n + (slash != NULL);
    if (n > NAME_MAX_SIZE)
        return SIZE_MAX;
    memcpy(part, w->rest, n);
    memmove(w->rest, w->rest + skip, w->rest_len - skip);
    w->rest_len -= skip;
    return n;
}

uint32_t flame_archive_names_find(const struct flame_archive_names *n, struct flame_str name)
{
    struct walk w = { .rest_len = name.len };
    char part[NAME_MAX_SIZE];
    uint32_t id = FLAME_INTERN_NONE;
    const struct flame_archive_member *m = NULL;
    if (name.len == 0 || name.len > NAME_MAX_SIZE)
        return FLAME_INTERN_NONE;
    memcpy(w.rest, name.ptr, name.len);
    for (int links = 0; w.rest_len > 0;) {
        size_t len = next_part(&w, part);
        if (len == SIZE_MAX || w.done_len + 1 + len > sizeof w.done)
            return FLAME_INTERN_NONE;
        if (len == 0 || (len == 1 && part[0] == '.'))
            continue;
        if (len == 2 && memcmp(part, "..", 2) == 0) {
            if (w.done_len == 0)
                return FLAME_INTERN_NONE;
            step_back(&w);
            continue;
        }
        if (w.done_len)
            w.done[w.done_len++] = '/';
        memcpy(w.done + w.done_len, part, len);
        w.done_len += len;
        m = known(n, (struct flame_str){ w.done, w.done_len }, &id);
        if (!m || m->kind != FLAME_ARCHIVE_LINK)
            continue;
        step_back(&w);
        if (++links > LINKS_MAX || !follow(&w, m->target))
            return FLAME_INTERN_NONE;
    }
    m = known(n, (struct flame_str){ w.done, w.done_len }, &id);
    return m && m->kind == FLAME_ARCHIVE_FILE ? id : FLAME_INTERN_NONE;
}
