/* test_function.c: hits, lines and names come to the right instructions.
 *
 * The machine, the file and its debug information are made up here, in place of disasm.c, code.c
 * and dwarf_info.c, so that each case is a few bytes that can be read. */
#include "check.h"
#include "disasm.h"
#include "function.h"
#include "instructions.h"

#include <stdio.h>
#include <stdlib.h>

enum { START = 0x1000, OFFSET = 0x400, EVENTS = 2, LINES = 8 };

/* A line or an inlined function from an offset in the code on. */
struct from {
    uint64_t offset;
    const char *file;
    uint32_t line;
    const struct flame_inlined *chain;
    size_t chain_count;
};

struct flame_dwarf {
    struct from from[LINES];
    size_t count, asked;
};

struct flame_code_file {
    struct flame_code code;
    enum flame_status status;
    struct flame_dwarf *dwarf;
    uint64_t built_ns;
};

enum flame_status flame_code_of(struct flame_code_file *file, const struct flame_symbol *symbol,
                                struct flame_code *code, struct flame_error *error)
{
    assert_int_equal(symbol->start, OFFSET);
    *code = file->code;
    if (file->status != FLAME_OK && error) {
        error->status = file->status;
        error->path = "/app";
        snprintf(error->text, sizeof error->text, "no code");
    }
    return file->status;
}

struct flame_bounds *flame_code_bounds(const struct flame_code_file *file)
{
    (void)file;
    return NULL;
}

const char *flame_code_path(const struct flame_code_file *file)
{
    (void)file;
    return "/app";
}

struct flame_build_id flame_code_build_id(const struct flame_code_file *file)
{
    (void)file;
    return (struct flame_build_id){ .size = 20 };
}

uint64_t flame_code_built_ns(const struct flame_code_file *file)
{
    return file->built_ns;
}

size_t flame_code_name(struct flame_code_file *file, uint64_t address, char *out, size_t cap)
{
    (void)file;
    if (address != 0x10f0)
        return 0;
    return (size_t)snprintf(out, cap, "puts@plt");
}

enum flame_status flame_code_dwarf(struct flame_code_file *file, struct flame_dwarf **dwarf)
{
    *dwarf = file->dwarf;
    return FLAME_OK;
}

static const struct from *from_at(const struct flame_dwarf *dwarf, uint64_t offset)
{
    const struct from *found = NULL;
    for (size_t i = 0; i < dwarf->count && dwarf->from[i].offset + OFFSET <= offset; i++)
        found = &dwarf->from[i];
    return found;
}

enum flame_status flame_dwarf_line(struct flame_dwarf *dwarf, uint64_t offset,
                                   struct flame_line *line)
{
    const struct from *from = from_at(dwarf, offset);
    dwarf->asked++;
    *line = (struct flame_line){ 0 };
    if (from)
        *line = (struct flame_line){ from->file, from->line };
    return FLAME_OK;
}

enum flame_status flame_dwarf_inlined(struct flame_dwarf *dwarf, uint64_t offset,
                                      const struct flame_inlined **chain, size_t *count)
{
    const struct from *from = from_at(dwarf, offset);
    *chain = from ? from->chain : NULL;
    *count = from ? from->chain_count : 0;
    return FLAME_OK;
}

size_t flame_inlined_show(const char *name, char *out, size_t cap)
{
    return (size_t)snprintf(out, cap, "%s()", name);
}

struct flame_disasm {
    bool intel;
};

enum flame_status flame_disasm_open(struct flame_disasm **out, const struct flame_machine *machine,
                                    bool intel, struct flame_error *error)
{
    if (machine->machine != 0) {
        error->status = FLAME_UNSUPPORTED;
        return FLAME_UNSUPPORTED;
    }
    *out = calloc(1, sizeof **out);
    assert_non_null(*out);
    (*out)->intel = intel;
    return FLAME_OK;
}

void flame_disasm_close(struct flame_disasm *disasm)
{
    free(disasm);
}

/* The machine: letters with or without an operand, which is the low byte of an address; "w" takes
 * four bytes. Anything else is data. */
void flame_disasm_next(struct flame_disasm *disasm, const uint8_t *bytes, size_t size,
                       uint64_t address, enum flame_code_kind kind, struct flame_decoded *out)
{
    static const struct {
        char letter;
        uint32_t size;
        enum flame_instruction_kind kind;
        bool has_target, comment;
        const char *text;
    } known[] = {
        { 'n', 1, FLAME_INSTRUCTION_PLAIN, false, false, "nop" },
        { 'r', 1, FLAME_INSTRUCTION_RETURN, false, false, "ret" },
        { 'w', 4, FLAME_INSTRUCTION_PLAIN, false, false, "wide" },
        { 'j', 2, FLAME_INSTRUCTION_JUMP, true, false, "jmp" },
        { 'c', 2, FLAME_INSTRUCTION_CALL, true, false, "call" },
        { 'l', 2, FLAME_INSTRUCTION_PLAIN, true, true, "lea" },
    };
    assert_true(size > 0);
    *out = (struct flame_decoded){ .size = 1, .kind = FLAME_INSTRUCTION_DATA };
    snprintf(out->text, sizeof out->text, ".byte 0x%02x", bytes[0]);
    for (size_t i = 0; i < sizeof known / sizeof *known && kind == FLAME_CODE_PLAIN; i++) {
        if (bytes[0] != known[i].letter || size < known[i].size)
            continue;
        *out = (struct flame_decoded){ .size = known[i].size,
                                       .kind = known[i].kind,
                                       .has_target = known[i].has_target,
                                       .comment = known[i].comment };
        if (out->has_target)
            out->target = (address & ~UINT64_C(0xff)) | bytes[1];
        if (out->has_target && !out->comment)
            snprintf(out->text, sizeof out->text, "%s %llx", known[i].text,
                     (unsigned long long)out->target);
        else
            snprintf(out->text, sizeof out->text, "%s%s", disasm->intel ? "intel " : "",
                     known[i].text);
    }
}

struct scene {
    struct flame_code_file file;
    struct flame_dwarf dwarf;
    struct flame_symbol place;
    struct flame_function_input input;
    struct flame_annotate_options options;
    struct flame_sources sources;
    struct flame_arena arena;
    struct flame_annotated out;
    struct flame_error error;
};

/* Code of so many bytes at START, and hits on it. The symbol is 8 bytes longer. */
static void set(struct scene *s, const char *bytes, size_t size,
                const struct flame_offset_hits *hits, size_t hit_count)
{
    *s = (struct scene){ .error = FLAME_ERROR_INIT };
    s->file.code = (struct flame_code){
        .bytes = (const uint8_t *)bytes, .size = size, .address = START, .offset = OFFSET
    };
    s->place = (struct flame_symbol){ .start = OFFSET, .end = OFFSET + size + 8, .name = "main" };
    s->input = (struct flame_function_input){ .symbol = flame_str_from("main"),
                                              .dso = flame_str_from("app"),
                                              .file = &s->file,
                                              .place = &s->place,
                                              .hits = hits,
                                              .hit_count = hit_count,
                                              .event_count = EVENTS };
    s->options.no_source = true;
    flame_sources_init(&s->sources, &s->options);
    flame_arena_init(&s->arena, SIZE_MAX);
}

static void run(struct scene *s)
{
    enum flame_status status =
        flame_function_annotate(&s->out, &s->input, &s->options, &s->sources, &s->arena, &s->error);
    assert_int_equal(status, s->error.status);
    for (size_t e = 0; s->error.status == FLAME_OK && e < EVENTS; e++) {
        struct flame_hits sum = { 0 };
        for (size_t i = 0; i < s->out.instruction_count; i++) {
            sum.samples += s->out.instructions[i].hits[e].samples;
            sum.period += s->out.instructions[i].hits[e].period;
        }
        assert_int_equal(sum.samples, s->out.total[e].samples);
        assert_int_equal(sum.period, s->out.total[e].period);
    }
}

static void done(struct scene *s)
{
    flame_sources_deinit(&s->sources);
    flame_arena_deinit(&s->arena);
}

static void expect_row(const struct scene *s, size_t i, uint64_t address, uint32_t size,
                       const char *text, uint64_t period)
{
    assert_true(i < s->out.instruction_count);
    const struct flame_instruction *at = &s->out.instructions[i];
    assert_int_equal(at->address, address);
    assert_int_equal(at->size, size);
    assert_str(at->text, text);
    assert_int_equal(at->hits[0].period, period);
}

TEST(hits_belong_to_the_instruction_whose_bytes_they_lie_in)
{
    static const struct flame_offset_hits hits[] = {
        { 1, 0, { 1, 10 } }, { 2, 1, { 1, 7 } }, { 4, 0, { 2, 20 } }, { 5, 0, { 1, 100 } }
    };
    struct scene s;
    set(&s, "nwwwwr", 6, hits, 4);
    run(&s);
    assert_int_equal(s.out.instruction_count, 3);
    expect_row(&s, 0, START, 1, "nop", 0);
    expect_row(&s, 1, START + 1, 4, "wide", 30);
    expect_row(&s, 2, START + 5, 1, "ret", 100);
    assert_int_equal(s.out.instructions[1].hits[0].samples, 3);
    assert_int_equal(s.out.instructions[1].hits[1].period, 7);
    assert_ptr_equal(s.out.instructions[1].bytes, s.file.code.bytes + 1);
    assert_int_equal(s.out.total[0].samples, 4);
    assert_int_equal(s.out.total[0].period, 130);
    assert_true(s.out.has_code);
    assert_str(s.out.file, "/app");
    assert_int_equal(s.out.start, START);
    assert_int_equal(s.out.end, START + 6);
    assert_false(s.out.has_branches || s.out.has_source);
    done(&s);
}

TEST(a_call_that_was_sampled_and_is_returned_to_is_hit_once)
{
    static const struct flame_offset_hits hits[] = { { 1, 0, { 3, 30 } }, { 4, 0, { 2, 20 } } };
    static const uint64_t both[] = { 1, 4 };
    static const struct flame_place_set set_of_both = { both, 2, 0, { 1, 10 } };
    struct scene s;
    set(&s, "nwwwwr", 6, hits, 2);
    s.input.sets = &set_of_both;
    s.input.set_count = 1;
    enum flame_status status =
        flame_function_annotate(&s.out, &s.input, &s.options, &s.sources, &s.arena, &s.error);
    assert_int_equal(status, FLAME_OK);
    expect_row(&s, 1, START + 1, 4, "wide", 40);
    assert_int_equal(s.out.instructions[1].hits[0].samples, 4);
    done(&s);
}

TEST(hits_behind_the_code_have_rows_of_their_own)
{
    static const struct flame_offset_hits hits[] = {
        { 0, 0, { 1, 1 } }, { 2, 0, { 1, 2 } }, { 2, 1, { 1, 3 } }, { 5, 0, { 1, 4 } }
    };
    struct scene s;
    set(&s, "nr", 2, hits, 4);
    run(&s);
    assert_int_equal(s.out.instruction_count, 4);
    expect_row(&s, 2, START + 2, 0, "", 2);
    expect_row(&s, 3, START + 5, 0, "", 4);
    assert_null(s.out.instructions[2].bytes);
    assert_int_equal(s.out.instructions[2].hits[1].period, 3);
    assert_int_equal(s.out.end, START + 10);
    done(&s);
}

TEST(targets_have_names_and_jumps_within_the_function_an_index)
{
    struct scene s;
    set(&s,
        "nj\4wwwwj\5c\xf0l\xf0j\xf0l\x80j\x0"
        "c\x0",
        21, NULL, 0);
    run(&s);
    expect_row(&s, 1, START + 1, 2, "jmp 1004 <main+0x4>", 0);
    expect_row(&s, 3, START + 7, 2, "jmp 1005 <main+0x5>", 0);
    expect_row(&s, 4, START + 9, 2, "call 10f0 <puts@plt>", 0);
    expect_row(&s, 5, START + 11, 2, "lea  # 10f0 <puts@plt>", 0);
    expect_row(&s, 6, START + 13, 2, "jmp 10f0 <puts@plt>", 0);
    expect_row(&s, 7, START + 15, 2, "lea  # 1080", 0);
    expect_row(&s, 8, START + 17, 2, "jmp 1000 <main>", 0);
    assert_int_equal(s.out.instructions[1].jump, FLAME_NO_INSTRUCTION); /* into the middle of one */
    assert_int_equal(s.out.instructions[3].jump, FLAME_NO_INSTRUCTION);
    assert_int_equal(s.out.instructions[6].jump, FLAME_NO_INSTRUCTION);
    assert_int_equal(s.out.instructions[8].jump, 0);
    assert_int_equal(s.out.instructions[9].jump, FLAME_NO_INSTRUCTION); /* calls are no jumps */
    assert_int_equal(s.out.instructions[0].jump, FLAME_NO_INSTRUCTION);
    assert_int_equal(s.out.instructions[8].kind, FLAME_INSTRUCTION_JUMP);
    done(&s);
}

TEST(data_between_marks_does_not_swallow_what_follows)
{
    static const struct flame_code_mark marks[] = { { START - 4, FLAME_CODE_PLAIN },
                                                    { START + 2, FLAME_CODE_DATA },
                                                    { START + 4, FLAME_CODE_PLAIN },
                                                    { START + 100, FLAME_CODE_DATA } };
    struct scene s;
    set(&s, "nwnnwwwwn", 9, NULL, 0);
    s.file.code.first_kind = FLAME_CODE_DATA;
    s.file.code.marks = marks;
    s.file.code.mark_count = 4;
    run(&s);
    assert_int_equal(s.out.instruction_count, 6);
    expect_row(&s, 0, START, 1, "nop", 0);
    expect_row(&s, 1, START + 1, 1, ".byte 0x77", 0); /* the rest of it would be data */
    expect_row(&s, 2, START + 2, 1, ".byte 0x6e", 0);
    assert_int_equal(s.out.instructions[2].kind, FLAME_INSTRUCTION_DATA);
    expect_row(&s, 4, START + 4, 4, "wide", 0);
    done(&s);
}

TEST(lines_and_inlined_functions_are_converted_once)
{
    static const struct flame_inlined inner[] = { { "in", "/src/a.h", 3 }, { "mid", NULL, 9 } };
    static const struct flame_offset_hits hits[] = { { 1, 0, { 1, 10 } }, { 3, 0, { 1, 5 } } };
    struct scene s;
    set(&s, "nnnnn", 5, hits, 2);
    s.file.dwarf = &s.dwarf;
    s.dwarf.count = 4;
    s.dwarf.from[0] = (struct from){ 1, "/src/a.c", 7, inner, 2 };
    s.dwarf.from[1] = (struct from){ 3, "/src/a.c", 8, NULL, 0 };
    s.dwarf.from[2] = (struct from){ 4, "/src/b.c", 0, inner, 2 };
    s.dwarf.from[3] = (struct from){ 5, NULL, 0, NULL, 0 };
    run(&s);
    const struct flame_instruction *at = s.out.instructions;
    assert_true(s.out.has_source);
    assert_int_equal(s.dwarf.asked, 5);
    assert_null(at[0].source);
    assert_str(at[1].source->name, "/src/a.c");
    assert_int_equal(at[1].line, 7);
    assert_int_equal(at[1].inlined_count, 2);
    assert_str(at[1].inlined[0].name, "in()");
    assert_str(at[1].inlined[0].call->name, "/src/a.h");
    assert_int_equal(at[1].inlined[0].call_line, 3);
    assert_str(at[1].inlined[1].name, "mid()");
    assert_null(at[1].inlined[1].call);
    assert_int_equal(at[1].inlined[1].call_line, 0);
    assert_ptr_equal(at[2].inlined, at[1].inlined);
    assert_ptr_equal(at[4].inlined, at[1].inlined);
    assert_ptr_equal(at[3].source, at[1].source);
    assert_int_equal(at[3].inlined_count, 0);
    assert_str(at[4].source->name, "/src/b.c");
    assert_int_equal(at[4].line, 0);
    assert_int_equal(s.out.line_count, 2);
    assert_str(s.out.lines[0].name, "in()");
    assert_str(s.out.lines[1].name, "main");
    assert_int_equal(s.out.inlined_count, 2);
    done(&s);
}

TEST(jit_code_has_its_own_lines)
{
    static const struct flame_code_line lines[] = { { START + 1, "x.js", 4 },
                                                    { START + 1, "y.js", 5 },
                                                    { START + 3, "y.js", 6 } };
    struct scene s;
    set(&s, "nnnn", 4, NULL, 0);
    s.file.code.lines = lines;
    s.file.code.line_count = 3;
    run(&s);
    assert_null(s.out.instructions[0].source);
    assert_str(s.out.instructions[1].source->name, "y.js");
    assert_int_equal(s.out.instructions[2].line, 5);
    assert_int_equal(s.out.instructions[3].line, 6);
    done(&s);
}

static const struct flame_offset_hits few[] = { { 1, 0, { 1, 10 } },
                                                { 1, 1, { 1, 2 } },
                                                { 4, 0, { 1, 20 } } };

/* The rows that few gives without code. */
static void expect_addresses(const struct scene *s)
{
    assert_int_equal(s->out.instruction_count, 2);
    expect_row(s, 0, START + 1, 0, "", 10);
    expect_row(s, 1, START + 4, 0, "", 20);
    assert_null(s->out.instructions[0].bytes);
    assert_int_equal(s->out.instructions[0].hits[1].period, 2);
    assert_int_equal(s->out.instructions[1].line, 8);
    assert_int_equal(s->out.instructions[1].jump, FLAME_NO_INSTRUCTION);
    assert_false(s->out.has_code || s->out.has_branches);
    assert_true(s->out.has_source);
    assert_int_equal(s->out.file.len, 0);
    assert_int_equal(s->out.start, START);
    assert_int_equal(s->out.end, START + 14);
}

TEST(without_code_each_address_that_was_hit_is_a_row_with_its_line)
{
    static const struct flame_branch_count branch = { 1, 2, 0 };
    struct scene s;
    set(&s, "nnnnnn", 6, few, 3);
    s.file.dwarf = &s.dwarf;
    s.dwarf.count = 1;
    s.dwarf.from[0] = (struct from){ 0, "/src/a.c", 8, NULL, 0 };
    s.options.no_code = true;
    s.input.branches = &branch;
    s.input.branch_count = 1;
    run(&s);
    expect_addresses(&s);
    s.file.status = FLAME_UNSUPPORTED; /* nor is it there */
    run(&s);
    expect_addresses(&s);
    done(&s);
}

TEST(code_that_is_wanted_and_not_there_is_an_error)
{
    struct scene s;
    set(&s, "nnnnnn", 6, few, 3);
    s.file.status = FLAME_CORRUPT;
    run(&s);
    assert_int_equal(s.error.status, FLAME_CORRUPT);
    assert_string_equal(s.error.text, "no code");
    done(&s);
    set(&s, "nnnnnn", 6, few, 3);
    s.file.code.machine.machine = 1;
    run(&s);
    assert_int_equal(s.error.status, FLAME_UNSUPPORTED);
    assert_string_equal(s.error.path, "/app");
    done(&s);
}

TEST(a_million_instructions_are_fine_and_more_than_the_limit_are_refused)
{
    static const struct flame_offset_hits last = { (1 << 20) - 1, 0, { 1, 1 } };
    size_t size = flame_limit_of(NULL, FLAME_LIMIT_INSTRUCTIONS) + 1;
    char *bytes = malloc(size);
    struct scene s;
    assert_non_null(bytes);
    memset(bytes, 'n', size);
    set(&s, bytes, 1 << 20, &last, 1);
    run(&s);
    assert_int_equal(s.out.instruction_count, 1 << 20);
    assert_int_equal(s.out.instructions[(1 << 20) - 1].hits[0].period, 1);
    done(&s);
    set(&s, bytes, size, NULL, 0);
    run(&s);
    assert_int_equal(s.error.status, FLAME_LIMIT);
    assert_string_equal(s.error.text,
                        "the function at 0x1000 has more than 4194304 instructions; --limit "
                        "instructions=16M allows more");
    done(&s);
    free(bytes);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_belong_to_the_instruction_whose_bytes_they_lie_in),
        cmocka_unit_test(a_call_that_was_sampled_and_is_returned_to_is_hit_once),
        cmocka_unit_test(hits_behind_the_code_have_rows_of_their_own),
        cmocka_unit_test(targets_have_names_and_jumps_within_the_function_an_index),
        cmocka_unit_test(data_between_marks_does_not_swallow_what_follows),
        cmocka_unit_test(lines_and_inlined_functions_are_converted_once),
        cmocka_unit_test(jit_code_has_its_own_lines),
        cmocka_unit_test(without_code_each_address_that_was_hit_is_a_row_with_its_line),
        cmocka_unit_test(code_that_is_wanted_and_not_there_is_an_error),
        cmocka_unit_test(a_million_instructions_are_fine_and_more_than_the_limit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
