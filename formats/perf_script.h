/* perf_script.h: samples as the text that perf script prints, and the fields it is made of.
 *
 * The layout is perf 6.1's, to the column. Takes names and numbers; knows no recording. Source:
 * docs/formats/perf_script.md. */
#ifndef FLAME_PERF_SCRIPT_H
#define FLAME_PERF_SCRIPT_H

#include <flamedata/output.h>
#include <flamedata/record.h>

/* X(bit, NAME, word, parts): a field, perf's name for it, and the sample_type bits of which a
 * sample must have one so that it can be printed; 0: it always can. */
#define FLAME_SCRIPT_FIELDS(X)                                                                     \
    X(0, COMM, "comm", 0)                                                                          \
    X(1, TID, "tid", FLAME_SAMPLE_TID)                                                             \
    X(2, PID, "pid", FLAME_SAMPLE_TID)                                                             \
    X(3, TIME, "time", FLAME_SAMPLE_TIME)                                                          \
    X(4, CPU, "cpu", FLAME_SAMPLE_CPU)                                                             \
    X(5, PERIOD, "period", 0)                                                                      \
    X(6, EVENT, "event", 0)                                                                        \
    X(7, ADDR, "addr", FLAME_SAMPLE_ADDR)                                                          \
    X(8, IP, "ip", FLAME_SAMPLE_IP)                                                                \
    X(9, SYM, "sym", 0)                                                                            \
    X(10, SYMOFF, "symoff", 0)                                                                     \
    X(11, DSO, "dso", 0)                                                                           \
    X(12, SRCLINE, "srcline", 0)

enum flame_script_field {
#define X(bit, name, word, parts) FLAME_SCRIPT_##name = 1 << bit,
    FLAME_SCRIPT_FIELDS(X)
#undef X
};

/* Which fields were asked for. all: exactly asked; else the event's usual ones and asked, without
 * unwanted. The all-zero value is the usual ones. */
struct flame_script_choice {
    bool all;
    uint32_t asked, unwanted;
};

/* Read perf's -F: "comm,ip,sym", or changes to the usual fields, "+pid,-period". NULL is no change.
 * FLAME_OK, or FLAME_USAGE with a message. */
enum flame_status flame_script_choose(struct flame_script_choice *choice, const char *text,
                                      struct flame_error *error);

/* The fields of an event's samples. Those that are usual but that its samples have no value for are
 * left out. One that was asked for is missing then: it is put into *missing, where there is room
 * for one (NULL: to be printed all the same, as -1 or 0). */
uint32_t flame_script_fields_of(const struct flame_event_attr *attr,
                                const struct flame_script_choice *choice, const char **missing);

/* An address, or a function that the compiler put in its place there.
 *
 * ip       is printed
 * symbol   ptr NULL where there is none
 * offset   from the symbol's start; where inlined, from that of the function that has it inlined
 * dso      ptr NULL where nothing was mapped; not printed where inlined
 * srcline  "file:line"; empty where it is not known
 * inlined  debug information knows the symbol as inlined at ip. An address is then several places
 *          with one ip and offset, innermost first; the last one is the function that has its own
 *          code, dso, and inlined false */
struct flame_script_place {
    uint64_t ip, offset;
    struct flame_str symbol, dso, srcline;
    bool inlined;
};

/* What a sample's first line says.
 *
 * comm        ptr NULL: never named, ":TID"
 * has_chain   lines of frames follow, so that the names of threads need not form a column
 * addr_place  what addr lies in; NULL: the number alone */
struct flame_script_sample {
    uint32_t fields;
    struct flame_str comm, event;
    int32_t pid, tid, cpu;
    uint64_t time_ns, period, addr;
    bool has_chain;
    const struct flame_script_place *addr_place;
};

/* event_width: the length of the longest event's name. nanoseconds: times in full. */
struct flame_script_style {
    int event_width;
    bool nanoseconds;
};

/* Append the first line: up to its end where frames follow, else without it. */
void flame_script_put_head(struct flame_output *out, const struct flame_script_style *style,
                           const struct flame_script_sample *sample);

/* Append what belongs to it: of a sample with a chain the places of its frames one by one,
 * innermost first, of another one its instruction, which perf prints without what is inlined there;
 * nothing without the field IP. Then the end. */
void flame_script_put_frame(struct flame_output *out, uint32_t fields,
                            const struct flame_script_place *place);
void flame_script_put_leaf(struct flame_output *out, uint32_t fields,
                           const struct flame_script_place *place);
void flame_script_put_end(struct flame_output *out);

#endif
