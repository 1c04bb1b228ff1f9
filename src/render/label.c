/* label.c: see label.h.
 *
 * A name is folded once, into out; the other labels are ends of that, so that only what is tried
 * is measured. */
#include "label.h"

#include "brackets.h"

#define ELLIPSIS "\xe2\x80\xa6"

enum { SHORT_WORD = 9, ELLIPSIS_SIZE = sizeof ELLIPSIS - 1 };

static struct flame_str slice(struct flame_str s, size_t from, size_t to)
{
    return (struct flame_str){ s.ptr + from, to - from };
}

/* The length of an operator's name at i, or 0. */
static size_t operator_in(struct flame_str s, size_t i)
{
    return s.ptr[i] != 'o' || (i > 0 && flame_is_word(s.ptr[i - 1]))
               ? 0
               : flame_operator_at(slice(s, i, s.len));
}

/* Calls with each place where a part ends, until none is left: *at is where to go on, first 0;
 * *slashes, first true, whether "/" parts. Returns where the next part begins, 0 when there is
 * none; *mark is where the sign between them does. */
static size_t next_part(struct flame_str s, size_t *at, bool *slashes, size_t *mark)
{
    size_t i = *at, next = 0;
    while (i < s.len && !next) {
        size_t sign = operator_in(s, i);
        char c = s.ptr[i], behind = i + 2 < s.len ? s.ptr[i + 2] : 0;
        *mark = i;
        if (sign) {
            i += sign;
        } else if (memchr("<([{", c, 4)) {
            i = flame_closing(s, i);
        } else if (c == ':' && i + 1 < s.len && s.ptr[i + 1] == ':') {
            i += 2;
            next = behind && behind != '{' && behind != '<' ? i : 0;
        } else {
            i++;
            *slashes = *slashes && c != ' ' && c != ':';
            next = c == '/' && *slashes && i < s.len ? i : 0;
        }
    }
    *at = i;
    return next;
}

static size_t own_part(struct flame_str s)
{
    size_t at = 0, own = 0, mark;
    bool slashes = true;
    for (size_t next; (next = next_part(s, &at, &slashes, &mark)) != 0;)
        own = next;
    return own;
}

static bool is_short_word(struct flame_str s)
{
    bool lower = s.len <= SHORT_WORD;
    for (size_t i = 0; lower && i < s.len; i++)
        lower = s.ptr[i] >= 'a' && s.ptr[i] <= 'z';
    return lower;
}

/* A text in the making, of at most cap bytes. */
struct made {
    char *text;
    size_t size, cap;
    bool full;
};

static void add(struct made *m, struct flame_str s)
{
    if (m->full || s.len > m->cap - m->size) {
        m->full = true;
        return;
    }
    memcpy(m->text + m->size, s.ptr, s.len);
    m->size += s.len;
}

/* The name folded; empty when it is too long. */
static struct flame_str fold(struct flame_str s, char *out, size_t cap)
{
    struct made m = { out, 0, cap, false };
    size_t own = own_part(s), done = 0;
    for (size_t i = 0, end; i < s.len && !m.full; i = end) {
        size_t sign = operator_in(s, i);
        char c = s.ptr[i];
        end = i + (sign ? sign : 1);
        if (sign || !memchr("<([{", c, 4))
            continue;
        end = flame_closing(s, i);
        bool closed = end > i + 1 && s.ptr[end - 1] == (c == '<' ? '>' : c == '(' ? ')' : 0);
        if (!closed || i == own || is_short_word(slice(s, i + 1, end - 1)))
            continue;
        add(&m, slice(s, done, i + 1));
        add(&m, flame_str_from(ELLIPSIS));
        done = end - 1;
    }
    add(&m, slice(s, done, s.len));
    return (struct flame_str){ out, m.full ? 0 : m.size };
}

static bool fits(struct flame_str s, double width_px, const struct flame_font *font)
{
    bool cut;
    flame_label_fit(s, width_px, font, &cut);
    return !cut;
}

/* The longest end of text[size], which has room for "…" in front of it, that fits behind that;
 * empty when none does. */
static struct flame_str without_parts(char *text, size_t size, double width_px,
                                      const struct flame_font *font)
{
    struct flame_str folded = { text, size };
    size_t at = 0, mark;
    bool slashes = true;
    while (next_part(folded, &at, &slashes, &mark)) {
        char *from = text + mark - ELLIPSIS_SIZE, kept[ELLIPSIS_SIZE];
        struct flame_str label = { from, size - mark + ELLIPSIS_SIZE };
        memcpy(kept, from, ELLIPSIS_SIZE);
        memcpy(from, ELLIPSIS, ELLIPSIS_SIZE);
        if (fits(label, width_px, font))
            return label;
        memcpy(from, kept, ELLIPSIS_SIZE);
    }
    return (struct flame_str){ 0 };
}

struct flame_str flame_label(struct flame_str name, double width_px, const struct flame_font *font,
                             char out[FLAME_LABEL])
{
    bool cut;
    char *text = out + ELLIPSIS_SIZE;
    if (fits(name, width_px, font))
        return name;
    if (!fits(flame_str_from(ELLIPSIS ELLIPSIS), width_px, font))
        return (struct flame_str){ 0 };
    struct flame_str own = fold(name, text, FLAME_LABEL - ELLIPSIS_SIZE);
    if (own.len) {
        if (fits(own, width_px, font))
            return own;
        struct flame_str label = without_parts(text, own.len, width_px, font);
        if (label.len)
            return label;
    } else {
        own = name;
    }
    own = slice(own, own_part(own), own.len);
    struct flame_str head = flame_label_fit(own, width_px, font, &cut);
    if (!cut)
        return own;
    if (head.len == 0 || head.len > FLAME_LABEL - ELLIPSIS_SIZE)
        return (struct flame_str){ 0 };
    memmove(out, head.ptr, head.len);
    memcpy(out + head.len, ELLIPSIS, ELLIPSIS_SIZE);
    return (struct flame_str){ out, head.len + ELLIPSIS_SIZE };
}
