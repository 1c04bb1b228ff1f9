# inline.awk SYMBOLS THEIRS LLVMS OURS: addresses with their symbols, and three outputs in the form of
# addr2line -a -f -i. Prints a summary; exits with 1 if we say of an address what neither addr2line
# says, or nobody has anything to say of any.
#
# The last function of an address, the one that was not inlined, is not compared, as we read it from
# symbols; nor is the line of the address itself, which is not about functions. Of paths only the file's
# name counts. What is evened out:
# - addr2line puts the symbol in place of the innermost function's name if that has no linkage name,
#   though it was inlined.
FILENAME == ARGV[1] {
    symbol[plain($1)] = $2
    next
}
/^0x[0-9a-f]+$/ {
    at = plain($1)
    key = FILENAME == ARGV[2] ? "theirs " at : FILENAME == ARGV[3] ? "llvms " at : "ours " at
    count = 0
    next
}
{
    sub(/ \(discriminator [0-9]+\)$/, "")
    count++
    if (count % 2) {
        if (count > 1)
            names[key] = names[key] (count > 3 ? ";" : "") pending
        pending = $0
    } else if (count > 2) {
        sub(/^.*\//, "")
        sub(/:\?$/, ":0")
        places[key] = places[key] " " $0
    }
}
function plain(address) {
    sub(/^(0x)?0*/, "", address)
    return address
}
function same(a, b) {
    return names[a] == names[b] && places[a] == places[b]
}
# Whether they put the symbol for a name.
function same_but_for_symbol(theirs, ours, at, first) {
    first = names[ours]
    sub(/;.*/, "", first)
    return first !~ /^_[ZR]/ && places[theirs] == places[ours] &&
        names[theirs] == symbol[at] substr(names[ours], length(first) + 1)
}
END {
    for (at in symbol) {
        addresses++
        ours = "ours " at
        theirs = "theirs " at
        llvms = "llvms " at
        inlined += names[ours] != ""
        if (same(theirs, ours) || same_but_for_symbol(theirs, ours, at))
            continue
        if (same(llvms, ours)) {
            only_llvm++
            continue
        }
        if (different++ < 3) {
            printf "%s\n  addr2line: %s;%s\n", at, names[theirs], places[theirs]
            printf "  llvm:      %s;%s\n  ours:      %s;%s\n", names[llvms], places[llvms], names[ours], places[ours]
        }
    }
    printf "%d addresses, %d with inlined functions, %d that only llvm-addr2line reads, %d different\n",
        addresses, inlined, only_llvm, different
    exit different > 0 || inlined == 0
}
