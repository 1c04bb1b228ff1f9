/* perf_script.c: perf script's text, as builtin-script.c of perf 6.1 lays it out.
 *
 * Readers take this text apart by its white space and line ends. Line ends inside a name become
 * spaces, so that no name can pass for a line; all else stands as it was recorded, as in perf.
 * Source: tools/perf/builtin-script.c, tools/perf/util/evsel_fprintf.c. */
#include "perf_script.h"

#include "fail.h"

#include <inttypes.h>
#include <stdio.h>

enum { HEX_WIDTH = 16, COMM_WIDTH = 16, NS_PER_US = 1000, NS_PER_S = 1000000000 };

static const struct {
    const char *word;
    uint32_t field;
    uint64_t parts;
} fields[] = {
#define X(bit, name, word, parts) { word, FLAME_SCRIPT_##name, parts },
    FLAME_SCRIPT_FIELDS(X)
#undef X
};
enum { FIELD_COUNT = sizeof fields / sizeof *fields };

static uint32_t find_field(struct flame_str word)
{
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (flame_str_is(word, fields[i].word))
            return fields[i].field;
    return 0;
}

static enum flame_status no_field(struct flame_str word, struct flame_error *error)
{
#define X(bit, name, text, parts) " " text
    return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                      "fields: there is no '%.*s' here; there are" FLAME_SCRIPT_FIELDS(X),
                      (int)(word.len < 40 ? word.len : 40), word.ptr);
#undef X
}

enum flame_status flame_script_choose(struct flame_script_choice *choice, const char *text,
                                      struct flame_error *error)
{
    *choice = (struct flame_script_choice){ 0 };
    bool changes = false;
    for (const char *at = text; at; at = *at ? at + 1 : NULL) {
        struct flame_str word = { at, strcspn(at, ",") };
        char sign = word.len && (*at == '+' || *at == '-') ? *at : 0;
        if (at == text)
            changes = sign != 0;
        if (changes != (sign != 0))
            return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                              "fields: either all by name or changes with + and -, not both");
        at += word.len;
        word.ptr += changes;
        word.len -= changes;
        uint32_t field = find_field(word);
        if (!field)
            return no_field(word, error);
        choice->asked = sign == '-' ? choice->asked & ~field : choice->asked | field;
        choice->unwanted = sign == '-' ? choice->unwanted | field : choice->unwanted & ~field;
    }
    choice->all = text && !changes;
    return FLAME_OK;
}

static uint32_t usual_fields(const struct flame_event_attr *attr)
{
    enum { TRACEPOINT = 2, RAW = 4 };
    uint32_t head = FLAME_SCRIPT_COMM | FLAME_SCRIPT_TID | FLAME_SCRIPT_CPU | FLAME_SCRIPT_TIME |
                    FLAME_SCRIPT_EVENT;
    uint32_t code = FLAME_SCRIPT_IP | FLAME_SCRIPT_SYM | FLAME_SCRIPT_SYMOFF | FLAME_SCRIPT_DSO;
    if (attr->type == TRACEPOINT)
        return attr->sample_type & FLAME_SAMPLE_CALLCHAIN ? head | code : head;
    return head | code | FLAME_SCRIPT_PERIOD | (attr->type == RAW ? FLAME_SCRIPT_ADDR : 0);
}

uint32_t flame_script_fields_of(const struct flame_event_attr *attr,
                                const struct flame_script_choice *choice, const char **missing)
{
    uint32_t chosen = choice->asked;
    if (!choice->all)
        chosen |= usual_fields(attr) & ~choice->unwanted;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        uint32_t field = chosen & fields[i].field;
        if (!field || !fields[i].parts || attr->sample_type & fields[i].parts)
            continue;
        if (!(choice->asked & field))
            chosen &= ~field;
        else if (missing && !*missing)
            *missing = fields[i].word;
    }
    return chosen;
}

static bool ends_line(char c)
{
    return c == '\n' || c == '\r' || c == 0;
}

static void put_name(struct flame_output *out, struct flame_str name)
{
    size_t done = 0;
    for (size_t i = 0; i < name.len; i++)
        if (ends_line(name.ptr[i])) {
            flame_put(out, name.ptr + done, i - done);
            flame_put(out, " ", 1);
            done = i + 1;
        }
    if (done < name.len)
        flame_put(out, name.ptr + done, name.len - done);
}

static void put_right(struct flame_output *out, struct flame_str name, int width)
{
    if (name.len < (size_t)width)
        flame_putf(out, "%*s", width - (int)name.len, "");
    put_name(out, name);
}

/* The digits of number, the last one at end[-1]; returns where they begin. */
static char *hex_before(char *end, uint64_t number)
{
    do
        *--end = "0123456789abcdef"[number & 15];
    while (number >>= 4);
    return end;
}

/* first, then the number, right in its column. There are many of these. */
static void put_address(struct flame_output *out, char first, uint64_t address)
{
    char text[1 + HEX_WIDTH];
    memset(text, ' ', sizeof text);
    hex_before(text + sizeof text, address);
    text[0] = first;
    flame_put(out, text, sizeof text);
}

static void put_place(struct flame_output *out, uint32_t chosen,
                      const struct flame_script_place *place)
{
    static const struct flame_str unknown = { "[unknown]", 9 };
    if (chosen & FLAME_SCRIPT_SYM) {
        flame_put(out, " ", 1);
        put_name(out, place->symbol.ptr ? place->symbol : unknown);
        if (place->symbol.ptr && chosen & FLAME_SCRIPT_SYMOFF) {
            char text[3 + HEX_WIDTH], *end = text + sizeof text;
            char *from = hex_before(end, place->offset) - 3;
            memcpy(from, "+0x", 3);
            flame_put(out, from, (size_t)(end - from));
        }
    }
    if (chosen & FLAME_SCRIPT_DSO && !place->inlined) {
        flame_put(out, " (", 2);
        put_name(out, place->dso.ptr ? place->dso : unknown);
        flame_put(out, ")", 1);
    }
    if (chosen & FLAME_SCRIPT_SRCLINE && place->srcline.len) {
        flame_put(out, "\n  ", 3);
        put_name(out, place->srcline);
    }
    if (place->inlined)
        flame_put(out, " (inlined)", 10);
}

static void put_comm(struct flame_output *out, const struct flame_script_sample *s)
{
    char unnamed[16];
    snprintf(unnamed, sizeof unnamed, ":%" PRId32, s->tid);
    bool column = !(s->has_chain && s->fields & FLAME_SCRIPT_IP);
    put_right(out, s->comm.ptr ? s->comm : flame_str_from(unnamed), column ? COMM_WIDTH : 0);
    flame_put(out, " ", 1);
}

static void put_time(struct flame_output *out, uint64_t time_ns, bool nanoseconds)
{
    uint64_t seconds = time_ns / NS_PER_S, rest = time_ns % NS_PER_S;
    if (nanoseconds)
        flame_putf(out, "%5" PRIu64 ".%09" PRIu64 ": ", seconds, rest);
    else
        flame_putf(out, "%5" PRIu64 ".%06" PRIu64 ": ", seconds, rest / NS_PER_US);
}

void flame_script_put_head(struct flame_output *out, const struct flame_script_style *style,
                           const struct flame_script_sample *s)
{
    uint32_t chosen = s->fields;
    if (chosen & FLAME_SCRIPT_COMM)
        put_comm(out, s);
    if (chosen & FLAME_SCRIPT_PID && chosen & FLAME_SCRIPT_TID)
        flame_putf(out, "%5" PRId32 "/%-5" PRId32 " ", s->pid, s->tid);
    else if (chosen & (FLAME_SCRIPT_PID | FLAME_SCRIPT_TID))
        flame_putf(out, "%5" PRId32 " ", chosen & FLAME_SCRIPT_PID ? s->pid : s->tid);
    if (chosen & FLAME_SCRIPT_CPU)
        flame_putf(out, "[%03" PRId32 "] ", s->cpu);
    if (chosen & FLAME_SCRIPT_TIME)
        put_time(out, s->time_ns, style->nanoseconds);
    if (chosen & FLAME_SCRIPT_PERIOD)
        flame_putf(out, "%10" PRIu64 " ", s->period);
    if (chosen & FLAME_SCRIPT_EVENT) {
        put_right(out, s->event, style->event_width);
        flame_put(out, ": ", 2);
    }
    if (chosen & FLAME_SCRIPT_ADDR) {
        flame_putf(out, "%16" PRIx64, s->addr);
        if (s->addr_place)
            put_place(out, chosen & ~(uint32_t)FLAME_SCRIPT_SRCLINE, s->addr_place);
    }
    if (s->has_chain && chosen & FLAME_SCRIPT_IP)
        flame_put(out, "\n", 1);
}

void flame_script_put_frame(struct flame_output *out, uint32_t chosen,
                            const struct flame_script_place *place)
{
    if (!(chosen & FLAME_SCRIPT_IP))
        return;
    put_address(out, '\t', place->ip);
    put_place(out, chosen, place);
    flame_put(out, "\n", 1);
}

void flame_script_put_leaf(struct flame_output *out, uint32_t chosen,
                           const struct flame_script_place *place)
{
    if (!(chosen & FLAME_SCRIPT_IP))
        return;
    put_address(out, ' ', place->ip);
    put_place(out, chosen, place);
}

void flame_script_put_end(struct flame_output *out)
{
    flame_put(out, "\n", 1);
}
