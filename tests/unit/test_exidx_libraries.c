/* test_exidx_libraries.c: every entry of the .ARM.exidx of real libraries, as readelf prints it,
 * and the rule that we make of it.
 *
 * Needs a readelf and Debian's libc6-armhf-cross. readelf spells out what an entry's instructions
 * do, but for those that are data of a language: of them there must be a rule, no more. */
#include "cfi.h"
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SP = 13, LR = 14, PC = 15, REGISTERS = 16, LINE = 512 };

#define LIBRARIES "/usr/arm-linux-gnueabihf/lib/"

static const char *const names[] = { "libc.so.6", "ld-linux-armhf.so.3", "libstdc++.so.6",
                                     "libgcc_s.so.1" };

/* An entry in readelf's words. */
struct entry {
    uint64_t address;
    unsigned base, saved;
    int vsp, place[REGISTERS];
    bool cannot_unwind, unknown, opaque;
};

struct library {
    struct flame_object object;
    struct flame_cfi *cfi;
    size_t rules, none;
};

static void pop(struct entry *e, char *list)
{
    for (char *word = strtok(list, "{}, \n"); word; word = strtok(NULL, "{}, \n")) {
        unsigned r;
        if (word[0] == 'D') {
            e->vsp += 8;
        } else if (sscanf(word, "r%u", &r) == 1 && r < REGISTERS) {
            e->place[r] = e->vsp;
            e->saved |= 1u << r;
            e->vsp += 4;
        } else {
            e->unknown = true;
        }
    }
}

static void read_instruction(struct entry *e, char *line)
{
    int number;
    char *pops = strstr(line, "pop {");
    if (sscanf(line, " %*[0-9a-fx ] vsp = vsp + %d", &number) == 1) {
        e->vsp += number;
    } else if (sscanf(line, " %*[0-9a-fx ] vsp = vsp - %d", &number) == 1) {
        e->vsp -= number;
    } else if (sscanf(line, " %*[0-9a-fx ] vsp = r%d", &number) == 1) {
        e->base = (unsigned)number;
        e->vsp = 0;
    } else if (strstr(line, "Personality routine")) {
        e->opaque = true;
    } else if (pops) {
        pop(e, pops + 4);
    } else if (!strstr(line, "finish") && strstr(line, "  0x")) {
        e->unknown = true;
    }
}

static bool is_popped(const struct flame_rule *rule, unsigned column, int32_t below)
{
    const struct flame_rule_cell *cell = NULL;
    for (size_t i = 0; i < rule->cell_count; i++)
        if (rule->cells[i].column == column)
            cell = &rule->cells[i];
    if (rule->return_column == column)
        cell = &rule->return_address;
    return cell && cell->kind == FLAME_RULE_SAVED && cell->value == below;
}

static bool is_same(const struct entry *e, const struct flame_rule *rule)
{
    if (!rule || e->unknown || rule->cfa.other != e->base || rule->cfa.value != e->vsp)
        return false;
    for (unsigned column = 0; column < REGISTERS; column++)
        if (e->saved >> column & 1 && !is_popped(rule, column, e->place[column] - e->vsp))
            return false;
    size_t cells = (size_t)__builtin_popcount(e->saved | 1u << SP);
    bool popped = e->saved & (1u << LR | 1u << PC);
    return rule->cell_count == cells - popped &&
           rule->return_address.kind == (popped ? FLAME_RULE_SAVED : FLAME_RULE_SAME);
}

/* In these libraries offsets of code are addresses. */
static void check_entry(struct library *l, const struct entry *e)
{
    const struct flame_rule *rule, *first;
    assert_int_equal(flame_cfi_rule(l->cfi, e->address, &first), FLAME_OK);
    assert_int_equal(flame_cfi_rule(l->cfi, e->address + 2, &rule), FLAME_OK);
    if (e->cannot_unwind) {
        l->none++;
        assert_true(!rule || rule->return_address.kind == FLAME_RULE_UNDEFINED);
        return;
    }
    l->rules++;
    if (e->opaque ? !rule : !is_same(e, rule))
        fail_msg("%" PRIx64 ": %s", e->address, rule ? "another rule" : "no rule");
    assert_non_null(first);
    assert_int_equal(first->return_address.kind, FLAME_RULE_SAME);
    assert_int_equal(first->cfa.value, 0);
}

static void check_library(struct library *l, FILE *text)
{
    struct entry e = { .base = SP };
    bool any = false;
    char line[LINE];
    while (fgets(line, sizeof line, text)) {
        if (line[0] != '0') {
            read_instruction(&e, line);
            continue;
        }
        if (any)
            check_entry(l, &e);
        any = true;
        e = (struct entry){ .base = SP, .cannot_unwind = strstr(line, "[cantunwind]") };
        e.address = strtoull(line, NULL, 16);
    }
    if (any)
        check_entry(l, &e);
}

static bool open_library(struct library *l, const char *path)
{
    struct flame_file file;
    *l = (struct library){ 0 };
    if (flame_file_open(&file, path, NULL) != FLAME_OK)
        return false;
    assert_true(flame_vec_push(&l->object.files, file));
    assert_int_equal(flame_cfi_open(&l->cfi, &l->object), FLAME_OK);
    assert_non_null(l->cfi);
    return true;
}

static void close_library(struct library *l)
{
    flame_cfi_close(l->cfi);
    flame_file_close(&l->object.files.items[0]);
    flame_vec_free(&l->object.files);
}

TEST(every_entry_is_the_rule_that_readelf_spells_out)
{
    size_t opened = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[LINE], command[LINE + 32];
        struct library l;
        snprintf(path, sizeof path, LIBRARIES "%s", names[i]);
        snprintf(command, sizeof command, "readelf -uW %s 2>/dev/null", path);
        if (!open_library(&l, path))
            continue;
        FILE *text = popen(command, "r");
        assert_non_null(text);
        check_library(&l, text);
        if (pclose(text) == 0 && l.rules)
            opened++;
        print_message("%s: %zu rules, %zu that cannot be unwound\n", names[i], l.rules, l.none);
        close_library(&l);
    }
    if (!opened)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_is_the_rule_that_readelf_spells_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
