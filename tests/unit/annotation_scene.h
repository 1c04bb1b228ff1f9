/* annotation_scene.h: an annotation as flame_annotate could have made it, for those who write one.
 *
 * Two events; a function with source in three files (one with text, one without, one that is newer
 * than the code), a function inlined into an inlined function, jumps forward, backward, nested and
 * out of it, branch records, data; a function without code, whose names are hostile; a function
 * that is not shown, and why; one whose turn did not come. */
#ifndef FLAME_TESTS_ANNOTATION_SCENE_H
#define FLAME_TESTS_ANNOTATION_SCENE_H

#include <flamedata/annotate.h>

#define SCENE_STR(text)                                                                            \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }
#define SCENE_COUNT(array) (sizeof(array) / sizeof *(array))

static const struct flame_str scene_scan_lines[] = {
    SCENE_STR("#include \"words.h\""),
    SCENE_STR(""),
    SCENE_STR("int scan(const char *text)"),
    SCENE_STR("{"),
    SCENE_STR("    if (text) {"),
    SCENE_STR("        int n = 0;"),
    SCENE_STR("        for (; *text; n += is_word(*text))"),
    SCENE_STR("            puts(\"\x1b[31m</script><script>alert(1)</script>\");"),
    SCENE_STR("\t\ttext++; /* \xff is no UTF-8 */"),
    SCENE_STR("    }"),
    SCENE_STR("    return 0;"),
    SCENE_STR("}"),
};

static const struct flame_str scene_old_lines[] = {
    SCENE_STR("#define POP"),
    SCENE_STR("void pop(void);"),
};

static const struct flame_source_file scene_scan = {
    .name = SCENE_STR("/src/app/scan.c"),
    .path = SCENE_STR("/src/app/scan.c"),
    .lines = scene_scan_lines,
    .line_count = SCENE_COUNT(scene_scan_lines),
};

static const struct flame_source_file scene_words = { .name = SCENE_STR("/src/app/words.h") };

static const struct flame_source_file scene_old = {
    .name = SCENE_STR("/src/app/old.h"),
    .path = SCENE_STR("/elsewhere/old.h"),
    .lines = scene_old_lines,
    .line_count = SCENE_COUNT(scene_old_lines),
    .newer = true,
};

static const struct flame_inlined_at scene_chain[] = {
    { SCENE_STR("lower<char>(char)"), &scene_words, 11 },
    { SCENE_STR("is_word(char)"), &scene_scan, 7 },
};

static const struct flame_hits scene_none[2] = { { 0, 0 }, { 0, 0 } };
static const struct flame_hits scene_at_mov[2] = { { 1, 1600 }, { 0, 0 } };
static const struct flame_hits scene_at_load[2] = { { 48, 60000 }, { 3, 30000 } };
static const struct flame_hits scene_at_cmp[2] = { { 20, 20000 }, { 0, 0 } };
static const struct flame_hits scene_at_add[2] = { { 6, 4000 }, { 0, 0 } };
static const struct flame_hits scene_at_test[2] = { { 25, 14400 }, { 1, 10000 } };
static const struct flame_hits scene_of_scan[2] = { { 100, 100000 }, { 4, 40000 } };
static const struct flame_hits scene_of_is_word[2] = { { 74, 84000 }, { 3, 30000 } };
static const struct flame_hits scene_of_evil[2] = { { 40, 40000 }, { 0, 0 } };
static const struct flame_hits scene_at_evil[2] = { { 30, 30000 }, { 0, 0 } };
static const struct flame_hits scene_at_evil_end[2] = { { 10, 10000 }, { 0, 0 } };
static const struct flame_hits scene_of_lost[2] = { { 15, 15000 }, { 0, 0 } };
static const struct flame_hits scene_of_rest[2] = { { 5, 5000 }, { 0, 0 } };

static const uint8_t scene_bytes[] = {
    0x55, 0x48, 0x89, 0xfb, 0x48, 0x85, 0xff, 0x74, 0x1d, 0x31, 0xc0, 0x0f, 0xb6, 0x13,
    0x80, 0xfa, 0x20, 0x76, 0x03, 0x83, 0xc0, 0x01, 0xe8, 0xf5, 0xfe, 0xff, 0xff, 0x48,
    0x83, 0xc3, 0x01, 0x80, 0x3b, 0x00, 0x75, 0xe7, 0xff, 0xe0, 0x5d, 0xc3, 0x06,
};

#define SCENE_CODE(at, length, words)                                                              \
    .address = 0x1130 + (at), .bytes = scene_bytes + (at), .size = (length),                       \
    .text = SCENE_STR(words), .jump = FLAME_NO_INSTRUCTION
#define SCENE_JUMP(at, length, words, to)                                                          \
    .address = 0x1130 + (at), .bytes = scene_bytes + (at), .size = (length),                       \
    .text = SCENE_STR(words), .jump = (to), .kind = FLAME_INSTRUCTION_JUMP
#define SCENE_IN(file, number) .source = &(file), .line = (number)
/* Only the outer of the two inlined functions, and both. */
#define SCENE_IS_WORD .inlined = scene_chain + 1, .inlined_count = 1
#define SCENE_LOWER .inlined = scene_chain, .inlined_count = 2

static const struct flame_instruction scene_code[] = {
    { SCENE_CODE(0, 1, "push %rbp"), SCENE_IN(scene_scan, 4), .hits = scene_none },
    { SCENE_CODE(1, 3, "mov %rdi,%rbx"), SCENE_IN(scene_scan, 4), .hits = scene_at_mov },
    { SCENE_CODE(4, 3, "test %rdi,%rdi"), SCENE_IN(scene_scan, 5), .hits = scene_none },
    { SCENE_JUMP(7, 2, "je 1156", 14), SCENE_IN(scene_scan, 5), .hits = scene_none },
    { SCENE_CODE(9, 2, "xor %eax,%eax"), SCENE_IN(scene_scan, 6), .hits = scene_none },
    { SCENE_CODE(11, 3, "movzbl (%rbx),%edx"), SCENE_IN(scene_words, 10), SCENE_IS_WORD,
      .hits = scene_at_load, .ipc = 0.58 },
    { SCENE_CODE(14, 3, "cmp $0x20,%dl"), SCENE_IN(scene_words, 4), SCENE_LOWER,
      .hits = scene_at_cmp, .ipc = 0.58 },
    { SCENE_JUMP(17, 2, "jbe 1146", 9), SCENE_IN(scene_words, 4), SCENE_LOWER, .hits = scene_none,
      .taken = 300, .mispredicted = 100, .ipc = 0.58 },
    { SCENE_CODE(19, 3, "add $0x1,%eax"), SCENE_IN(scene_words, 12), SCENE_IS_WORD,
      .hits = scene_at_add, .ipc = 0.58 },
    { SCENE_CODE(22, 5, "call 1040 <puts@plt>"), SCENE_IN(scene_scan, 8),
      .kind = FLAME_INSTRUCTION_CALL, .hits = scene_none, .ipc = 0.58 },
    { SCENE_CODE(27, 4, "add $0x1,%rbx"), SCENE_IN(scene_scan, 9), .hits = scene_none,
      .ipc = 0.58 },
    { SCENE_CODE(31, 3, "cmpb $0x0,(%rbx)"), SCENE_IN(scene_scan, 7), .hits = scene_at_test,
      .ipc = 0.58 },
    { SCENE_JUMP(34, 2, "jne 113b", 5), SCENE_IN(scene_scan, 7), .hits = scene_none, .taken = 900,
      .mispredicted = 9, .cycles = 12, .least_cycles = 8, .most_cycles = 40, .ipc = 0.58 },
    { SCENE_JUMP(36, 2, "jmp *%rax", FLAME_NO_INSTRUCTION), SCENE_IN(scene_scan, 0),
      .hits = scene_none },
    { SCENE_CODE(38, 1, "pop %rbp"), SCENE_IN(scene_old, 2), .hits = scene_none },
    { SCENE_CODE(39, 1, "ret"), SCENE_IN(scene_scan, 12), .kind = FLAME_INSTRUCTION_RETURN,
      .hits = scene_none },
    { SCENE_CODE(40, 1, ".byte 0x06"), .kind = FLAME_INSTRUCTION_DATA, .hits = scene_none },
};

static const struct flame_instruction scene_addresses[] = {
    { .address = 0xffffffff81000010, .jump = FLAME_NO_INSTRUCTION, .hits = scene_at_evil },
    { .address = 0xffffffff8100002c, .jump = FLAME_NO_INSTRUCTION, .hits = scene_at_evil_end },
};

#define SCENE_SCAN_NAME SCENE_STR("scan(char const*)")
#define SCENE_SCAN_DSO SCENE_STR("/opt/app/scan")
/* The end of a script, a terminal's title, a right-to-left override. */
#define SCENE_EVIL_NAME SCENE_STR("evil\x1b]0;x\x07</script><img src=x onerror=alert(1)>")
#define SCENE_EVIL_DSO SCENE_STR("/opt/\"<b>'&\xe2\x80\xae.so")

static const struct flame_hits_of scene_lines[] = {
    { SCENE_STR("is_word(char)"), &scene_words, 10, scene_at_load },
    { SCENE_STR("lower<char>(char)"), &scene_words, 4, scene_at_cmp },
    { SCENE_SCAN_NAME, &scene_scan, 7, scene_at_test },
    { SCENE_STR("is_word(char)"), &scene_words, 12, scene_at_add },
    { SCENE_SCAN_NAME, &scene_scan, 4, scene_at_mov },
};

static const struct flame_hits_of scene_inlined[] = {
    { SCENE_STR("is_word(char)"), NULL, 0, scene_of_is_word },
    { SCENE_STR("lower<char>(char)"), NULL, 0, scene_at_cmp },
};

static const struct flame_annotated scene_functions[] = {
    {
        .symbol = SCENE_SCAN_NAME,
        .dso = SCENE_SCAN_DSO,
        .file = SCENE_STR("/usr/lib/debug/opt/app/scan"),
        .build_id = { 4, { 0xde, 0xad, 0xbe, 0xef } },
        .start = 0x1130,
        .end = 0x1159,
        .total = scene_of_scan,
        .instructions = scene_code,
        .instruction_count = SCENE_COUNT(scene_code),
        .lines = scene_lines,
        .line_count = SCENE_COUNT(scene_lines),
        .inlined = scene_inlined,
        .inlined_count = SCENE_COUNT(scene_inlined),
        .has_code = true,
        .has_branches = true,
        .has_source = true,
        .coverage = 0.4375,
    },
    {
        .symbol = SCENE_EVIL_NAME,
        .dso = SCENE_EVIL_DSO,
        .start = 0xffffffff81000000,
        .end = 0xffffffff81000040,
        .total = scene_of_evil,
        .instructions = scene_addresses,
        .instruction_count = SCENE_COUNT(scene_addresses),
    },
};

static const struct flame_annotated_match scene_matches[] = {
    { SCENE_SCAN_NAME, SCENE_SCAN_DSO, scene_of_scan, 0, FLAME_ERROR_INIT },
    { SCENE_EVIL_NAME, SCENE_EVIL_DSO, scene_of_evil, 1, FLAME_ERROR_INIT },
    { SCENE_STR("scan_lost"),
      SCENE_STR("/opt/gone.so"),
      scene_of_lost,
      SIZE_MAX,
      { FLAME_IO, FLAME_NO_OFFSET, "/opt/gone.so", "file not found" } },
    { SCENE_STR("scan_rest"), SCENE_SCAN_DSO, scene_of_rest, SIZE_MAX, FLAME_ERROR_INIT },
};

static const struct flame_annotated_event scene_events[] = {
    { SCENE_STR("cycles:u"), FLAME_UNIT_EVENTS, { 200, 160000 } },
    { SCENE_STR("cache-misses:u"), FLAME_UNIT_EVENTS, { 4, 40000 } },
};

static const struct flame_verdict scene_verdict = { .samples = 204, .weight = 200000 };

/* By value, so that a test may change it; what it points to is static. */
static inline struct flame_annotation annotation_scene(void)
{
    return (struct flame_annotation){
        .path = "perf.data",
        .events = scene_events,
        .event_count = SCENE_COUNT(scene_events),
        .matches = scene_matches,
        .match_count = SCENE_COUNT(scene_matches),
        .skipped = 1,
        .functions = scene_functions,
        .function_count = SCENE_COUNT(scene_functions),
        .verdict = &scene_verdict,
    };
}

#endif
