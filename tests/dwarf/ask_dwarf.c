/* ask_dwarf.c: what the library reads from a program's debug information, written as
 * `addr2line -a -f -i` writes it, so that the two can be compared.
 *
 *     ask_dwarf PROGRAM <ADDRESSES
 *
 * ADDRESSES are hexadecimal, one a line, as the program's headers count. The function around the
 * inlined ones is written as "-": its name is a matter of symbols. With no address, nothing but the
 * opening is done. Exits with 1 when the program cannot be loaded, 3 when it has no debug
 * information. */
#include "dwarf_info.h"
#include "elf_file.h"

#include <inttypes.h>
#include <stdio.h>

static void print_place(const char *file, uint32_t line)
{
    printf("%s:", file ? file : "??");
    if (line)
        printf("%" PRIu32 "\n", line);
    else
        printf("?\n");
}

static enum flame_status ask(struct flame_dwarf *dwarf, const struct flame_elf *program,
                             uint64_t address)
{
    const struct flame_inlined *chain = NULL;
    size_t count = 0;
    struct flame_line line = { 0 };
    uint64_t offset;
    enum flame_status status = FLAME_OK;
    if (flame_elf_offset(program, address, &offset)) {
        status = flame_dwarf_inlined(dwarf, offset, &chain, &count);
        if (status == FLAME_OK)
            status = flame_dwarf_line(dwarf, offset, &line);
    }
    printf("0x%016" PRIx64 "\n", address);
    for (size_t i = 0; i <= count; i++) {
        puts(i < count ? chain[i].name : "-");
        if (i == 0)
            print_place(line.file, line.line);
        else
            print_place(chain[i - 1].call_file, chain[i - 1].call_line);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct flame_symbol_places places = { .same_boot = true, .unchanged_ns = UINT64_MAX };
    struct flame_object_request request = { .kind = FLAME_OBJECT_ELF };
    struct flame_object object;
    struct flame_dwarf *dwarf = NULL;
    struct flame_elf program = { 0 };
    uint64_t address;
    if (argc != 2)
        return 2;
    request.name = flame_str_from(argv[1]);
    if (flame_object_load(&object, &request, &places) != FLAME_OK)
        return 1;
    int result = 1;
    if (object.files.count == 0)
        goto out;
    const struct flame_file *file = &object.files.items[object.files.count - 1];
    if (flame_elf_open(&program, file->bytes, file->size) != FLAME_OK ||
        flame_dwarf_open(&dwarf, &object, request.name, &places, true) != FLAME_OK)
        goto out;
    result = dwarf ? 0 : 3;
    while (dwarf && result == 0 && scanf("%" SCNx64, &address) == 1)
        if (ask(dwarf, &program, address) != FLAME_OK)
            result = 1;
out:
    flame_dwarf_close(dwarf);
    flame_elf_close(&program);
    flame_object_deinit(&object);
    return result;
}
