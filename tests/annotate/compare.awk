# compare.awk: what ask_disasm says beside objdump's listing (-d --no-show-raw-insn).
#
#     awk -f compare.awk [-v show=N] OBJDUMPS OURS
#
# Names, comments and the width of columns do not count. Prints how many instructions there are; how
# many of them begin where ours do; have our mnemonic (prefixes are part of it); have our text; and how many we have. show:
# the N most frequent differences after that, with an example.
function bare(text) {
    sub(/[ \t]*(#|\/\/|;|@) .*/, "", text)
    sub(/[ \t]*;.*/, "", text)
    gsub(/ *<[^>]*>/, "", text)
    gsub(/[ \t]+/, " ", text)
    sub(/^ /, "", text)
    sub(/ $/, "", text)
    return text
}
# The words up to the first that is an operand.
function mnemonic(text,    n, words, i, result) {
    n = split(text, words, " ")
    result = words[1]
    for (i = 2; i <= n && words[i - 1] ~ prefixes; i++)
        result = result " " words[i]
    return result
}
function differ(theirs, ours) {
    if (theirs "|" ours in example)
        times[theirs "|" ours]++
    else {
        times[theirs "|" ours] = 1
        example[theirs "|" ours] = address ": " full "  |  " our
    }
}
BEGIN {
    prefixes = "^(lock|rep|repz|repnz|bnd|notrack|data16|addr32|addr16|cs|ds|es|ss|fs|gs|xacquire|xrelease|rex[.WRXB]*|[{].*[}])$"
}
NR == FNR && /^ *[0-9a-f]+:\t/ {
    at = $1
    sub(/:.*/, "", at)
    sub(/^[^\t]*\t/, "")
    listed[at] = $0
    order[++count] = at
}
NR != FNR {
    text = $0
    sub(/^[^\t]*\t/, "", text)
    decoded[$1] = text
    ours++
}
END {
    for (i = 1; i <= count; i++) {
        address = order[i]
        full = bare(listed[address])
        if (!(address in decoded)) {
            differ(mnemonic(full), "(no instruction begins here)")
            continue
        }
        begin++
        our = bare(decoded[address])
        if (mnemonic(our) == mnemonic(full))
            same++
        else
            differ(mnemonic(full), mnemonic(our))
        if (our == full)
            equal++
        else if (mnemonic(our) == mnemonic(full))
            differ(mnemonic(full), "operands")
    }
    printf "instructions %d begin %d mnemonic %d text %d ours %d\n", count, begin, same, equal, ours
    for (key in times)
        if (show)
            printf "%7d %s   %s\n", times[key], key, example[key] | "sort -rn | head -n " show
}
