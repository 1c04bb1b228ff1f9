/* disasm_check.c: what the tests of the disassembler share. */
#include "disasm_check.h"

#include <stdio.h>
#include <string.h>

static size_t from_hex(const char *hex, uint8_t *bytes, size_t most)
{
    size_t count = 0;
    for (; hex[0] && hex[1] && count < most; hex += 2) {
        unsigned byte;
        assert_int_equal(sscanf(hex, "%2x", &byte), 1); /* NOLINT(cert-err34-c): two digits fit */
        bytes[count++] = (uint8_t)byte;
    }
    return count;
}

struct flame_disasm *disasm_opened(const struct flame_machine *machine, bool intel)
{
    struct flame_disasm *disasm;
    struct flame_error error = FLAME_ERROR_INIT;
    assert_int_equal(flame_disasm_open(&disasm, machine, intel, &error), FLAME_OK);
    return disasm;
}

void disasm_check(struct flame_disasm *disasm, enum flame_code_kind kind,
                  const struct disasm_expected *expected, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        const struct disasm_expected *e = &expected[i];
        uint8_t bytes[16];
        struct flame_decoded out;
        size_t size = from_hex(e->hex, bytes, sizeof bytes);
        flame_disasm_next(disasm, bytes, size, 0x1000, kind, &out);
        if (strcmp(out.text, e->text) == 0 && out.size == size && out.kind == e->kind &&
            out.has_target == (e->target != 0) && out.target == e->target &&
            out.comment == e->comment)
            continue;
        print_error("%s: \"%s\", %u bytes, kind %d, target %#llx%s, not \"%s\", %zu, %d, %#llx%s\n",
                    e->hex, out.text, (unsigned)out.size, (int)out.kind,
                    (unsigned long long)out.target, out.comment ? " #" : "", e->text, size,
                    (int)e->kind, (unsigned long long)e->target, e->comment ? " #" : "");
        wrong++;
    }
    flame_disasm_close(disasm);
    assert_int_equal(wrong, 0);
}

void disasm_check_any(struct flame_disasm *disasm, const uint8_t *bytes, size_t size,
                      uint64_t address, enum flame_code_kind kind)
{
    struct flame_decoded out;
    char target[24];
    memset(&out, 0xee, sizeof out);
    flame_disasm_next(disasm, bytes, size, address, kind, &out);
    assert_true(out.size >= 1 && out.size <= size);
    assert_true(out.text[0] != '\0');
    assert_true(memchr(out.text, '\0', sizeof out.text) != NULL);
    assert_true(out.kind <= FLAME_INSTRUCTION_DATA);
    if (!out.has_target) {
        assert_int_equal(out.target, 0);
        assert_false(out.comment);
        return;
    }
    /* the text shows where it goes, and as code: behind a space or a comma, without 0x or # */
    snprintf(target, sizeof target, "%llx", (unsigned long long)out.target);
    if (!out.comment) {
        size_t length = strlen(out.text), tail = strlen(target);
        assert_true(length > tail && strcmp(out.text + length - tail, target) == 0);
        assert_non_null(strchr(" ,", out.text[length - tail - 1]));
    }
    assert_true(out.kind != FLAME_INSTRUCTION_DATA);
}
