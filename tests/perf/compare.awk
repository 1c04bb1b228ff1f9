# compare.awk [-v least=SHARE] [-v inner=SHARE] OURS THEIRS: how much of THEIRS' weight OURS has in the
# very same stacks. Prints "share ratio-of-totals", then the five worst stacks each way; fails when the
# share is under least (0.9999), or the totals differ by more than is missing to 1.
#
# inner: of up to this share of the weight THEIRS may have the inner end of a stack alone, where the walk
# stopped too early. That is printed as a third number.
{
    weight = $NF
    stack = $0
    sub(/ [0-9.]+$/, "", stack)
    if (FILENAME == ARGV[1]) {
        ours[stack] += weight
        mine += weight
    } else {
        theirs[stack] += weight
        total += weight
    }
}

function worst(tag, a, b,    n, s, best, most) {
    for (n = 0; n < 5; n++) {
        most = 0
        for (s in a)
            if (!(s in said) && a[s] - b[s] > most) {
                most = a[s] - b[s]
                best = s
            }
        if (most == 0)
            break
        said[best] = 1
        printf "  only %s: %.0f %s\n", tag, most, substr(best, 1, 600)
    }
    for (s in said)
        delete said[s]
}

# Whether stack a goes on outwards where b, of the same thread, stopped.
function goes_on(a, b,    comm) {
    comm = substr(b, 1, index(b, ";") - 1)
    b = substr(b, length(comm) + 1)
    return length(a) > length(comm) + length(b) && substr(a, 1, length(comm) + 1) == comm ";" &&
           substr(a, length(a) - length(b) + 1) == b
}

# The weight that OURS has in longer stacks. It is taken off on both sides.
function stopped_early(    s, t, part, sum) {
    for (s in theirs)
        for (t in ours) {
            part = ours[t] - theirs[t]
            if (part > theirs[s] - ours[s])
                part = theirs[s] - ours[s]
            if (part > 0 && goes_on(t, s)) {
                ours[t] -= part
                theirs[s] -= part
                sum += part
            }
        }
    return sum
}

END {
    for (s in theirs)
        same += (s in ours) ? (ours[s] < theirs[s] ? ours[s] : theirs[s]) : 0
    share = total ? same / total : 0
    ratio = total ? mine / total : 0
    if (inner) {
        early = total ? stopped_early() / total : 0
        printf "%.6f %.6f %.6f\n", share, ratio, early
        share += early < inner ? early : inner
    } else {
        printf "%.6f %.6f\n", share, ratio
    }
    if (!least)
        least = 0.9999
    if (share < least || ratio < least || ratio > 2 - least) {
        worst("theirs", theirs, ours)
        worst("ours", ours, theirs)
        exit 1
    }
}
