# report.awk: the text of perf report --stdio, or ours, as rows that can be compared: "event|row" with
# single spaces.
#
#     awk -v rows=50 -f report.awk          the first 50 rows of each event
#     awk -v sums=1 -f report.awk           rows "overhead period ...": all of them without their
#                                           percentages, the addresses of an object that have no symbols
#                                           added up
#
#     awk -v names=1 -f report.awk          without the rows of addresses that have no symbols
#
# Where the object is no column, perf still tells addresses apart by it, and 0 in the kernel's part of a stack
# from 0 elsewhere: with --sort symbol one address is two rows there and one here, each with its own place among
# the others. So names are compared, and addresses with the other keys.
#
# perf writes addresses that no map covers as the kernel's or not by what stood in the stack before, and
# 0 without 0x; with symbols but no objects it adds empty columns for cycles. PLT entries that it has no
# name for have one here (docs/differences.md), and so another place among rows of the same weight: they
# count in sums alone. perf's frame at the end of a walk, ffffffffffffffff, has no line here
# (docs/differences.md). Of perf-exec, the name before the program's, it writes as much as the column holds.
/^# Samples: .* of event '/ {
    event = $0
    sub(/^.* of event '/, "", event)
    sub(/'.*$/, "", event)
    count = 0
    next
}
/^#/ || /^[ \t]*$/ { next }
{
    gsub(/[ \t]+/, " ")
    sub(/^ /, "")
    sub(/ $/, "")
    sub(/ - -$/, "") # cycles: before all that looks at the end of a row
    sub(/ 0000000000000000$/, " 0x0000000000000000")
    if (/\[k\] 0x0000[0-9a-f]*$/ || /\[unknown\] \[k\]/)
        sub(/\[k\]/, "[.]")
    sub(/ perf-exe?$/, " perf-exec")
    sub(/ perf-exe? /, " perf-exec ")
    sub(/\] [^ ]*@plt$/, "] @plt")
}
/ \[unknown\] \[[.k]\] 0xffffffffffffffff$/ { next }
names && / \[[.k]\] 0x[0-9a-f]*$/ { next }
!sums {
    if (!/ @plt$/ && ++count <= rows)
        print event "|" $0
    next
}
{
    period = $2
    sub(/^[^ ]* [^ ]* /, "")
    if (!sub(/ \[[.k]\] 0x[0-9a-f]*$/, " (no symbols)"))
        if (!sub(/ \[[.k]\] \[unknown\]$/, " (no symbols)"))
            sub(/ \[[.k]\] \[.*\] \(no symbols\)$/, " (no symbols)")
    sum[event "|" $0] += period
}
END {
    for (row in sum)
        printf "%s: %.0f\n", row, sum[row]
}
