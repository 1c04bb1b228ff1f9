# capture.py: run by gdb (see record.sh): steps a program through its life and writes down what a
# sample would hold at some of its instructions, and what gdb's own backtrace is there.
#
# PROGRAM     the ELF file, as gdb and qemu have it
# MACHINE     what `uname -m` says on such a machine
# OUT         the file to write
# CALLERS     optional: a file of an earlier run, whose backtraces stand in for this run's
# EVERY       optional: keep every instruction instead of a few
# BODIES      optional, with EVERY: only those of which tables for exceptions tell the truth
import os
import re
import subprocess

import gdb

gdb.execute("set pagination off")
gdb.execute("set confirm off")
gdb.execute("handle SIGILL nostop noprint pass")

# perf's numbers of the registers that it records (asm/perf_regs.h of the kernel), by gdb's names.
REGISTERS = {
    "x86_64": dict(enumerate("rax rbx rcx rdx rsi rdi rbp rsp rip eflags cs ss".split()))
    | {16 + i: f"r{8 + i}" for i in range(8)},
    "i686": dict(enumerate("eax ebx ecx edx esi edi ebp esp eip eflags cs ss".split())),
    "aarch64": dict(enumerate([f"x{i}" for i in range(31)] + ["sp", "pc"])),
    "armv7l": dict(enumerate([f"r{i}" for i in range(13)] + ["sp", "lr", "pc"])),
    "riscv64": dict(enumerate(
        "pc ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 "
        "s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6".split())),
}
machine = os.environ["MACHINE"]
registers = REGISTERS[machine]
word = 4 if machine in ("i686", "armv7l") else 8


def read(name):
    return int(gdb.newest_frame().read_register(name)) & ((1 << 8 * word) - 1)


def backtrace():
    frames, f = [], gdb.newest_frame()
    while f is not None:
        kind = " signal" if f.type() == gdb.SIGTRAMP_FRAME else ""
        pc = f.pc() & ((1 << 8 * word) - 1)
        frames.append(f"caller {pc:x} {f.name() or '-'}{kind}")
        if kind and not f.name():  # the kernel's own: no file has it
            code = bytes(gdb.selected_inferior().read_memory(pc, 16))
            frames.append(f"code {pc:x} {code.hex()}")
        f = f.older()
    return frames


def readelf(options):
    return subprocess.run(["readelf", options, os.environ["PROGRAM"]], capture_output=True,
                          text=True, check=True).stdout


def about_program():
    """Its build-id, and the executable segment as the kernel maps it: start, length, offset."""
    text = readelf("-lhnW")
    build_id = text.split("Build ID:")[1].split()[0]
    entry = int(text.split("Entry point address:")[1].split()[0], 16)
    bias = read("pc") - entry
    for line in text.splitlines():
        field = line.split()
        if field[:1] == ["LOAD"] and "E" in field[6:-1]:
            offset, address, size = (int(field[i], 16) for i in (1, 2, 4))
            start, end = address & ~0xfff, (address + size + 0xfff) & ~0xfff
            return (f"build-id {build_id}\n"
                    f"map {start + bias:x} {end - start:x} {offset & ~0xfff:x}")
    raise gdb.GdbError("no executable segment")


def dump(stack):
    """32 bytes a line; lines of zeros are counted."""
    lines, zeros = [], 0
    for i in range(0, len(stack), 32):
        row = stack[i:i + 32]
        if any(row):
            lines += [f"zeros {zeros}"] * (zeros > 0) + [f"stack {row.hex()}"]
            zeros = 0
        else:
            zeros += len(row)
    return lines + [f"zeros {zeros}"] * (zeros > 0)


def depth(sp):
    """Of the innermost frame, in bytes, by call-frame information."""
    caller = gdb.newest_frame().older()
    return int(caller.read_register("sp")) - sp if caller else 0


def stop():
    sp = read("sp")
    stack = bytes(gdb.selected_inferior().read_memory(sp, top - sp))
    return {
        "function": gdb.newest_frame().name() or "-",
        "pc": read("pc"),
        "depth": depth(sp),
        "registers": [f"register {n} {name} {read(name):x}" for n, name in registers.items()],
        "stack": dump(stack),
        "callers": backtrace(),
    }


def alive():
    return gdb.selected_inferior().threads()


gdb.execute("file " + os.environ["PROGRAM"])
gdb.execute("target remote " + os.environ["SOCKET"])
program = about_program()
top = (read("sp") + 64) & ~31  # a little above the first function's frame
stops = []
while alive():
    stops.append(stop())
    if stops[-1]["function"] == "faulting":
        # On to the handler: a single step into a signal is not the same everywhere.
        gdb.Breakpoint("*handler", temporary=True)
        gdb.execute("continue")
    elif stops[-1]["function"] == "die" and len([s for s in stops if s["function"] == "die"]) > 3:
        break
    else:
        gdb.execute("stepi")
gdb.execute("kill")

# A run without signed addresses stands in for what gdb cannot know of one that has them.
if os.environ.get("CALLERS"):
    with open(os.environ["CALLERS"]) as other:
        parts = other.read().split("\nstop ")[1:]
    assert len(parts) == len(stops)
    for s, part in zip(stops, parts):
        s["callers"] = [line for line in part.splitlines() if line.startswith("caller ")]
        assert int(s["callers"][0].split()[1], 16) == s["pc"]


def visits(function):
    """Indices of the stops, in runs that stay in the function without calling anything."""
    found = [i for i, s in enumerate(stops) if s["function"] == function]
    runs = []
    for i in found:
        if runs and runs[-1][-1] == i - 1 and stops[i]["callers"][1:] == stops[i - 1]["callers"][1:]:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def chosen():
    leaf, variable, saving = visits("leaf"), visits("variable"), visits("saving")
    recursion, faulting = visits("recursion"), visits("faulting")
    yield "leaf, first instruction", leaf[0][0]
    yield "variable, after its call", variable[1][0]
    yield "saving, third instruction", saving[0][2]
    yield "saving, last instruction but one", saving[-1][-2]
    yield "saving, last instruction", saving[-1][-1]
    yield "recursion, last instruction of the innermost", recursion[3][-1]
    yield "recursion, last instructions of the next", recursion[4][-3:][0]
    yield "faulting, instruction that faults", faulting[0][-1]
    yield "leaf, from the handler", leaf[1][0]
    yield "die, first instruction", visits("die")[0][0]


def in_bodies():
    """Stops neither in a prologue nor in an epilogue: the frame is as deep as it ever gets, or has not
    begun, if that can be seen: the linker joins equal entries."""
    begins = set(re.findall(r"^0x[0-9a-f]+ <(\w+)>", readelf("-uW"), re.MULTILINE))
    for i, s in enumerate(stops):
        same = [other for other in stops if other["function"] == s["function"]]
        deep = s["depth"] == max(other["depth"] for other in same)
        first = s["pc"] == min(other["pc"] for other in same)
        if deep or (first and s["function"] in begins):
            yield i


if os.environ.get("EVERY"):
    keep = [(f"{i}", i) for i in (in_bodies() if os.environ.get("BODIES") else range(len(stops)))]
else:
    keep = list(chosen())
with open(os.environ["OUT"], "w") as out:
    out.write(f"machine {machine} {word}\n{program}\n")
    for title, i in keep:
        out.write("\n".join([f"\nstop {title}"] + stops[i]["registers"] + stops[i]["stack"] +
                            stops[i]["callers"]) + "\n")
print(f"{os.environ['OUT']}: {len(keep)} of {len(stops)} stops")
