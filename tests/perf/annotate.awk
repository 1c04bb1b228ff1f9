# annotate.awk OURS [THEIRS]: the functions in OURS (flamedata annotate --format json) against THEIRS, what
# `perf annotate --stdio --no-source` prints: the same addresses, and the same percentages as far as perf
# prints them. THEIRS is read until all functions were found. One line for each function and event that
# had samples; fails when one differs or is not found.
#
# loose=NAME: in this function addresses may be on one side alone where nothing was hit.
function last_part(path) {
    sub(/.*\//, "", path)
    return path
}

# The text behind "name": in a line of JSON, unescaped as far as names of functions need it.
function text_of(line, name) {
    sub("^.*\"" name "\": \"", "", line)
    sub(/",?$/, "", line)
    gsub(/\\"/, "\"", line)
    return line
}

function address_of(text) {
    sub(/^(0x)?0*/, "", text)
    return text == "" ? "0" : text
}

# The numbers behind "name": [ in a line of JSON, into list.
function numbers_of(line, name, list) {
    sub("^.*[{ ]\"" name "\": \\[", "", line)
    sub(/\].*/, "", line)
    return split(line, list, /, */)
}

FILENAME == ARGV[1] && /"name": .*"unit": / {
    sub(/^.*"name": "/, "")
    sub(/", "unit": .*/, "")
    events[event_count++] = $0
    next
}
FILENAME == ARGV[1] && /^ *"symbol": / {
    f++
    symbol[f] = text_of($0, "symbol")
    seen = 0
    next
}
FILENAME == ARGV[1] && /^ *"dso": / { dso[f] = text_of($0, "dso") }
FILENAME == ARGV[1] && /^ *"start": / { start[f] = address_of(text_of($0, "start")) }
FILENAME == ARGV[1] && /"share_of_samples": / {
    sub(/^.*"samples": /, "")
    samples[f, seen] = $0 + 0
    if (samples[f, seen++])
        wanted++
}
FILENAME == ARGV[1] && /^ *\{"address": / {
    count = ++instructions_of[f]
    address = $0
    sub(/^ *\{"address": "/, "", address)
    sub(/".*/, "", address)
    at[f, count] = address_of(address)
    for (e = numbers_of($0, "percent", list); e > 0; e--)
        percent[f, count, e - 1] = list[e]
}
FILENAME == ARGV[1] { next }

# " Percent | Source code & Disassembly of libc.so.6 for cycles (186 samples, percent: local period)"
/^ *Percent.*Disassembly of .* for .* samples, percent: / {
    compare()
    rows = 0
    listed = $0
    sub(/^.*Disassembly of /, "", listed)
    listed_samples = listed
    sub(/^.*\(/, "", listed_samples)
    listed_samples += 0
    sub(/ \([0-9]+ samples, .*/, "", listed)
    listed_event = listed
    sub(/^.* for /, "", listed_event)
    sub(/ for [^ ]*$/, "", listed)
    next
}
# "    4.33 :   155910: vpxor  %xmm15,%xmm15,%xmm15"
/^ *[0-9]+\.[0-9]+ +: +[0-9a-f]+:/ {
    theirs[rows] = $1
    where[rows++] = address_of(substr($3, 1, length($3) - 1))
}

# The function that was listed is one of ours: look at every address.
function compare(    f, e) {
    for (e = 0; rows && e < event_count; e++) {
        if (events[e] != listed_event)
            continue
        for (f = 1; f in symbol; f++)
            if (samples[f, e] && !((f, e) in found) && start[f] == where[0] && last_part(dso[f]) == listed)
                compare_with(f, e)
    }
}

function compare_with(f, e,    i, k, a, differ, what) {
    found[f, e]
    delete theirs_at
    delete ours_at
    for (i = 0; i < rows; i++)
        theirs_at[where[i]] = theirs[i]
    for (k = 1; k <= instructions_of[f]; k++) {
        a = at[f, k]
        ours_at[a]
        if (!(a in theirs_at)) {
            if (symbol[f] != loose || percent[f, k, e] > 0)
                what[differ++] = sprintf("%s: %s, not listed by perf", a, percent[f, k, e])
        } else if (percent[f, k, e] - theirs_at[a] > 0.0050011 || theirs_at[a] - percent[f, k, e] > 0.0050011) {
            what[differ++] = sprintf("%s: %s, perf %s", a, percent[f, k, e], theirs_at[a])
        }
    }
    for (i = 0; i < rows; i++)
        if (!(where[i] in ours_at) && (symbol[f] != loose || theirs[i] > 0))
            what[differ++] = sprintf("%s: perf %s, not listed here", where[i], theirs[i])
    if (samples[f, e] != listed_samples)
        what[differ++] = sprintf("%d samples, perf %d", samples[f, e], listed_samples)
    printf "%s %s %s: %d instructions, %d samples: ", events[e], last_part(dso[f]), symbol[f], instructions_of[f], samples[f, e]
    print differ ? differ " differ" : "the same"
    for (i = 0; i < differ && i < 10; i++)
        print "    " what[i]
    failed += differ > 0
    if (++done == wanted)
        exit
}

END {
    if (done < wanted)
        compare()
    for (f = 1; f in symbol; f++)
        for (e = 0; e < event_count; e++)
            if (samples[f, e] && !((f, e) in found)) {
                print events[e], last_part(dso[f]), symbol[f] ": perf does not list it"
                failed++
            }
    if (wanted == 0)
        print "no function"
    exit failed > 0 || wanted == 0
}
