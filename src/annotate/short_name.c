/* short_name.c: see short_name.h.
 *
 * A name is a row of parts between "::". Which they are depends on brackets, which are counted as
 * far as they make sense: a name may be anything. Each part is shortened by itself, once; then as
 * many of the last ones are taken as there is room for. */
#include "short_name.h"

#include "bare_name.h"
#include "brackets.h"
#include "safe.h"

enum { PARTS = 64, FEW_ARGUMENTS = 4, TAIL = 2, FEW_CHARACTERS = 24 };

/* A name's parts as they are shown, in a buffer that is never outgrown: full is set instead.
 * inner: what stands in Rust's "<A as B>" is cut down to its own last part. */
struct parts {
    struct flame_str list[PARTS];
    size_t count, used;
    bool inner, full;
    char text[2 * FLAME_SHORT_NAME];
};

static struct flame_str slice(struct flame_str s, size_t from, size_t to)
{
    return (struct flame_str){ s.ptr + from, to - from };
}

static struct flame_str behind(struct flame_str s, size_t n)
{
    return slice(s, n, s.len);
}

size_t flame_character_bytes(struct flame_str s, size_t most)
{
    size_t i = 0;
    for (size_t n = 0; i < s.len && n < most; n++) {
        uint32_t point = 0;
        size_t length = flame_utf8(behind(s, i), &point);
        i += length ? length : 1;
    }
    return i;
}

size_t flame_characters(struct flame_str s)
{
    size_t n = 0;
    for (; s.len; n++)
        s = behind(s, flame_character_bytes(s, 1));
    return n;
}

/* Where the part at the start of s ends: before "::", or with it all. */
static size_t part_at(struct flame_str s)
{
    size_t i = flame_operator_at(s);
    while (i < s.len && !flame_str_starts(behind(s, i), "::"))
        i = memchr("([{<", s.ptr[i], 4) ? flame_closing(s, i) : i + 1;
    return i;
}

static void add(struct parts *p, struct flame_str s)
{
    if (p->full || s.len > sizeof p->text - p->used) {
        p->full = true;
        return;
    }
    memcpy(p->text + p->used, s.ptr, s.len);
    p->used += s.len;
}

/* One part, its arguments "<...>", unless they are short. */
static void add_plain(struct parts *p, struct flame_str s)
{
    size_t i = flame_operator_at(s), done = 0;
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        if (c != '<' && (c != '(' || i == 0)) /* "(anonymous namespace)" */
            continue;
        size_t end = flame_closing(s, i);
        if (end - i > FEW_ARGUMENTS + 2) {
            add(p, slice(s, done, i + 1));
            add(p, flame_str_from(c == '<' ? "...>" : "...)"));
            done = end;
        }
        i = end - 1;
    }
    add(p, behind(s, done));
}

/* A type: all of its parts, or its last one, behind what is no path: "&mut ", "dyn ". */
static void add_type(struct parts *p, struct flame_str s)
{
    size_t start = 0, last = 0;
    for (size_t i = 0; i < s.len;) {
        size_t end = i + part_at(behind(s, i));
        if (i == 0 && end < s.len)
            for (start = end; start > 0 && flame_is_word(s.ptr[start - 1]);)
                start--;
        if (!p->inner) {
            add_plain(p, slice(s, i, end));
            add(p, flame_str_from(end < s.len ? "::" : ""));
        }
        last = i;
        i = end < s.len ? end + 2 : end;
    }
    if (p->inner && last > start)
        add(p, slice(s, 0, start));
    if (p->inner)
        add_plain(p, behind(s, last > start ? last : 0));
}

/* Where " as " or " for " stands in s, outside of brackets; else s.len. */
static size_t find_word(struct flame_str s, const char *word)
{
    size_t i = 0;
    while (i < s.len && !flame_str_starts(behind(s, i), word))
        i = memchr("([{<", s.ptr[i], 4) ? flame_closing(s, i) : i + 1;
    return i;
}

/* "<A as B>", "<impl B for A>", "<A>"; s is what stands between. */
static void add_angled(struct parts *p, struct flame_str s)
{
    static const char impl[] = "impl ";
    const char *word = flame_str_starts(s, impl) ? " for " : " as ";
    add(p, flame_str_from("<"));
    if (flame_str_starts(s, impl)) {
        add(p, flame_str_from(impl));
        s = behind(s, strlen(impl));
    }
    size_t at = find_word(s, word);
    add_type(p, slice(s, 0, at));
    if (at < s.len) {
        add(p, flame_str_from(word));
        add_type(p, behind(s, at + strlen(word)));
    }
    add(p, flame_str_from(">"));
}

static void add_part(struct parts *p, struct flame_str s)
{
    size_t from = p->used;
    bool angled =
        flame_str_starts(s, "<") && flame_closing(s, 0) == s.len && flame_str_ends(s, ">");
    /* "swap::<T>" has arguments, which belong to the part before. */
    bool arguments = angled && p->count && !flame_str_starts(s, "<impl ");
    if (arguments)
        from = (size_t)(p->list[--p->count].ptr - p->text);
    if (angled && !arguments)
        add_angled(p, slice(s, 1, s.len - 1));
    else
        add_plain(p, s);
    if (p->count == PARTS)
        p->full = true;
    if (!p->full)
        p->list[p->count++] = (struct flame_str){ p->text + from, p->used - from };
}

static void split(struct parts *p, struct flame_str s, bool inner)
{
    p->count = p->used = 0;
    p->full = false;
    p->inner = inner;
    for (size_t i = 0; i < s.len && !p->full;) {
        size_t end = i + part_at(behind(s, i));
        add_part(p, slice(s, i, end));
        i = end < s.len ? end + 2 : end;
    }
}

/* The parts from there on, behind a mark if there are others and marked is set. */
static struct flame_str join(const struct parts *p, size_t from, bool marked, char *out)
{
    size_t used = 0;
    for (size_t i = from && marked ? from - 1 : from; i < p->count; i++) {
        struct flame_str s = i < from ? flame_str_from("...") : p->list[i];
        if (used + 2 + s.len > FLAME_SHORT_NAME)
            return (struct flame_str){ 0 };
        memcpy(out + used, s.ptr, s.len);
        used += s.len;
        if (i + 1 < p->count) {
            memcpy(out + used, "::", 2);
            used += 2;
        }
    }
    return (struct flame_str){ out, used };
}

static struct flame_str without_middle(struct flame_str s, size_t width, char *out)
{
    static const char dots[] = "...";
    size_t room = width - strlen(dots), all = flame_characters(s);
    size_t head = flame_character_bytes(s, room / 2);
    struct flame_str tail = behind(s, flame_character_bytes(s, all - (room - room / 2)));
    if (head + strlen(dots) + tail.len > FLAME_SHORT_NAME)
        return (struct flame_str){ 0 };
    memcpy(out, s.ptr, head);
    memcpy(out + head, dots, strlen(dots));
    memcpy(out + head + strlen(dots), tail.ptr, tail.len);
    return (struct flame_str){ out, head + strlen(dots) + tail.len };
}

/* What fits of parts that are shortened in all ways, or the last one's ends. */
static struct flame_str fit(struct flame_str bare, size_t width, size_t most, char *out)
{
    struct parts p;
    split(&p, bare, true);
    bool marked = most == PARTS;
    for (size_t from = p.count > most ? p.count - most : 0; from < p.count && !p.full; from++) {
        struct flame_str got = join(&p, from, marked, out);
        if (got.len && flame_characters(got) <= width)
            return got;
    }
    return without_middle(!p.full && p.count ? p.list[p.count - 1] : bare, width, out);
}

struct flame_str flame_short_name(struct flame_str name, size_t width, char out[FLAME_SHORT_NAME])
{
    struct parts p;
    struct flame_str bare = flame_bare_name(name), got = { 0 };
    if (flame_characters(name) <= width)
        return name;
    if (flame_characters(bare) <= width)
        return bare;
    split(&p, bare, false);
    if (!p.full)
        got = join(&p, 0, true, out);
    return got.len && flame_characters(got) <= width ? got : fit(bare, width, PARTS, out);
}

struct flame_str flame_tail_name(struct flame_str name, size_t width, char out[FLAME_SHORT_NAME])
{
    struct flame_str bare = flame_bare_name(name);
    size_t few = width < FEW_CHARACTERS ? width : FEW_CHARACTERS;
    if (flame_characters(name) <= few)
        return name;
    return flame_characters(bare) <= few ? bare : fit(bare, width, TAIL, out);
}
