/* flamedata/annotate.h: which instructions of a function were hit.
 *
 * flame_annotate reads a recording and gives functions as data: instructions with hits, source
 * lines, inlined functions, and, where branches were recorded, cycles. Text, JSON and HTML are
 * writers over it. */
#ifndef FLAMEDATA_ANNOTATE_H
#define FLAMEDATA_ANNOTATE_H

#include <flamedata/output.h>
#include <flamedata/session.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* All zero is the default. Strings are borrowed as long as the annotation lives.
 *
 * session      event (here NULL means all events), symbols, threads and filter have their
 *              meaning, but with callers filter.dsos are those of the functions, not of the sampled
 *              instructions; filter.max_stack and the rest have no effect
 * symbol       the function: its name exactly, else without parameters, template arguments and what
 *              stands in front ("Index::find" is geo::Index::find), else a glob ("str*"); NULL: the
 *              hottest ones
 * regex        symbol is an extended regular expression, found anywhere in the name
 * top          how many functions, hottest first; 0 means 1
 * share_percent  without symbol: as many functions as carry that share of each event's weight, and
 *              at most top of them (0: any number); hottest is then what has the largest share of
 *              any event. Functions without code count, so that there may be none. 0: top decides
 * callers      hits are also the calls inside a function that a stack has not returned from
 * no_code      the addresses that were hit, without code
 * intel        x86: Intel's syntax, not AT&T's
 * no_source    do not look for the text of source files
 * source_dirs  folders to look for source files in, "a:b"; before the paths that debug information
 *              has
 * prefix       put in front of those paths, after prefix_strip leading folders are taken away, as
 *              objdump and perf annotate do; NULL: neither */
struct flame_annotate_options {
    struct flame_session_options session;
    const char *symbol;
    bool regex, callers, no_code, intel, no_source;
    unsigned top;
    double share_percent;
    const char *source_dirs, *prefix;
    unsigned prefix_strip;
};

/* An event, and all of its samples that the filters took, wherever they lie. */
struct flame_annotated_event {
    struct flame_str name;
    enum flame_unit unit;
    struct flame_hits total;
};

/* A source file.
 *
 * name   as debug information has it, absolute where it can be
 * path   where its text was found; empty: nowhere
 * lines  lines[line_count] of its text, the first line first, without their ends; as they are in
 *        the file, whatever encoding that is
 * newer  the text was changed after the code was built, or recorded: its lines may be others */
struct flame_source_file {
    struct flame_str name, path;
    const struct flame_str *lines;
    size_t line_count;
    bool newer;
};

/* A function whose code was inlined: its name, demangled, and where: in a function around it. call
 * is NULL and call_line 0 where that is not said. */
struct flame_inlined_at {
    struct flame_str name;
    const struct flame_source_file *call;
    uint32_t call_line;
};

enum flame_instruction_kind {
    FLAME_INSTRUCTION_PLAIN,
    FLAME_INSTRUCTION_JUMP, /* conditional or not, direct or not */
    FLAME_INSTRUCTION_CALL,
    FLAME_INSTRUCTION_RETURN,
    FLAME_INSTRUCTION_DATA, /* bytes that are no instruction, or that the file says are data */
};

#define FLAME_NO_INSTRUCTION SIZE_MAX

/* One line of code, or, without code, one address that was hit.
 *
 * address      the object file's own; bytes[size] as they lie in memory; NULL and 0 without code
 * text         mnemonic, a space, operands; addresses with the name of what lies there: "call 1040
 *              <puts@plt>", "lea 0xe9f(%rip), %rdi  # 2004 <greeting>"; empty without code
 * hits         hits[event_count of the annotation]
 * jump         index of the instruction that it jumps to, in this function; else
 *              FLAME_NO_INSTRUCTION
 * source,line  of the source; NULL and 0 where nothing is known; line 0: no line in particular
 * inlined      functions that the instruction was inlined from, innermost first
 * taken, mispredicted  branches that were recorded from here, and how many were not foreseen
 * cycles       that the run of code ending in this branch took, on average; 0: not known; least and
 *              most of them
 * ipc          instructions per cycle of the run of code that it is in; 0: not known */
struct flame_instruction {
    uint64_t address;
    const uint8_t *bytes;
    uint32_t size, line;
    enum flame_instruction_kind kind;
    struct flame_str text;
    const struct flame_hits *hits;
    size_t jump;
    const struct flame_source_file *source;
    const struct flame_inlined_at *inlined;
    size_t inlined_count;
    uint64_t taken, mispredicted, cycles, least_cycles, most_cycles;
    double ipc;
};

/* What lines of source, or inlined functions, are worth. hits[event_count]. For a line name is the
 * function's that it is in, inlined or not; for an inlined function source and line are unused. */
struct flame_hits_of {
    struct flame_str name;
    const struct flame_source_file *source;
    uint32_t line;
    const struct flame_hits *hits;
};

/* One function.
 *
 * symbol, dso  as flame graphs name them; file: where the code was read, empty without code
 * start, end   [start, end) in the object file's own addresses
 * total        total[event_count]: hits of the whole function
 * lines        by source line, most of the first event's period first
 * inlined      by inlined function: hits of its code and of what is inlined into it
 * has_branches taken, cycles and ipc are there; has_source: some instruction has a line
 * coverage     share of the instructions that recorded runs of code went through, 0 to 1 */
struct flame_annotated {
    struct flame_str symbol, dso, file;
    struct flame_build_id build_id;
    uint64_t start, end;
    const struct flame_hits *total;
    const struct flame_instruction *instructions;
    size_t instruction_count;
    const struct flame_hits_of *lines, *inlined;
    size_t line_count, inlined_count;
    bool has_code, has_branches, has_source;
    double coverage;
};

/* A function that was hit and matches; or all that was hit in an object where it has no symbols,
 * called "[libfoo.so]" as in flame graphs.
 *
 * hits   [event_count]
 * shown  index into functions, or SIZE_MAX
 * error  why it is not shown although its turn came; FLAME_OK: it is, or its turn did not come */
struct flame_annotated_match {
    struct flame_str symbol, dso;
    const struct flame_hits *hits;
    size_t shown;
    struct flame_error error;
};

/* path       of the recording
 * callers    hits count callers, too
 * events     those that have samples, or the one that was asked for; the first decides what is
 *            hottest, and where that says nothing the next
 * matches    hottest first: where a symbol was named, all functions that were hit and match it;
 *            else those whose turn came: one without code is then passed over for the next
 * functions  the annotated ones, in the order of matches; none: matches say why
 * skipped    of matches, those with an error
 * verdict    of the samples that were counted: samples, losses, bad records, objects */
struct flame_annotation {
    const char *path;
    bool callers;
    const struct flame_annotated_event *events;
    size_t event_count;
    const struct flame_annotated_match *matches;
    size_t match_count, skipped;
    const struct flame_annotated *functions;
    size_t function_count;
    const struct flame_verdict *verdict;
};

/* Read path, which is borrowed until the annotation is freed, whole, and annotate. On failure NULL,
 * and error says why, as flame_session_open does; FLAME_EMPTY also: no sample has that symbol (the
 * message lists the nearest names); FLAME_USAGE also: a regular expression that is none. That a
 * function's code cannot be had (the file is missing, has another build-id, no code, is no ELF
 * file; code leaves its section or is too long) is no failure of the call: the match's error says
 * it. */
const struct flame_annotation *flame_annotate(const char *path,
                                              const struct flame_annotate_options *options,
                                              struct flame_error *error);
/* NULL is allowed. */
void flame_annotation_free(const struct flame_annotation *annotation);

/* What a percentage is a share of, and what is counted; perf's names: local-period, local-hits,
 * global-period, global-hits. Local: of the function; global: of all samples of the event. */
enum flame_percent_type {
    FLAME_PERCENT_LOCAL_PERIOD,
    FLAME_PERCENT_LOCAL_HITS,
    FLAME_PERCENT_GLOBAL_PERIOD,
    FLAME_PERCENT_GLOBAL_HITS,
};

/* hits' percentage: local is the function's total, global the event's. 0 of 0 is 0. */
double flame_percent(enum flame_percent_type type, struct flame_hits hits, struct flame_hits local,
                     struct flame_hits global);

/* What writers show. All zero is the default.
 *
 * percent       for all writers
 * raw           bytes of the instructions
 * samples       a column with the number of samples; period: with the sum of their periods
 * print_line    file and line behind every instruction that was hit
 * full_paths    names of files with their folders
 * no_source     do not interleave the source
 * colour        escape sequences of a terminal; safe: text from files cannot steer it
 * unicode       arrows are drawn with box characters, in UTF-8, not with ASCII's
 * min_percent   the summaries leave out what is below this; 0 means 0.5 */
struct flame_annotate_look {
    enum flame_percent_type percent;
    bool raw, samples, period, print_line, full_paths, no_source, colour, unicode;
    double min_percent;
};

/* Write all functions. look may be NULL. Errors of writing are the output's. FLAME_OK or
 * FLAME_NOMEM. */
enum flame_status flame_annotate_text(const struct flame_annotation *annotation,
                                      const struct flame_annotate_look *look,
                                      struct flame_output *output);
/* docs/formats/annotate-json.md has the schema. */
enum flame_status flame_annotate_json(const struct flame_annotation *annotation,
                                      const struct flame_annotate_look *look,
                                      struct flame_output *output);
/* A page that needs nothing else. */
enum flame_status flame_annotate_html(const struct flame_annotation *annotation,
                                      const struct flame_annotate_look *look,
                                      struct flame_output *output);
/* The section of functions[index] alone, for another page (struct flame_page_code), with its
 * hottest lines and inlined functions. Bytes only where the look has raw; and styles are in
 * attributes data-style, for a script to apply, since a page's policy may forbid the others. */
enum flame_status flame_annotate_section(const struct flame_annotation *annotation, size_t index,
                                         const struct flame_annotate_look *look,
                                         struct flame_output *output);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
