# branches.awk -v bias=ADDRESS -v seed=N: walk at random through a disassembly of x86-64, and write samples
# with the branches that were taken on the way, for make_branches. bias is added to the addresses.
#
# Of what a processor records there is: branches without cycles, samples whose newest branch has none, ends
# of stacks that are not full, and returns to nowhere (entries of zeros).
function number(hex,    i, n) {
    n = 0
    for (i = 1; i <= length(hex); i++)
        n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
    return n
}

# Of functions main reaches, instructions: "  401126:\tjne    401130 <inner+0x10>".
/^[0-9a-f]+ <[^>]*>:$/ { wanted = $2 ~ /^<(main|outer|inner|leaf)>:$/; if ($2 == "<main>:") entry = number($1) }
wanted && /^ *[0-9a-f]+:\t/ {
    split($0, part, "\t")
    sub(/^ */, "", part[1])
    sub(/:.*/, "", part[1])
    at = number(part[1])
    split(part[2], word, " ")
    sub(/^bnd$/, word[2], word[1])
    name[at] = word[1]
    target[at] = word[2] ~ /^[0-9a-f]+$/ ? number(word[2]) : -1
    if (last)
        next_of[last] = at
    last = at
}

function taken(from, to,    cycles) {
    cycles = rand() < 0.05 ? 0 : int(rand() * (rand() < 0.001 ? 5000 : 12)) + 1
    for (i = 31; i > 0; i--)
        entry_of[i] = entry_of[i - 1]
    entry_of[0] = sprintf("%x %x %d %d", from + bias, to + bias, rand() < 0.2, cycles)
    if (filled < 32)
        filled++
    pc = to
    if (++all % 29 == 0)
        sample()
}

function sample(    line, depth) {
    depth = rand() < 0.1 ? int(rand() * filled) + 1 : filled
    line = sprintf("sample %x", pc + bias)
    for (i = 0; i < depth; i++)
        line = line " " entry_of[i]
    if (depth < 32)
        line = line " 0 0 0 0"
    print line
}

END {
    srand(seed)
    bias = number(bias)
    for (pc = entry; all < 60000;) {
        op = name[pc]
        if (op ~ /^call/ && (target[pc] in name) && depth < 100) {
            stack[depth++] = next_of[pc]
            taken(pc, target[pc])
        } else if (op ~ /^ret/) {
            taken(pc, depth ? stack[--depth] : entry)
        } else if (op ~ /^j/ && (target[pc] in name) && (op == "jmp" || rand() < 0.5)) {
            taken(pc, target[pc])
        } else {
            pc = next_of[pc]
        }
    }
}
