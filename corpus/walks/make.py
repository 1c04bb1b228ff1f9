#!/usr/bin/env python3
"""make.py [FOLDER]: make the files of this folder anew, or in FOLDER, from corpus/unwind: a few stops of each
program, in the form that fuzz/unwind reads, which says what it is."""
import os
import re
import struct
import sys

here = os.path.dirname(os.path.abspath(__file__))
unwind = os.path.join(os.path.dirname(here), "unwind")
out = sys.argv[1] if len(sys.argv) > 1 else here

WHOLE, EH_FRAME, DEBUG_FRAME, EXIDX = range(4)
SECTION = 0x2000
ARCHES = ["x86_64", "i386", "aarch64", "arm", "riscv64", "riscv32", "s390x", "s390", "ppc64", "ppc", "mips64", "mips",
          "loongarch64"]


def stops(name):
    """The programs' registers and stacks, as README.md there has them."""
    text = open(os.path.join(unwind, name + ".txt")).read()
    start, _, offset = (int(n, 16) for n in re.search(r"^map (\w+) (\w+) (\w+)$", text, re.M).groups())
    for part in text.split("\nstop ")[1:]:
        registers = {int(n): int(v, 16) for n, v in re.findall(r"^register (\d+) \S+ (\w+)$", part, re.M)}
        stack = b""
        for line in part.splitlines():
            if line.startswith("stack "):
                stack += bytes.fromhex(line[6:])
            elif line.startswith("zeros "):
                stack += bytes(int(line[6:]))
        yield start - offset, registers, stack


def write(name, arch, content, start, registers, stack, rest):
    mask = sum(1 << n for n in registers)
    head = struct.pack("<BBHQQ", ARCHES.index(arch), content << 1, len(stack), start, mask)
    words = b"".join(struct.pack("<Q", registers[n]) for n in sorted(registers))
    with open(os.path.join(out, name + ".walk"), "wb") as f:
        f.write(head + words + stack + rest)


def section(elf, name):
    """A section's bytes and its address."""
    wide = elf[4] == 2
    shoff, = struct.unpack_from("<Q" if wide else "<I", elf, 40 if wide else 32)
    size, count, names = struct.unpack_from("<HHH", elf, 58 if wide else 46)
    headers = []
    for i in range(count):
        at = shoff + i * size
        title, = struct.unpack_from("<I", elf, at)
        fields = struct.unpack_from("<QQQ", elf, at + 16) if wide else struct.unpack_from("<III", elf, at + 12)
        headers.append((title, *fields))
    for title, address, offset, length in headers:
        at = headers[names][2] + title
        if elf[at:elf.index(0, at)].decode() == name:
            return elf[offset:offset + length], address
    return b"", 0


PROGRAMS = {"x86_64": "x86_64", "i386": "i386", "aarch64": "aarch64", "aarch64-pac": "aarch64", "arm": "arm",
            "arm-exidx": "arm", "thumb-exidx": "arm", "riscv64": "riscv64"}
for name, arch in PROGRAMS.items():
    elf = open(os.path.join(unwind, name + ".elf"), "rb").read()
    all_stops = list(stops(name))
    # the deepest stack
    start, registers, stack = max(all_stops, key=lambda s: len(s[2]))
    write(name, arch, WHOLE, start, registers, stack, elf)
    # sections alone; what they are relative to, is where the made file has .eh_frame
    for content, title in (EH_FRAME, ".eh_frame"), (DEBUG_FRAME, ".debug_frame"), (EXIDX, ".ARM.exidx"):
        rest, address = section(elf, title)
        moved = start + address - SECTION if content == EH_FRAME else start
        if rest and name in ("x86_64", "i386", "aarch64-pac", "arm", "arm-exidx"):
            write(name + title.replace("_", "-").lower(), arch, content, moved, registers, stack, rest)

# marks of the kernel's, the user's and a guest's part
chain = [2**64 - 128, 0xffffffff81000010, 0xffffffff81000020, 2**64 - 512, 0x401000, 0x401020, 0x7f0000000123, 2**64 - 640, 0x1]
words = chain + [0x401010, 0x402000, 1, 0x402010, 0x403000, 1, 0x403010, 0x404000, 1]
write("chain", "aarch64", WHOLE, 0, {30: 0x401500, 31: 0x7000, 32: 0x401000}, b"",
      b"".join(struct.pack("<Q", w) for w in words))
