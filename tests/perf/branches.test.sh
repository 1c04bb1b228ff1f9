#!/bin/sh
# branches.test.sh: branch stacks that make_branches writes, of a walk through a program compiled here:
# how often each branch was taken, the cycles of each run of code, and instructions per cycle, against
# perf script (which prints the branches, to be added up here) and perf annotate.
#
# Skipped where perf, a compiler for x86-64 or objdump are missing. Not every perf can annotate such a
# recording: 6.1.187 crashes; and of newer ones (7.2) only the last instruction of a run has a rate, by another
# rule (docs/differences.md): then perf script, and perf's cycles, have to do. PERF names another
# perf, PERF_OBJDUMP the objdump that it is to use.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
perf=${PERF:-perf}
skip() {
    echo "skipped: $*"
    exit 77
}
command -v "$perf" >/dev/null 2>&1 || skip "perf is not installed"
command -v "$CC" >/dev/null 2>&1 || skip "no C compiler"
for tool in objdump readelf; do
    command -v $tool >/dev/null 2>&1 || skip "no $tool"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/empty"
"$CC" -w -O1 -g0 -Wl,--build-id "$here/branches.c" -o "$work/branches"
objdump -d --no-show-raw-insn "$work/branches" >"$work/code"
grep -q 'file format elf64-x86-64' "$work/code" || skip "the compiler is not for x86-64"

# Where the program is mapped: some awks print no hexadecimal number of more than 31 bits.
bias=10000000
id=$(readelf -n "$work/branches" | sed -n 's/.*Build ID: //p')
# shellcheck disable=SC2046 # three numbers
set -- $(readelf -lW "$work/branches" | awk '$1 == "LOAD" && / R E /{ print $2, $3, $5 }')
printf 'map %x %x %x %s %s\n' $((0x$bias + $2)) $((($3 + 4095) / 4096 * 4096)) $(($1)) "$id" "$work/branches" >"$work/map"
awk -v bias=$bias -v seed=1 -f "$here/branches.awk" "$work/code" >"$work/samples"
cat "$work/map" "$work/samples" | "$FLAME_MAKE_BRANCHES" "$work/any.data"
cat "$work/map" "$work/samples" | "$FLAME_MAKE_BRANCHES" "$work/call.data" call

failed=0
functions='main outer inner leaf'

# ours DATA FUNCTION: a line for each instruction: address taken mispredicted cycles least most ipc
ours() {
    "$FLAMEDATA" annotate --buildid-dir "$work/empty" --format json -o - "$work/$1.data" "$2" >"$work/json" ||
        { echo "$1: flamedata failed with $?"; failed=1; }
    awk 'function value(name) {
            return match($0, "\"" name "\": *\"?[0-9a-fx.]+") ? substr($0, RSTART, RLENGTH) : 0
        }
        function number(name,   text) {
            text = value(name)
            sub(/.*[": ]/, "", text)
            return text
        }
        /"address"/ { sub(/.*"address"/, "\"address\"")
            address = number("address")
            sub(/^0x/, "", address)
            print address, number("taken") + 0, number("mispredicted") + 0, number("cycles") + 0,
                number("least_cycles") + 0, number("most_cycles") + 0, number("ipc") + 0
        }' "$work/json"
}

# What perf script says of each branch: from taken mispredicted cycles least most
"$perf" --buildid-dir "$work/empty" script -F ip,brstack -i "$work/any.data" 2>/dev/null | awk -v bias=$bias '
    function number(hex,    i, n) {
        sub(/^0x/, "", hex)
        for (i = 1; i <= length(hex); i++)
            n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
        return n
    }
    NF > 1 {
        split($2, newest, "/")
        for (i = 2; i <= NF; i++) {
            split($i, field, "/")
            from = sprintf("%x", number(field[1]) - number(bias))
            if (field[1] == "0x0")
                continue
            taken[from]++
            missed[from] += field[3] ~ /M/
            cycles = field[6] + 0
            if (newest[6] == 0 || cycles == 0)
                continue
            if (!runs[from]++ || cycles < least[from])
                least[from] = cycles
            if (cycles > most[from])
                most[from] = cycles
            sum[from] += cycles
        }
    }
    END {
        for (from in taken)
            print from, taken[from], missed[from], runs[from] ? int(sum[from] / runs[from]) : 0,
                least[from] + 0, most[from] + 0
    }' | sort >"$work/theirs"
[ "$(wc -l <"$work/theirs")" -gt 20 ] || { echo "perf script printed no branches"; failed=1; }

: >"$work/all"
for function in $functions; do
    ours any "$function" >"$work/$function"
    cat "$work/$function" >>"$work/all"
done
awk '$2 { print $1, $2, $3, $4, $5, $6 }' "$work/all" | sort >"$work/mine"
if cmp -s "$work/mine" "$work/theirs"; then
    echo "perf script: $(wc -l <"$work/mine") branches agree"
else
    diff "$work/mine" "$work/theirs" | head -n 20
    failed=1
fi

# Where one kind of branch was recorded alone, code between two of them is no run.
for function in $functions; do
    ours call "$function" >"$work/call"
    awk '{ rated += $7 > 0; taken += $2 } END { exit rated || !taken }' "$work/call" ||
        { echo "$function: calls alone have a rate"; failed=1; }
done

# perf annotate, with addresses: address cycles ipc
printf '[annotate]\n\tuse_offset = false\n\thide_src_code = true\n' >"$work/config"
for function in $functions; do
    # shellcheck disable=SC2086 # an option or none
    PERF_CONFIG="$work/config" "$perf" --buildid-dir "$work/empty" annotate --stdio2 -i "$work/any.data" \
        ${PERF_OBJDUMP:+--objdump $PERF_OBJDUMP} -s $function >"$work/text" 2>"$work/log" ||
        { echo "perf annotate failed with $?: its figures are not compared"; break; }
    awk '{ sub(/Percent *IPC *Cycle/, "") }
        match($0, /[0-9a-f]+: /) {
            address = substr($0, RSTART, RLENGTH - 2)
            before = substr($0, 1, RSTART - 1)
            ipc = cycles = 0
            for (at = 0; match(before, /[0-9.]+/); before = substr(before, RSTART + RLENGTH)) {
                at += RSTART + RLENGTH - 1
                word = substr(before, RSTART, RLENGTH)
                if (word !~ /\./)
                    cycles = word
                else if (at > 9)
                    ipc = word
            }
            print address, cycles, ipc
        }' "$work/text" >"$work/theirs"
    awk -v function_name="$function" '
        FILENAME == ARGV[1] { cycles[$1] = $4; ipc[$1] = $7; next }
        {
            all++
            seen[$1] = 1
            their_cycles[$1] = $2
            their_ipc[$1] = $3
            rated += $3 > 0
            whole += $3 > 0 && !$2
        }
        END {
            for (a in cycles)
                bad += !(a in seen)
            for (a in seen) {
                off = ipc[a] - their_ipc[a]
                if (cycles[a] == their_cycles[a] && (!whole || off * off <= 0.00506 * 0.00506))
                    continue
                print a, "cycles", cycles[a], their_cycles[a], "ipc", ipc[a], their_ipc[a]
                bad++
            }
            print function_name ": perf annotate: cycles" (whole ? " and rates" : "") " of " all " instructions"
            exit bad || !all || !rated
        }' "$work/$function" "$work/theirs" || failed=1
done
exit $failed
