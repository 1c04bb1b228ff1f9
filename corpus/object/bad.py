#!/usr/bin/env python3
"""bad.py [FOLDER]: make the hostile files of corpus/object, corpus/debug_info and corpus/walks anew. With FOLDER
write those there that are larger than a few KB: each must be read, or given up, within a second and 1 GiB.

bad-*.elf are ELF files and bad-*.walk inputs of fuzz/unwind; each is named after what is wrong with it."""
import lzma
import os
import struct
import sys
import zlib

corpus = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
large = sys.argv[1] if len(sys.argv) > 1 else None
SMALL = 12 << 10
BASE = 0x10000  # where the file's first byte is mapped


def write(folder, name, data):
    if large and len(data) > SMALL:
        path = os.path.join(large, f"{folder}-{name}")
    elif not large and len(data) <= SMALL:
        path = os.path.join(corpus, folder, name)
    else:
        return
    with open(path, "wb") as f:
        f.write(data)


def uleb(value):
    out = b""
    while True:
        low, value = value & 0x7f, value >> 7
        out += bytes([low | (0x80 if value else 0)])
        if not value:
            return out


# ELF ------------------------------------------------------------------------------------------------------------


def section(name, data, kind=1, flags=0, address=0, **more):
    return dict(name=name, data=data, kind=kind, flags=flags, address=address, **more)


def text(size=64):
    return section(".text", b"\x90" * size, flags=6, address=BASE + 120)


def elf(sections, count=None, null_size=0):
    """A little-endian file of 64 bits, mapped as it lies there; sections from 1 on, then their names. same=N: with
    the bytes of section N."""
    sections = [section("", b"", kind=0)] + sections + [section("", b"", kind=3)]
    names = b"\0"
    for s in sections:
        s["title"] = len(names) if s["name"] else 0
        names += s["name"].encode() + b"\0" if s["name"] else b""
    sections[-1]["data"] = names
    blob = b""
    for s in sections[1:]:
        if "same" in s:
            s["at"], s["data"] = sections[s["same"]]["at"], sections[s["same"]]["data"]
            continue
        s["at"] = 120 + len(blob)
        blob += s["data"] + bytes(-len(s["data"]) % 8)
    headers = struct.pack("<IIQQQQIIQQ", 0, 0, 0, 0, 0, null_size, 0, 0, 0, 0)
    for s in sections[1:]:
        headers += struct.pack("<IIQQQQIIQQ", s["title"], s["kind"], s["flags"], s["address"], s["at"],
                               s.get("size", len(s["data"])), s.get("link", 0), 0, 1, s.get("entry", 0))
    return (b"\x7fELF\2\1\1" + bytes(9) +
            struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 120 + len(blob), 0, 64, 56, 1, 64,
                        len(sections) if count is None else count, len(sections) - 1) +
            struct.pack("<IIQQQQQQ", 1, 5, 0, BASE, BASE, 1 << 30, 1 << 30, 0x1000) + blob + headers)


def symbol(name, value, size, index=1, info=0x12):
    return struct.pack("<IBBHQQ", name, info, 0, index, value, size)


def symbols(strings, table, before=None, **more):
    return elf([before or text(), section(".strtab", strings, 3),
                section(".symtab", table, 2, link=2, entry=24, **more)])


for entry in 0, 1, 24:
    write("object", f"bad-symtab-claims-entry{entry}.elf",
          elf([text(), section(".strtab", b"\0main\0", 3),
               section(".symtab", symbol(0, 0, 0) + symbol(1, BASE + 120, 4), 2, link=2, entry=entry, size=24 << 30)]))
write("object", "bad-section-count.elf", elf([text()], count=0, null_size=1 << 60))
write("object", "bad-section-count-200.elf", elf([text()], count=0, null_size=200))
write("object", "bad-strings-open.elf", symbols(b"abcdefgh", symbol(0, 0, 0) + symbol(1, BASE + 120, 4)))
note = struct.pack("<III", 4, 20, 3) + b"GNU\0" + b"a" * 20
write("object", "bad-debuglink-upward.elf",
      elf([text(), section(".gnu_debuglink", b"../../etc/passwd\0\0\0\0\1\2\3\4"), section(".note", note, 7)]))
write("object", "bad-long-names.elf",
      symbols(b"\0_Z" + b"a" * 300000 + b"\0", b"".join(symbol(1 + i % 9, BASE + 120 + i // 2, 4) for i in range(25000))))
write("object", "bad-long-section-name.elf",
      symbols(b"\0main\0", b"".join(symbol(1, BASE + 120 + i, 4, info=0x10) for i in range(25000)),
              before=section("." + "a" * 300000, b"\x90" * 4096, flags=6, address=BASE + 120)))
write("object", "bad-nested.elf",
      symbols(b"\0" + b"x" * 60000 + b"\0", b"".join(symbol(1 + i % 1000, BASE + i // 16, 1 << 40) for i in range(40000))))
relocations = b"".join(struct.pack("<QQq", BASE + 8 * i % 4096, 1 << 32 | 7, 0) for i in range(16000))
write("object", "bad-overlapping-relocations.elf",
      elf([text(), section(".got", bytes(4096), flags=3, address=BASE), section(".strtab", b"\0puts\0", 3),
           section(".dynsym", symbol(0, 0, 0) + symbol(1, BASE + 130, 4), 11, link=3, entry=24),
           section(".rela.dyn", relocations, 4, flags=2, link=4, entry=24)] +
          [section(".rela.dyn", b"", 4, flags=2, link=4, entry=24, same=5) for _ in range(8000)]))
notes = struct.pack("<III", 0, 0, 9) * 40000
write("object", "bad-overlapping-notes.elf",
      elf([text(), section(".note", notes, 7)] + [section(".note", b"", 7, same=2) for _ in range(8000)]))
if large:
    write("object", "bad-xz-bomb.elf",
          elf([text(), section(".gnu_debugdata", lzma.compress(bytes(1 << 30), preset=0)),
               section(".dynsym", symbol(0, 0, 0), 11, link=4), section(".dynstr", b"\0", 3)]))

# Compressed sections --------------------------------------------------------------------------------------------


def packed(claim, data, kind=1):
    return struct.pack("<IIQQ", kind, 0, claim, 1) + data


COMPRESSED = 0x800
none = section(".debug_abbrev", b"\0")
write("debug_info", "bad-packed-claims.elf",
      elf([text(), section(".debug_info", packed(1 << 62, zlib.compress(b"abc")), flags=COMPRESSED), none]))
write("debug_info", "bad-packed-gnu-claims.elf",
      elf([text(), section(".zdebug_info", b"ZLIB" + struct.pack(">Q", 1 << 62) + zlib.compress(b"abc")), none]))
write("debug_info", "bad-packed-gnu-short.elf",
      elf([text(), section(".zdebug_info", b"ZLIB"), section(".zdebug_abbrev", b"ZL")]))
write("debug_info", "bad-packed-otherwise.elf",
      elf([text(), section(".debug_info", packed(1 << 40, b"\x28\xb5\x2f\xfd", 2), flags=COMPRESSED), none]))
if large:
    bomb = packed(50 << 20, zlib.compress(bytes(50 << 20), 9))
    write("debug_info", "bad-packed-bomb.elf",
          elf([text()] + [section(n, bomb, flags=COMPRESSED) for n in (".debug_info", ".debug_abbrev", ".debug_str")]))
    write("debug_info", "bad-packed-overlapping.elf",
          elf([text(), section(".debug_info", bomb, flags=COMPRESSED), none] +
              [section(".debug_line", b"", flags=COMPRESSED, same=2) for _ in range(200)]))
write("debug_info", "bad-altlink-absolute.elf",
      elf([text(), section(".gnu_debugaltlink", b"/etc/passwd\0" + b"\1" * 20), section(".debug_info", bytes(20)), none]))

# DWARF ----------------------------------------------------------------------------------------------------------

NAME, SIBLING, STMT_LIST, LOW, HIGH, ORIGIN, SPECIFICATION, RANGES, IMPORT = 3, 1, 0x10, 0x11, 0x12, 0x31, 0x47, 0x55, 0x18
ADDR, BLOCK, DATA4, DATA8, STRING, STRP, REF4, INDIRECT, SEC_OFFSET, FLAG = 1, 9, 6, 7, 8, 0xe, 0x13, 0x16, 0x17, 0x19
UNIT, INLINED, SUBPROGRAM, NAMESPACE, VARIABLE, IMPORTED = 0x11, 0x1d, 0x2e, 0x39, 0x34, 0x3d


def abbreviation(code, tag, children, *attributes):
    return uleb(code) + uleb(tag) + bytes([children]) + b"".join(uleb(a) + uleb(f) for a, f in attributes) + b"\0\0"


def unit(body, table=0, address_size=8):
    data = struct.pack("<HIB", 4, table, address_size) + body
    return struct.pack("<I", len(data)) + data


def dwarf(name, info, abbreviations, *more):
    write("debug_info", f"bad-{name}.elf",
          elf([text(), section(".debug_info", info), section(".debug_abbrev", abbreviations), *more]))


def code(low, size):
    return struct.pack("<QI", low, size)


SPAN = (LOW, ADDR), (HIGH, DATA4)
first = abbreviation(1, UNIT, 1, *SPAN)
head = uleb(1) + code(BASE, 0x1000)
here = 11 + len(head)  # offset of the first child
call = abbreviation(2, INLINED, 0, (ORIGIN, REF4), *SPAN)
plain = abbreviation(2, INLINED, 0, *SPAN)


def called(origin, low=BASE, size=0x100):
    return uleb(2) + struct.pack("<I", origin) + code(low, size)


dwarf("specification-cycle", unit(head + called(here + 17) + uleb(3) + struct.pack("<I", here + 17) + b"\0"),
      first + call + abbreviation(3, SUBPROGRAM, 0, (SPECIFICATION, REF4)) + b"\0")
dwarf("origin-self", unit(head + called(here) + b"\0"), first + call + b"\0")
dwarf("import-cycle", unit(head + uleb(2) + struct.pack("<I", 11) + b"\0"),
      first + abbreviation(2, IMPORTED, 0, (IMPORT, REF4)) + b"\0")
for count in 2000, 200000:
    dwarf(f"indirect-{count}", unit(head + uleb(2) + b"\x16" * count + b"\x08x\0" + code(BASE, 0x100) + b"\0"),
          first + abbreviation(2, INLINED, 0, (NAME, INDIRECT), *SPAN) + b"\0")
    dwarf(f"indirect-kept-{count}", unit(head + (uleb(2) + b"\x16" * 1000) * (count // 1000) + b"\0"),
          first + abbreviation(2, INLINED, 0, (ORIGIN, INDIRECT), (LOW, INDIRECT), (HIGH, INDIRECT)) + b"\0")
    dwarf(f"indirect-unit-{count}",
          unit(uleb(1) + b"\x16" * count + b"\1" + struct.pack("<Q", BASE) + b"\6" + struct.pack("<I", 0x1000) + b"\0"),
          abbreviation(1, UNIT, 1, (LOW, INDIRECT), (HIGH, INDIRECT)) + b"\0")
dwarf("indirect-constant", unit(head + uleb(2) + b"\x21" + bytes(20)),
      first + abbreviation(2, INLINED, 0, (ORIGIN, INDIRECT)) + b"\0")
dwarf("code-2-63", unit(uleb(1 << 63) + head[1:] + b"\0"), abbreviation(1 << 63, UNIT, 1, *SPAN) + b"\0")
dwarf("code-2-32", unit(uleb((1 << 32) + 1) + head[1:] + b"\0"), first + b"\0")
dwarf("code-2-32-inside", unit(head + uleb((1 << 32) + 2) + called(0)[1:] + b"\0"), first + call + b"\0")
dwarf("codes-far-apart", unit(head + b"".join(uleb(i * 1024 + 5) for i in range(1024)) + b"\0"),
      first + b"".join(abbreviation(i * 1024 + 5, VARIABLE, 0) for i in range(1024)) + b"\0")
dwarf("code-missing", unit(head + uleb(77) + b"\0\0\0"), first)
dwarf("table-outside", unit(head, table=0xfffffff0), first)
dwarf("table-open", unit(head + uleb(9) + bytes(9)), first + uleb(9) + uleb(VARIABLE) + b"\0" + b"\x81" * 5000)
dwarf("table-empty", unit(head), b"")
dwarf("code-0", unit(bytes(8)), b"\0")
dwarf("range-wraps", unit(uleb(1) + code(2**64 - 0x100, 0x1000) + b"\0"), first + b"\0")
dwarf("size-wraps", unit(uleb(1) + struct.pack("<QQ", BASE, 2**64 - 1) + b"\0"),
      abbreviation(1, UNIT, 1, (LOW, ADDR), (HIGH, DATA8)) + b"\0")
dwarf("block-claims", unit(head + uleb(2) + uleb(1 << 63) + b"\0"),
      first + abbreviation(2, INLINED, 0, (2, BLOCK), *SPAN) + b"\0")
dwarf("string-outside", unit(head + uleb(2) + struct.pack("<I", 0x7fffffff) + code(BASE, 0xff) + b"\0"),
      first + abbreviation(2, INLINED, 0, (NAME, STRP), *SPAN) + b"\0", section(".debug_str", b"abc"))
dwarf("length-claims", struct.pack("<IQHQB", 2**32 - 1, 1 << 62, 4, 0, 8) + head, first)
dwarf("length-wraps", struct.pack("<IQHQB", 2**32 - 1, 2**64 - 12, 4, 0, 8) + head, first)
dwarf("length-reserved", struct.pack("<I", 0xfffffff5) + head, first)
for size in 0, 255:
    dwarf(f"address-size-{size}", unit(head, address_size=size), first)
dwarf("many-tables", unit(head + b"\0") * 8000,
      first + b"".join(abbreviation(2 + i, VARIABLE, 0, (NAME, STRING)) for i in range(70000)) + b"\0")
dwarf("far-abbreviation", unit(uleb(40000) + head[1:] + b"\0") * 8000,
      b"".join(abbreviation(2 + i, VARIABLE, 0, (NAME, STRING)) for i in range(39998)) +
      abbreviation(40000, UNIT, 1, *SPAN) + b"\0")
dwarf("tiny-units", unit(b"") * 90000, first)
dwarf("tiny-units-with-entry", unit(uleb(1)) * 80000, abbreviation(1, UNIT, 0) + b"\0")
dwarf("deep-calls", unit(head + (uleb(2) + code(BASE, 0xfff)) * 70000), first + abbreviation(2, INLINED, 1, *SPAN) + b"\0")
dwarf("deep-namespaces", unit(head + uleb(2) * 1000000), first + abbreviation(2, NAMESPACE, 1) + b"\0")
dwarf("sibling-before", unit(head + (uleb(2) + struct.pack("<I", 11)) * 50000),
      first + abbreviation(2, VARIABLE, 1, (SIBLING, REF4)) + b"\0")
dwarf("many-calls", unit(head + b"".join(uleb(2) + code(BASE + i % 4096, 0xfff) for i in range(75000)) + b"\0"),
      first + plain + b"\0")
dwarf("shared-ranges", unit(head + (uleb(2) + bytes(4)) * 100000 + b"\0"),
      first + abbreviation(2, INLINED, 0, (RANGES, SEC_OFFSET)) + b"\0",
      section(".debug_ranges", b"".join(struct.pack("<QQ", i + 1, i + 2) for i in range(30000)) + bytes(16)))
flags = [(0x2000 + i % 64, FLAG) for i in range(200000)]
dwarf("many-attributes", unit(head + uleb(2) * 50000), first + abbreviation(2, INLINED, 0, *flags) + b"\0")
dwarf("many-attributes-of-units", b"".join(unit(uleb(1) + code(BASE + i, 16)) for i in range(3000)),
      abbreviation(1, UNIT, 0, *flags, *SPAN) + b"\0")

# Line programs --------------------------------------------------------------------------------------------------


def line(program, least=1, span=14, operations=1):
    header = bytes([least, operations, 1, 0xfb, span, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]) + b"\0a.c\0\0\0\0\0"
    data = struct.pack("<HI", 4, len(header)) + header + program
    return struct.pack("<I", len(data)) + data


lined = abbreviation(1, UNIT, 1, *SPAN, (STMT_LIST, SEC_OFFSET)) + b"\0"


def at(address):
    return b"\0\x09\2" + struct.pack("<Q", address)


END = b"\0\1\1"
special = bytes([0x20 + i * 37 % 0xd0 for i in range(1000000)])
for name, program, options in (
        ("advances", at(BASE) + b"\x08" * 1000000 + END, {}),
        ("advances-rows", at(BASE) + b"\x08\1" * 500000 + END, {}),
        ("rows", at(BASE) + special + END, {}),
        ("rows-far", at(BASE) + special[:300000] + END, {"least": 255}),
        ("advance-claims", (b"\2" + uleb(2**64 - 1) + b"\1") * 200, {"least": 255}),
        ("advance-claims-often", (b"\2" + uleb(2**64 - 1) + b"\1") * 80000, {"least": 255}),
        ("span-0", at(BASE) + b"\x20" * 100, {"span": 0}),
        ("operations-0", at(BASE) + b"\x20" * 100, {"operations": 0}),
        ("extended-claims", b"\0" + uleb(1 << 63) + b"\2" + b"x" * 100, {}),
        ("sequences", (at(BASE) + b"\x20" + END) * 60000, {}),
        ("sequences-apart", b"".join(at(BASE + i) + b"\x21\x21" + END for i in range(60000)), {})):
    dwarf(f"line-{name}", unit(head + bytes(4) + b"\0"), lined, section(".debug_line", line(program, **options)))
for name, step, program in ("shared", 0, at(BASE) + special[:500000] + END), ("nearly-shared", 1, b"\x10\0\0\0\4\0" * 150000):
    dwarf(f"line-{name}",
          b"".join(unit(uleb(1) + code(BASE + i * 4, 4) + struct.pack("<I", i * step) + b"\0") for i in range(4000)),
          lined, section(".debug_line", line(program)))

# Call-frame information -----------------------------------------------------------------------------------------

FRAME = 0x2000


def entries(count, program, size=0x1000):
    def padded(data):
        data += bytes(-len(data) % 4)
        return struct.pack("<I", len(data)) + data
    out = padded(bytes(4) + b"\1zR\0\1\x78\x10\1\x1b")
    for _ in range(count):
        here = len(out)
        out += padded(struct.pack("<IiI", here + 4, BASE - (FRAME + here + 8), size) + b"\0" + program)
    return out


def frames(name, data, *more):
    head = struct.pack("<BBHQQQQ", 0, 0, 64, 0, 1 << 7 | 1 << 8, 0x7000, 0x100)  # x86: rsp, rip
    write("walks", f"bad-{name}.walk",
          head + bytes(64) + elf([text(), section(".eh_frame", data, flags=2, address=FRAME), *more]))


def table(count, *pairs):
    data = b"\1\x1b\x03\x3b" + struct.pack("<iI", FRAME - 0x1004, count) + b"".join(struct.pack("<ii", *p) for p in pairs)
    return section(".eh_frame_hdr", data, flags=2, address=0x1000)


CFA = b"\x0c\7\x08"
frames("cfa-loop", entries(1, b"\x0f" + uleb(3) + b"\x2f" + struct.pack("<h", -3)))
frames("cfa-loop-push", entries(1, b"\x0f" + uleb(4) + b"\x30\x2f" + struct.pack("<h", -4)))
frames("table-claims", entries(3, CFA), table(2**32 - 1, (BASE - 0x1000, FRAME + 0x18 - 0x1000)))
frames("table-outside", entries(3, CFA), table(1, (BASE - 0x1000, 0x7fffffff)))
frames("entries-overlap", entries(50000, CFA))
frames("programs-long", entries(200, CFA + b"\x0a" * 5000))
frames("remembers", entries(1, CFA + b"\x0a" * 1000000))
frames("advances", entries(1, CFA + b"\x40" * 1000000))
frames("advances-far", entries(1, CFA + b"\x41" * 1000000, 2**31 - 1))
frames("commons", struct.pack("<II", 4, 4) * 100000)
