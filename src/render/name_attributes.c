/* name_attributes.c: see name_attributes.h.
 *
 * Two passes over the lines: names get their ids first, then each its set. A function may have
 * several lines; of an attribute that is there twice the last value counts. */
#include "name_attributes.h"

#include "colour.h"
#include "fail.h"
#include "intern.h"
#include "text.h"

struct extras {
    struct flame_attribute *items;
    size_t count, cap;
};

/* A function's attributes while they are read; set's lists point into the extras. */
struct entry {
    struct flame_attribute_set set;
    struct extras group, link;
};

struct flame_attributes {
    struct flame_intern names;
    FLAME_VEC(struct entry) entries; /* by the name's id */
};

/* Where a value is bad, and why. */
struct reading {
    struct flame_error *error;
    unsigned line;
    enum flame_status status;
};

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct flame_str trim(struct flame_str s)
{
    for (; s.len && is_space(s.ptr[0]); s.len--)
        s.ptr++;
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

/* What is before the first c in s; s becomes what is behind it. */
static struct flame_str cut(struct flame_str *s, char c)
{
    const char *at = s->len ? memchr(s->ptr, c, s->len) : NULL;
    struct flame_str head = { s->ptr, at ? (size_t)(at - s->ptr) : s->len };
    size_t taken = head.len + (at != NULL);
    *s = (struct flame_str){ s->ptr + taken, s->len - taken };
    return head;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

/* Browsers ignore case, and white space and control characters anywhere before the colon. */
static bool is_safe_link(struct flame_str link)
{
    static const char *const schemes[] = { "http", "https", "ftp", "file", "mailto" };
    char scheme[8];
    size_t n = 0;
    for (size_t i = 0; i < link.len && !strchr("/?#", link.ptr[i]); i++) {
        char c = lower(link.ptr[i]);
        if (c == ':') {
            for (size_t k = 0; k < sizeof schemes / sizeof *schemes; k++)
                if (strlen(schemes[k]) == n && memcmp(schemes[k], scheme, n) == 0)
                    return true;
            return false;
        }
        if ((unsigned char)c <= ' ')
            continue;
        if (n == sizeof scheme)
            return memchr(link.ptr + i, ':', link.len - i) == NULL;
        scheme[n++] = c;
    }
    return true;
}

/* Whether an extra attribute's name is one that XML allows and that neither runs a program nor
 * means something to the picture. */
static bool is_allowed(struct flame_str name)
{
    static const char *const ours[] = { "role", "tabindex", "transform", "hidden", "xmlns" };
    bool valid = name.len > 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = lower(name.ptr[i]);
        bool letter = (c >= 'a' && c <= 'z') || c == '_';
        valid = valid && (letter || (i && (c == '-' || c == '.' || (c >= '0' && c <= '9'))));
    }
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        valid = valid && !flame_str_is(name, ours[i]);
    bool handler = name.len > 1 && lower(name.ptr[0]) == 'o' && lower(name.ptr[1]) == 'n';
    return valid && !handler && !flame_str_starts(name, "aria-");
}

/* Whether an id is one that the picture has itself, and that its script looks for. */
static bool is_taken(struct flame_str id)
{
    static const char *const ids[] = {
        "picture",  "back", "ground", "frames",  "head",   "title",
        "subtitle", "note", "foot",   "details", "legend", "columns"
    };
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (flame_str_is(id, ids[i]))
            return true;
    return false;
}

static void set_link(struct reading *r, struct flame_attribute_set *set, struct flame_str value)
{
    if (is_safe_link(value))
        set->href = value;
    else
        r->status = flame_fail(r->error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                               "line %u of the name attributes: a link may be to http, https, ftp, "
                               "file or mailto, not \"%.*s\"",
                               r->line, value.len < 40 ? (int)value.len : 40, value.ptr);
}

static void add_extra(struct reading *r, struct extras *extras, struct flame_attribute extra)
{
    for (size_t i = 0; i < extras->count; i++)
        if (flame_str_equal(extras->items[i].name, extra.name)) {
            extras->items[i].value = extra.value;
            return;
        }
    if (!flame_vec_push(extras, extra))
        r->status = flame_fail(r->error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
}

static void put(struct reading *r, struct entry *entry, struct extras *extras,
                struct flame_str name, struct flame_str value);

/* name="value" or name=value, with spaces between them. */
/* NOLINTNEXTLINE(misc-no-recursion): extras hold no extras */
static void put_extras(struct reading *r, struct entry *entry, struct extras *extras,
                       struct flame_str text)
{
    while ((text = trim(text)).len && r->status == FLAME_OK) {
        struct flame_str name = trim(cut(&text, '=')), value;
        /* What is before the last space has no value. */
        for (size_t i = name.len; i > 0; i--)
            if (is_space(name.ptr[i - 1])) {
                name = (struct flame_str){ name.ptr + i, name.len - i };
                break;
            }
        text = trim(text);
        if (text.len && text.ptr[0] == '"') {
            cut(&text, '"');
            value = cut(&text, '"');
        } else {
            size_t end = 0;
            while (end < text.len && !is_space(text.ptr[end]))
                end++;
            value = (struct flame_str){ text.ptr, end };
            text = (struct flame_str){ text.ptr + end, text.len - end };
        }
        put(r, entry, extras, name, value);
    }
}

/* An attribute: one that has a place of its own, or, of an extra list, any other. */
/* NOLINTNEXTLINE(misc-no-recursion): see put_extras */
static void put(struct reading *r, struct entry *entry, struct extras *extras,
                struct flame_str name, struct flame_str value)
{
    const struct {
        const char *name;
        struct flame_str *place;
    } places[] = { { "title", &entry->set.title },
                   { "target", &entry->set.target },
                   { "id", &entry->set.id },
                   { "class", &entry->set.class_name },
                   { "style", &entry->set.style } };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (flame_str_is(name, places[i].name)) {
            *places[i].place = value;
            if (is_taken(entry->set.id))
                entry->set.id = (struct flame_str){ 0 };
            return;
        }
    if (flame_str_is(name, "href") || flame_str_is(name, "xlink:href"))
        set_link(r, &entry->set, value);
    else if (!extras && flame_str_is(name, "g_extra"))
        put_extras(r, entry, &entry->group, value);
    else if (!extras && flame_str_is(name, "a_extra"))
        put_extras(r, entry, &entry->link, value);
    else if (extras && is_allowed(name))
        add_extra(r, extras, (struct flame_attribute){ name, value });
}

static struct flame_str unquoted(struct flame_str s)
{
    bool quoted = s.len > 1 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"';
    return quoted ? (struct flame_str){ s.ptr + 1, s.len - 2 } : s;
}

static struct entry *entry_of(struct flame_attributes *a, struct flame_str name)
{
    uint32_t id = flame_intern_add(&a->names, name);
    if (id == FLAME_INTERN_NONE ||
        (id == a->entries.count && !flame_vec_push(&a->entries, (struct entry){ 0 })))
        return NULL;
    return &a->entries.items[id];
}

static void read_line(struct reading *r, struct flame_attributes *a, struct flame_str line)
{
    struct flame_str name = cut(&line, '\t');
    if (!line.len)
        return;
    struct entry *entry = entry_of(a, name);
    if (!entry) {
        r->status = flame_fail(r->error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
        return;
    }
    while (line.len && r->status == FLAME_OK) {
        struct flame_str value = cut(&line, '\t'), attribute = trim(cut(&value, '='));
        put(r, entry, NULL, attribute, unquoted(trim(value)));
    }
}

enum flame_status flame_attributes_make(struct flame_attributes **attributes, struct flame_str text,
                                        struct flame_error *error)
{
    struct flame_attributes *a = calloc(1, sizeof *a);
    struct reading r = { .error = error };
    *attributes = NULL;
    if (!a)
        return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
    flame_intern_init(&a->names);
    while (text.len && r.status == FLAME_OK) {
        r.line++;
        read_line(&r, a, trim(cut(&text, '\n')));
    }
    for (size_t i = 0; i < a->entries.count; i++) {
        struct entry *entry = &a->entries.items[i];
        entry->set.group = entry->group.items;
        entry->set.group_count = entry->group.count;
        entry->set.link = entry->link.items;
        entry->set.link_count = entry->link.count;
        /* Else a link would open inside of what shows the picture. */
        if (entry->set.href.len && !entry->set.target.len)
            entry->set.target = flame_str_from("_top");
    }
    if (r.status == FLAME_OK && a->entries.count)
        *attributes = a;
    else
        flame_attributes_free(a);
    return r.status;
}

void flame_attributes_free(struct flame_attributes *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->entries.count; i++) {
        flame_vec_free(&a->entries.items[i].group);
        flame_vec_free(&a->entries.items[i].link);
    }
    flame_vec_free(&a->entries);
    flame_intern_deinit(&a->names);
    free(a);
}

const struct flame_attribute_set *flame_attributes_of(const struct flame_attributes *a,
                                                      struct flame_str name)
{
    uint32_t id = a ? flame_intern_find(&a->names, name) : FLAME_INTERN_NONE;
    struct flame_str unmarked = flame_unmarked(name);
    if (a && id == FLAME_INTERN_NONE && unmarked.len < name.len)
        id = flame_intern_find(&a->names, unmarked);
    return id == FLAME_INTERN_NONE ? NULL : &a->entries.items[id].set;
}

void flame_put_attributes(struct flame_output *out, const struct flame_attribute *list,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        flame_put_text(out, " ");
        flame_put_str(out, list[i].name);
        flame_put_text(out, "=\"");
        flame_put_xml(out, list[i].value);
        flame_put_text(out, "\"");
    }
}

static void put_js_list(struct flame_output *out, const char *key,
                        const struct flame_attribute *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        flame_put_text(out, i ? ",[" : key);
        flame_put_js_string(out, list[i].name);
        flame_put_text(out, ",");
        flame_put_js_string(out, list[i].value);
        flame_put_text(out, "]");
    }
    if (count)
        flame_put_text(out, "],");
}

void flame_attributes_put_js(struct flame_output *out, const struct flame_attributes *a)
{
    flame_put_text(out, "{");
    for (size_t i = 0; a && i < a->entries.count; i++) {
        const struct flame_attribute_set *set = &a->entries.items[i].set;
        const struct {
            const char *key;
            struct flame_str value;
        } places[] = { { "title:", set->title },      { "href:", set->href },
                       { "target:", set->target },    { "id:", set->id },
                       { "class:", set->class_name }, { "style:", set->style } };
        flame_put_text(out, i ? "," : "");
        flame_put_js_string(out, flame_intern_get(&a->names, (uint32_t)i));
        flame_put_text(out, ":{");
        for (size_t k = 0; k < sizeof places / sizeof *places; k++)
            if (places[k].value.len) {
                flame_put_text(out, places[k].key);
                flame_put_js_string(out, places[k].value);
                flame_put_text(out, ",");
            }
        put_js_list(out, "g:[[", set->group, set->group_count);
        put_js_list(out, "a:[[", set->link, set->link_count);
        flame_put_text(out, "}");
    }
    flame_put_text(out, "}");
}
