# collapse.awk: fold the text of `perf script --no-inline` as inferno-collapse-perf does, for machines
# without inferno. Works in mawk, gawk and busybox awk.
#
# An event line ("comm tid [cpu] time: period event:") opens a sample, frames follow leaf first
# ("\t address symbol+0xoffset (dso)"), an empty line ends it. Only the first event seen is kept.
# Two things it does not imitate: the rules for Java, and that inferno counts a sample as 1, whatever
# its period, when perf pads the event's name (several events recorded at once).

function flush_sample() {
    if (stack != "")
        weight[comm stack] += period
    stack = ""
    open = 0
}

# Cut at the first "(" outside of <...>, unless it opens "(anonymous namespace)" or, in Go, follows a dot.
function without_arguments(name,    i, c, depth) {
    for (i = 1; i <= length(name); i++) {
        c = substr(name, i, 1)
        if (c == "<")
            depth++
        else if (c == ">")
            depth--
        else if (c == "(" && depth == 0 && substr(name, i, 21) != "(anonymous namespace)" &&
                 substr(name, i - 1, 1) != ".")
            return substr(name, 1, i - 1)
    }
    return name
}

/^$/ { flush_sample(); next }

# An event line begins at the margin.
/^[^ \t#]/ || /^ +[^ \t].*: +[0-9]+ [^ ]+: *$/ {
    flush_sample()
    line = $0
    sub(/^ +/, "", line)
    # The thread's name ends before the first number that is not the first word.
    if (!match(line, / +[0-9]+(\/[0-9]+)? /))
        next
    comm = substr(line, 1, RSTART - 1)
    gsub(/ /, "_", comm)
    line = substr(line, RSTART + RLENGTH)
    sub(/^[^:]*: */, "", line) # [cpu] and time
    period = 1
    if (match(line, /^[0-9]+ +/)) {
        period = substr(line, 1, RLENGTH) + 0
        line = substr(line, RLENGTH + 1)
    }
    event = line
    sub(/:.*/, "", event)
    if (first == "")
        first = event
    open = event == first
    next
}

open && /^[ \t]+[0-9a-f]+ / {
    line = $0
    sub(/^[ \t]+[0-9a-f]+ /, "", line)
    # The dso is the last word, in parentheses.
    if (!match(line, / \([^ ]*\)$/))
        next
    dso = substr(line, RSTART + 2, RLENGTH - 3)
    name = substr(line, 1, RSTART - 1)
    sub(/\+0x[0-9a-f]+$/, "", name)
    if (name ~ /^\(/)
        next
    if (name == "[unknown]" && dso != "[unknown]") {
        sub(/.*\//, "", dso)
        name = "[" dso "]"
    }
    gsub(/;/, ":", name)
    stack = ";" without_arguments(name) stack
}

END {
    flush_sample()
    for (s in weight)
        printf "%s %.0f\n", s, weight[s]
}
