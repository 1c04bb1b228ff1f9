/* disasm.c: bytes to instructions, by capstone. The only file that knows capstone.
 *
 * capstone is asked for text alone, which the spellers (spelling.h) turn into objdump's and read
 * kinds and targets from. One instruction's memory is kept and used again. What capstone does not
 * know is data of the length that the encoding tells, so that what follows is in step.
 *
 * capstone (4 and 5) does not look whether it got memory when a handle is opened (its names of
 * registers), and when it decodes the first instruction (its table of instructions). It cannot be
 * made to; so what it takes there is taken beforehand, and given back right before.
 * docs/robustness.md. */
#include "disasm.h"
#include "fail.h"
#include "reserve.h"
#include "spelling.h"

#include <capstone/capstone.h>
#include <elf.h>
#include <stdlib.h>

/* LONGEST: bytes of the longest instruction of any machine, x86's. RESERVE: several times what
 * capstone takes unchecked; small enough to be kept by malloc when it is given back. */
enum { LONGEST = 16, RESERVE = 64 << 10 };

/* A handle, and what is kept for its first instruction; NULL: that has been decoded. */
struct handle {
    csh capstone;
    void *reserve;
};

/* thumb: for ARM's other instruction set; all zero: there is none. */
struct flame_disasm {
    struct flame_machine machine;
    bool intel, has_thumb;
    flame_speller *spell;
    struct handle plain, thumb;
    cs_insn *insn;
};

/* How capstone names a machine. */
struct target {
    cs_arch arch;
    unsigned mode;
    flame_speller *spell;
};

static unsigned mips_mode(const struct flame_machine *machine)
{
    uint32_t level = machine->flags & EF_MIPS_ARCH;
    bool release6 = level == 0x90000000 || level == 0xa0000000; /* 32 and 64 bits */
    bool wide = machine->wide || level == EF_MIPS_ARCH_3 || level == EF_MIPS_ARCH_4 ||
                level == EF_MIPS_ARCH_5 || level == EF_MIPS_ARCH_64 || level == EF_MIPS_ARCH_64R2 ||
                level == 0xa0000000;
    /* capstone forgets release 6 where it is told of 32 bits, too */
    unsigned mode = wide ? CS_MODE_MIPS64 : release6 ? 0 : CS_MODE_MIPS32;
    if (release6)
        mode |= CS_MODE_MIPS32R6;
    if (machine->flags & 0x02000000) /* EF_MIPS_MICROMIPS, which elf.h does not have */
        mode |= CS_MODE_MICRO;
    return mode;
}

static bool find_target(struct target *target, const struct flame_machine *machine)
{
    const unsigned big = (unsigned)CS_MODE_BIG_ENDIAN;
    unsigned order = machine->big_endian ? big : 0;
    switch (machine->machine) {
    case EM_X86_64: /* x32 also has 32-bit addresses, but 64-bit code */
        *target = (struct target){ CS_ARCH_X86, CS_MODE_64, flame_spell_x86 };
        return true;
    case EM_386:
        *target = (struct target){ CS_ARCH_X86, CS_MODE_32, flame_spell_x86 };
        return true;
    case EM_AARCH64: /* code is little-endian, whatever data is */
        *target = (struct target){ CS_ARCH_ARM64, CS_MODE_ARM, flame_spell_arm64 };
        return true;
    case EM_ARM:
        if (machine->flags & EF_ARM_BE8)
            order = 0;
        *target = (struct target){ CS_ARCH_ARM, order | CS_MODE_V8, flame_spell_arm };
        return true;
    case EM_PPC64:
        *target = (struct target){ CS_ARCH_PPC, order | CS_MODE_64, flame_spell_ppc };
        return true;
    case EM_PPC:
        *target = (struct target){ CS_ARCH_PPC, order | CS_MODE_32, flame_spell_ppc };
        return true;
    case EM_S390:
        *target = (struct target){ CS_ARCH_SYSZ, big, flame_spell_s390 };
        return true;
    case EM_MIPS:
        *target = (struct target){ CS_ARCH_MIPS, order | mips_mode(machine), flame_spell_mips };
        return true;
    case EM_SPARC:
    case EM_SPARC32PLUS:
    case EM_SPARCV9:
        *target = (struct target){ CS_ARCH_SPARC, big | CS_MODE_V9, flame_spell_sparc };
        return true;
#if CS_API_MAJOR >= 5
    case EM_RISCV:
        *target =
            (struct target){ CS_ARCH_RISCV,
                             (machine->wide ? CS_MODE_RISCV64 : CS_MODE_RISCV32) | CS_MODE_RISCVC,
                             flame_spell_riscv };
        return true;
#endif
    default:
        return false;
    }
}

static const char *machine_name(uint16_t machine)
{
    static const struct {
        uint16_t machine;
        const char *name;
    } names[] = {
        { EM_X86_64, "x86-64" },
        { EM_386, "i386" },
        { EM_AARCH64, "AArch64" },
        { EM_ARM, "ARM" },
        { EM_PPC64, "64-bit PowerPC" },
        { EM_PPC, "PowerPC" },
        { EM_S390, "s390" },
        { EM_MIPS, "MIPS" },
        { EM_SPARC, "SPARC" },
        { EM_SPARC32PLUS, "SPARC" },
        { EM_SPARCV9, "64-bit SPARC" },
        { EM_RISCV, "RISC-V" },
        { 258, "LoongArch" }, /* EM_LOONGARCH, since glibc 2.36 */
        { EM_PARISC, "PA-RISC" },
        { EM_SH, "SuperH" },
        { EM_ALPHA, "Alpha" },
        { EM_68K, "m68k" },
        { EM_XTENSA, "Xtensa" },
        { EM_CSKY, "C-SKY" },
        { EM_IA_64, "Itanium" },
        { EM_BPF, "BPF" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].machine == machine)
            return names[i].name;
    return NULL;
}

static enum flame_status fail_unsupported(struct flame_error *error, uint16_t machine)
{
    int major, minor;
    const char *name = machine_name(machine);
    cs_version(&major, &minor);
    if (name)
        return flame_fail(error, FLAME_UNSUPPORTED, NULL, FLAME_NO_OFFSET,
                          "code for %s, which capstone %d.%d does not disassemble", name, major,
                          minor);
    return flame_fail(error, FLAME_UNSUPPORTED, NULL, FLAME_NO_OFFSET,
                      "code for machine number %d, which capstone %d.%d does not disassemble",
                      machine, major, minor);
}

/* One handle. UNSUPPORTED leaves it to the caller to say so. */
static enum flame_status open_handle(struct handle *out, cs_arch arch, unsigned mode, bool att)
{
    out->reserve = malloc(RESERVE);
    if (!out->reserve || !flame_has_reserve(RESERVE))
        return FLAME_NOMEM;
    cs_err err = cs_open(arch, (cs_mode)mode, &out->capstone);
    if (err != CS_ERR_OK)
        out->capstone = 0;
    if (err == CS_ERR_MEM)
        return FLAME_NOMEM;
    if (err != CS_ERR_OK || (att && cs_option(out->capstone, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT)))
        return FLAME_UNSUPPORTED;
    return FLAME_OK;
}

static void close_handle(struct handle *handle)
{
    if (handle->capstone)
        cs_close(&handle->capstone);
    free(handle->reserve);
}

enum flame_status flame_disasm_open(struct flame_disasm **out, const struct flame_machine *machine,
                                    bool intel, struct flame_error *error)
{
    struct target target;
    enum flame_status status;
    struct flame_disasm *disasm;
    *out = NULL;
    if (!find_target(&target, machine))
        return fail_unsupported(error, machine->machine);
    disasm = calloc(1, sizeof *disasm);
    if (!disasm)
        return flame_fail(error, FLAME_NOMEM, NULL, FLAME_NO_OFFSET, "out of memory");
    disasm->machine = *machine;
    disasm->intel = intel;
    disasm->spell = target.spell;
    status =
        open_handle(&disasm->plain, target.arch, target.mode, target.arch == CS_ARCH_X86 && !intel);
    if (status == FLAME_OK && target.arch == CS_ARCH_ARM) {
        disasm->has_thumb = true;
        status = open_handle(&disasm->thumb, target.arch, target.mode | CS_MODE_THUMB, false);
    }
    if (status == FLAME_OK) {
        disasm->insn = cs_malloc(disasm->plain.capstone);
        if (!disasm->insn)
            status = FLAME_NOMEM;
    }
    if (status == FLAME_OK) {
        *out = disasm;
        return FLAME_OK;
    }
    flame_disasm_close(disasm);
    if (status == FLAME_UNSUPPORTED)
        return fail_unsupported(error, machine->machine);
    return flame_fail(error, status, NULL, FLAME_NO_OFFSET, "out of memory");
}

void flame_disasm_close(struct flame_disasm *disasm)
{
    if (!disasm)
        return;
    if (disasm->insn)
        cs_free(disasm->insn, 1);
    close_handle(&disasm->plain);
    close_handle(&disasm->thumb);
    free(disasm);
}

/* What lies in the file as data: words where they are aligned, as objdump has them. */
static void decode_data(struct flame_decoded *out, const struct flame_machine *machine,
                        const uint8_t *bytes, size_t size, uint64_t address)
{
    unsigned unit = 4;
    if (machine->machine == EM_X86_64 || machine->machine == EM_386)
        unit = 1;
    while (unit > 1 && (unit > size || address % unit != 0))
        unit /= 2;
    flame_spell_data(out, bytes, unit, unit, machine);
}

/* The order of the bytes of instructions, which may differ from that of data. */
static bool code_is_big(const struct flame_machine *machine)
{
    if (machine->machine == EM_AARCH64 ||
        (machine->machine == EM_ARM && machine->flags & EF_ARM_BE8))
        return false;
    return machine->big_endian;
}

/* Bytes of an instruction that is not known: what its first bits say, where they do, else the
 * least. */
static unsigned unknown_size(const struct flame_disasm *disasm, const uint8_t *bytes, size_t size,
                             bool thumb)
{
    const struct flame_machine *machine = &disasm->machine;
    if (size < 2)
        return 1;
    switch (machine->machine) {
    case EM_X86_64:
    case EM_386:
        return 1;
    case EM_S390:
        return bytes[0] < 0x40 ? 2 : bytes[0] < 0xc0 ? 4 : 6;
    case EM_RISCV:
        return (bytes[0] & 3) == 3 ? 4 : 2;
    case EM_ARM:
        return thumb && bytes[!code_is_big(machine)] < 0xe8 ? 2 : 4;
    case EM_MIPS:
        return machine->flags & 0x02000000 ? 2 : 4;
    default:
        return 4;
    }
}

static void decode_unknown(struct flame_disasm *disasm, struct flame_decoded *out,
                           const uint8_t *bytes, size_t size, uint64_t address, bool thumb)
{
    struct flame_machine code = disasm->machine;
    unsigned whole = unknown_size(disasm, bytes, size, thumb), unit;
    if (whole == 1 && flame_spell_x86_unknown(out, bytes, size, address, &code, disasm->intel))
        return;
    code.big_endian = code_is_big(&code);
    if (whole > size)
        whole = size < 2 ? 1 : size < 4 ? 2 : 4;
    unit = whole == 6 ? 2 : whole;
    flame_spell_data(out, bytes, whole, unit, &code);
}

/* x86: fwait and an instruction that does not wait itself are one that does: "fstcw" of "fnstcw".
 * True: they begin here. */
/* NOLINTNEXTLINE(misc-no-recursion): what it looks at behind fwait is none */
static bool decode_waiting(struct flame_disasm *disasm, const uint8_t *bytes, size_t size,
                           uint64_t address, struct flame_decoded *out)
{
    if (disasm->spell != flame_spell_x86 || size < 3 || bytes[0] != 0x9b ||
        (bytes[1] & 0xf8) != 0xd8)
        return false;
    flame_disasm_next(disasm, bytes + 1, size - 1, address + 1, FLAME_CODE_PLAIN, out);
    if (!flame_begins(out->text, "fnst") && !flame_begins(out->text, "fnsave") &&
        !flame_begins(out->text, "fninit") && !flame_begins(out->text, "fnclex"))
        return false;
    memmove(out->text + 1, out->text + 2, strlen(out->text + 1));
    out->size++;
    return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): see decode_waiting */
void flame_disasm_next(struct flame_disasm *disasm, const uint8_t *bytes, size_t size,
                       uint64_t address, enum flame_code_kind kind, struct flame_decoded *out)
{
    bool thumb = kind == FLAME_CODE_THUMB && disasm->has_thumb;
    struct handle *handle = thumb ? &disasm->thumb : &disasm->plain;
    const uint8_t *at = bytes;
    size_t left = size < LONGEST ? size : LONGEST;
    uint64_t next = address;
    struct flame_raw_text raw;
    if (kind == FLAME_CODE_DATA) {
        decode_data(out, &disasm->machine, bytes, size, address);
        return;
    }
    if (decode_waiting(disasm, bytes, size, address, out))
        return;
    free(handle->reserve);
    handle->reserve = NULL;
    if (!cs_disasm_iter(handle->capstone, &at, &left, &next, disasm->insn)) {
        decode_unknown(disasm, out, bytes, size, address, thumb);
        return;
    }
    out->size = disasm->insn->size;
    out->kind = FLAME_INSTRUCTION_PLAIN;
    out->has_target = out->comment = false;
    out->target = 0;
    raw = (struct flame_raw_text){
        .mnemonic = disasm->insn->mnemonic,
        .operands = disasm->insn->op_str,
        .name = cs_insn_name(handle->capstone, disasm->insn->id),
        .bytes = bytes,
        .size = out->size,
        .address = address,
        .machine = disasm->machine,
        .intel = disasm->intel,
        .thumb = thumb,
    };
    if (!raw.name)
        raw.name = raw.mnemonic;
    disasm->spell(out, &raw);
}
