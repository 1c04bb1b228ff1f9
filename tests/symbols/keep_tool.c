/* keep_tool.c: reduced copies of a program's files, and all that is told of some functions.
 *
 *     keep_tool reduce PROGRAM OUT RANGES [FUNCTION...]
 *     keep_tool tell PROGRAM RANGES
 *     keep_tool holes PROGRAM RANGES
 *
 * reduce writes copies of all files that the program is named by to the folder OUT, under their
 * paths, and to the file RANGES what was hit: the functions of these names; ones named "%3" are
 * every third symbol. A line for each copy says its size, the bytes that are kept, and its path.
 * tell writes all that flamedata would show of these ranges. holes exits with 1 unless all code of
 * the program outside of them is zero, but for PLTs. FLAME_CACHE names perf's cache, if set. */
#include "cfi.h"
#include "code.h"
#include "disasm.h"
#include "elf_file.h"
#include "keep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tool {
    struct flame_symbol_places places;
    struct flame_object_request request;
    struct flame_object object;
    struct flame_ranges ranges;
};

static void fail(const char *what)
{
    fprintf(stderr, "keep_tool: %s\n", what);
    exit(2);
}

static void load(struct tool *t, const char *program)
{
    t->places = (struct flame_symbol_places){ .same_boot = true,
                                              .same_host = true,
                                              .unchanged_ns = UINT64_MAX,
                                              .buildid_dir = getenv("FLAME_CACHE") };
    size_t length = strlen(program);
    bool module = length > 3 && strcmp(program + length - 3, ".ko") == 0;
    t->request = (struct flame_object_request){
        .kind = module ? FLAME_OBJECT_MODULE : FLAME_OBJECT_ELF,
        .name = flame_str_from(program),
    };
    if (flame_object_load(&t->object, &t->request, &t->places) != FLAME_OK)
        fail("out of memory");
    if (t->object.files.count == 0)
        fail("the program cannot be loaded");
}

static void unload(struct tool *t)
{
    flame_ranges_free(&t->ranges);
    flame_object_deinit(&t->object);
}

/* --- reduce --- */

static bool is_wanted(const struct flame_symbol *symbol, size_t index, char **names, int count)
{
    char shown[4096];
    flame_symbol_show(symbol, shown, sizeof shown);
    for (int i = 0; i < count; i++) {
        if (names[i][0] == '%' && index % (size_t)atoi(names[i] + 1) == 0)
            return true;
        if (strcmp(shown, names[i]) == 0)
            return true;
    }
    return false;
}

/* Modules count from .text; the others have offsets. */
static uint64_t origin_of(const struct tool *t, const struct flame_elf *program)
{
    const struct flame_elf_section *text = t->request.kind == FLAME_OBJECT_MODULE
                                               ? flame_elf_section(program, ".text", SHT_PROGBITS)
                                               : NULL;
    return text ? text->header.sh_offset : 0;
}

static void hit(struct tool *t, char **names, int count)
{
    const struct flame_symbols *symbols = flame_object_symbols(&t->object);
    const struct flame_file *file = &t->object.files.items[t->object.files.count - 1];
    struct flame_code_file *code_file;
    struct flame_elf program;
    if (flame_elf_open(&program, file->bytes, file->size) != FLAME_OK ||
        flame_code_open(&code_file, &t->object, &t->request, &t->places) != FLAME_OK)
        fail("the program cannot be read");
    uint64_t origin = origin_of(t, &program);
    for (size_t i = 0; i < symbols->list.count; i++) {
        const struct flame_symbol *symbol = &symbols->list.items[i];
        struct flame_code code;
        struct flame_error error = FLAME_ERROR_INIT;
        if (!is_wanted(symbol, i, names, count))
            continue;
        uint64_t start = symbol->start + origin, end = symbol->end + origin;
        if (flame_code_of(code_file, symbol, &code, &error) == FLAME_OK)
            end = start + code.size;
        else
            end = start + 1;
        if (!flame_ranges_add(&t->ranges, start, end))
            fail("out of memory");
    }
    flame_ranges_settle(&t->ranges);
    flame_code_close(code_file);
    flame_elf_close(&program);
}

static void write_ranges(const struct tool *t, const char *path)
{
    FILE *f = fopen(path, "w");
    if (!f)
        fail("cannot write the ranges");
    for (size_t i = 0; i < t->ranges.count; i++)
        fprintf(f, "%" PRIx64 " %" PRIx64 "\n", t->ranges.items[i].start, t->ranges.items[i].end);
    fclose(f);
}

static void write_copy(const char *out, const struct flame_kept_file *file)
{
    char path[8192];
    snprintf(path, sizeof path, "%s%s", out, file->path);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0755);
        *slash = '/';
    }
    FILE *f = fopen(path, "wb");
    if (!f)
        fail("cannot write a copy");
    for (size_t i = 0; i < file->kept.count; i++) {
        const struct flame_range *r = &file->kept.items[i];
        if (r->end > file->size || fseek(f, (long)r->start, SEEK_SET) != 0 ||
            fwrite(file->bytes + r->start, 1, r->end - r->start, f) != r->end - r->start)
            fail("a range that is not in the file");
    }
    if (fflush(f) != 0 || ftruncate(fileno(f), (off_t)file->size) != 0)
        fail("cannot write a copy");
    fclose(f);
    printf("%zu %" PRIu64 " %s\n", file->size, flame_ranges_total(&file->kept), file->path);
}

static void reduce(struct tool *t, const char *out, const char *ranges, char **names, int count)
{
    struct flame_kept kept;
    hit(t, names, count);
    write_ranges(t, ranges);
    struct flame_keep_request request = { .path = t->request.name,
                                          .reference = flame_str_from(""),
                                          .places = &t->places,
                                          .functions = &t->ranges,
                                          .unwinds = true };
    if (flame_keep_object(&kept, &t->object, &request) != FLAME_OK)
        fail("out of memory");
    for (size_t i = 0; i < kept.files.count; i++)
        write_copy(out, &kept.files.items[i]);
    flame_kept_deinit(&kept);
}

/* --- tell --- */

static void read_ranges(struct tool *t, const char *path)
{
    FILE *f = fopen(path, "r");
    uint64_t start, end;
    if (!f)
        fail("cannot read the ranges");
    while (fscanf(f, "%" SCNx64 " %" SCNx64, &start, &end) == 2)
        if (!flame_ranges_add(&t->ranges, start, end))
            fail("out of memory");
    fclose(f);
    flame_ranges_settle(&t->ranges);
}

static void tell_details(struct flame_dwarf *dwarf, uint64_t offset, char *out, size_t cap)
{
    const struct flame_inlined *chain;
    struct flame_line line;
    size_t count;
    if (flame_dwarf_inlined(dwarf, offset, &chain, &count) != FLAME_OK ||
        flame_dwarf_line(dwarf, offset, &line) != FLAME_OK)
        fail("out of memory");
    int n = snprintf(out, cap, "%s:%" PRIu32, line.file ? line.file : "?", line.line);
    for (size_t i = 0; i < count && n >= 0 && (size_t)n < cap; i++)
        n += snprintf(out + n, cap - (size_t)n, " < %s @ %s:%" PRIu32, chain[i].name,
                      chain[i].call_file ? chain[i].call_file : "?", chain[i].call_line);
}

static void tell_rule(struct flame_cfi *cfi, uint64_t offset, char *out, size_t cap)
{
    const struct flame_rule *rule;
    if (flame_cfi_rule(cfi, offset, &rule) != FLAME_OK)
        fail("out of memory");
    *out = 0;
    if (!rule)
        return;
    int n =
        snprintf(out, cap, "%" PRIx64 " %" PRIx64 " %d %d %d %d", rule->start, rule->end,
                 rule->cfa.kind, rule->cfa.other, (int)rule->cfa.value, rule->return_address.kind);
    for (size_t i = 0; i < rule->cell_count && n >= 0 && (size_t)n < cap; i++)
        n += snprintf(out + n, cap - (size_t)n, " %d:%d:%d:%d", rule->cells[i].column,
                      rule->cells[i].kind, rule->cells[i].other, (int)rule->cells[i].value);
}

static void tell_code(struct flame_code_file *file, const struct flame_symbol *symbol)
{
    struct flame_code code;
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_disasm *disasm;
    if (flame_code_of(file, symbol, &code, &error) != FLAME_OK) {
        printf("no code: %s\n", error.text);
        return;
    }
    printf("code %zu at %" PRIx64 "\n", code.size, code.address);
    if (flame_disasm_open(&disasm, &code.machine, false, &error) != FLAME_OK) {
        printf("%s\n", error.text);
        return;
    }
    size_t mark = 0;
    enum flame_code_kind kind = code.first_kind;
    struct flame_decoded decoded;
    for (size_t at = 0; at < code.size; at += decoded.size) {
        while (mark < code.mark_count && code.marks[mark].address <= code.address + at)
            kind = code.marks[mark++].kind;
        size_t end = code.size;
        if (mark < code.mark_count && code.marks[mark].address - code.address < end)
            end = code.marks[mark].address - code.address;
        flame_disasm_next(disasm, code.bytes + at, end - at, code.address + at, kind, &decoded);
        char name[512] = "";
        if (decoded.has_target)
            flame_code_name(file, decoded.target, name, sizeof name);
        printf("%" PRIx64 " %s <%s>\n", code.address + at, decoded.text, name);
    }
    flame_disasm_close(disasm);
}

static void tell_range(const struct tool *t, const struct flame_range *range, uint64_t origin,
                       struct flame_dwarf *dwarf, struct flame_cfi *cfi,
                       struct flame_code_file *code)
{
    static char line[1 << 16], before[1 << 16], rule[1 << 12], rule_before[1 << 12];
    const struct flame_symbol *last = NULL;
    before[0] = rule_before[0] = 0;
    uint64_t start = range->start - (range->start > origin), end = range->end + 1;
    for (uint64_t at = start; at < end; at++) {
        const struct flame_symbol *symbol =
            flame_symbols_find(flame_object_symbols(&t->object), at - origin);
        if (symbol != last && symbol) {
            char shown[4096];
            flame_symbol_show(symbol, shown, sizeof shown);
            printf("%" PRIx64 " is %s [%" PRIx64 ", %" PRIx64 ") %d\n", at, shown, symbol->start,
                   symbol->end, symbol->binding);
            if (at >= range->start && at < range->end)
                tell_code(code, symbol);
        } else if (symbol != last) {
            printf("%" PRIx64 " has no symbol\n", at);
        }
        last = symbol;
        tell_details(dwarf, at, line, sizeof line);
        if (strcmp(line, before) != 0)
            printf("%" PRIx64 " %s\n", at, line);
        strcpy(before, line);
        tell_rule(cfi, at, rule, sizeof rule);
        if (strcmp(rule, rule_before) != 0)
            printf("%" PRIx64 " rule %s\n", at, rule);
        strcpy(rule_before, rule);
    }
}

static void tell(struct tool *t, const char *ranges)
{
    struct flame_dwarf *dwarf = NULL;
    struct flame_cfi *cfi = NULL;
    struct flame_code_file *code = NULL;
    struct flame_elf program;
    const struct flame_file *file = &t->object.files.items[t->object.files.count - 1];
    read_ranges(t, ranges);
    if (flame_dwarf_open(&dwarf, &t->object, t->request.name, &t->places, true) != FLAME_OK ||
        flame_cfi_open(&cfi, &t->object) != FLAME_OK ||
        flame_code_open(&code, &t->object, &t->request, &t->places) != FLAME_OK ||
        flame_elf_open(&program, file->bytes, file->size) != FLAME_OK)
        fail("the program cannot be read");
    struct flame_build_id id = flame_code_build_id(code);
    printf("state %d, id of %d bytes, %s, %s\n", t->object.state, id.size,
           dwarf ? "debug information" : "no debug information", cfi ? "rules" : "no rules");
    for (size_t i = 0; i < t->ranges.count; i++)
        tell_range(t, &t->ranges.items[i], origin_of(t, &program), dwarf, cfi, code);
    flame_dwarf_close(dwarf);
    flame_cfi_close(cfi);
    flame_code_close(code);
    flame_elf_close(&program);
}

/* --- holes --- */

static int check_holes(struct tool *t, const char *ranges)
{
    struct flame_elf program;
    const struct flame_file *file = &t->object.files.items[t->object.files.count - 1];
    read_ranges(t, ranges);
    if (flame_elf_open(&program, file->bytes, file->size) != FLAME_OK)
        fail("the program cannot be read");
    uint64_t other = 0;
    for (size_t i = 1; i < program.section_count; i++) {
        const struct flame_elf_section *s = &program.sections[i];
        if (!(s->header.sh_flags & SHF_EXECINSTR) || strncmp(s->name, ".plt", 4) == 0)
            continue;
        struct flame_cursor c = flame_elf_bytes(&program, s);
        for (size_t k = 0; k < (size_t)(c.end - c.at); k++)
            other += c.at[k] && !flame_ranges_contain(&t->ranges, s->header.sh_offset + k);
    }
    flame_elf_close(&program);
    if (other)
        printf("%" PRIu64 " bytes of other code\n", other);
    return other != 0;
}

int main(int argc, char **argv)
{
    struct tool t = { 0 };
    int result = 0;
    if (argc < 4)
        fail("see the top of keep_tool.c");
    load(&t, argv[2]);
    if (strcmp(argv[1], "reduce") == 0 && argc > 5)
        reduce(&t, argv[3], argv[4], argv + 5, argc - 5);
    else if (strcmp(argv[1], "tell") == 0)
        tell(&t, argv[3]);
    else if (strcmp(argv[1], "holes") == 0)
        result = check_holes(&t, argv[3]);
    else
        fail("see the top of keep_tool.c");
    unload(&t);
    return result;
}
