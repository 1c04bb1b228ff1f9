# line.awk SYMBOLS THEIRS LLVMS OURS: addresses, and three outputs in the form of addr2line -a -f -i. Prints
# a summary; exits with 1 if we say of an address another file or line than both addr2lines do, or nobody
# has anything to say of any. Only the line of the address itself is compared, and of paths only the file's
# name. What is evened out: where there are no lines, they put the file of the symbol, with line 0.
FILENAME == ARGV[1] {
    known[plain($1)] = 1
    next
}
/^0x[0-9a-f]+$/ {
    key = (FILENAME == ARGV[2] ? "theirs " : FILENAME == ARGV[3] ? "llvms " : "ours ") plain($1)
    count = 0
    next
}
++count == 2 {
    sub(/ \(discriminator [0-9]+\)$/, "")
    sub(/^.*\//, "")
    sub(/:\?$/, ":0")
    place[key] = $0
}
function plain(address) {
    sub(/^(0x)?0*/, "", address)
    return address
}
END {
    for (at in known) {
        addresses++
        ours = place["ours " at]
        lines += ours !~ /^\?\?/
        if (ours == place["theirs " at] || (ours == "??:0" && place["theirs " at] ~ /:0$/))
            continue
        if (ours == place["llvms " at])
            only_llvm++
        else if (different++ < 3)
            printf "%s\n  addr2line: %s\n  llvm:      %s\n  ours:      %s\n", at, place["theirs " at], place["llvms " at], ours
    }
    printf "%d addresses, %d with lines, %d as only llvm-addr2line has them, %d different\n", addresses, lines, only_llvm, different
    exit different > 0 || lines == 0
}
