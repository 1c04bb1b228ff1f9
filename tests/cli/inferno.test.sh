#!/bin/sh
# inferno.test.sh: folded stacks drawn by inferno-flamegraph and by us have the same frames: name,
# weight, percent, level, place and width; and where two profiles are compared, the same change of
# weight, in the same red or blue. Colours are otherwise each one's own.
#
# inferno sorts lines as text, so that a name sorts before another that goes on with a character
# below ';' only sometimes, and then has two boxes. Such names (the input "clash") are drawn by
# inferno in our order: in a flame chart it takes lines as they come, the last one first.
# In a flame chart of ours a function that goes on alone behind a call is a second box beside the
# first: the input "recursion" has that.
set -u
here=$(cd "$(dirname "$0")" && pwd)
command -v inferno-flamegraph >/dev/null || { echo "inferno-flamegraph is not installed" && exit 77; }
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
cd "$scratch" || exit 1

printf '%s\n' 'sh;main;f;g 30' 'sh;main;f 12' 'sh;main;h 5' 'ls;main 3' 'sh;main;f;g 4' >simple
printf '%s\n' 'p;f;f;f 10' 'p;f 2' 'p;f;f;f;f;f;f;f 7' 'p;g;f;g;f 3' 'f;p 4' >recursion
printf '%s\n' 'p;é;日本語 10' 'p;<init>;operator& 2' "p;it's \"quoted\" 7" 'p;]]> 3' 'p;🔥;x 4' >unicode
printf '%s\n' 'my app;operator new(unsigned long);[u8] 12' 'my app;main  4' '  lead;x   5  ' \
    'my app;call 7 times;x 3' >spaces
printf '%s\n' 'a;b 0' 'a;c 3' 'a;d 0' 'b 0' 'c;d 4' 'a;c;e 0' >zero
printf '%s\r\n' 'a;b 1' '' 'a;c 2' >crlf
printf '%s\n' 'a;b 12.75' 'a;c 3.0' 'd 7.' >fractions
printf '%s\n' '# made by hand' 'a;b 3' 'nothing' 'a;c -4' 'a;c 5' 'a;c 1e3' '' 'd .5' 'd 2' >noise
printf '%s\n' 'app;f_[k];g_[k] 3' 'app;f;j_[j];i_[i] 4' 'app;[unknown];[libc.so.6] 5' ';;a 2' >marks
awk 'BEGIN { s = "deep"; for (i = 1; i < 2000; i++) s = s ";" (i % 3 ? "f" : "g"); print s, 5; print "deep;f 2" }' >deep
awk 'BEGIN { srand(7); for (i = 0; i < 4000; i++) { s = sprintf("p%02d", rand() * 5)
    for (d = rand() * 12; d > 0; d--) s = s sprintf(";f%03d", rand() * 300)
    print s, int(1 + rand() * 20) } }' >many
printf '%s\n' 'a;b 5 8' 'a;c 10 2' 'a;d 3 3' 'e;f;g 0 7' 'e;h 9 0' 'e 4 6' >two
awk 'BEGIN { for (i = 0; i < 300; i++) print sprintf("p;f%03d;g%03d", i % 20, i), i * 7 % 101, i * 13 % 97 }' >two_many
printf '%s\n' 'a;x 1' 'a.b;x 2' 'a 3' 'a b;q 4' 'a::b;a 5' 'a::b;a<int>;c 6' 'a::b;a;c 7' 'a::b;a() 8' >clash

# Boxes of one name that touch, as one, without what they weigh.
join_boxes() {
    awk -F '\t' 'BEGIN { OFS = FS }
        { sub(/ \([^(]*$/, "", $5) }
        NR > 1 && $1 == level && $5 == name && $2 - x - width < .002 { width = $2 + $3 - x; next }
        NR > 1 { print level, x, width, "-", name }
        { level = $1; x = $2; width = $3; name = $5 }
        END { print level, x, width, "-", name }'
}

# compare NAME CHANGES [FILTER]: theirs and ours, frame by frame
compare() {
    for picture in theirs ours; do
        awk -f "$here/frames.awk" -v "changes=$2" $picture.svg | sort -t '	' -k1,1n -k2,2n |
            ${3-cat} >$picture
    done
    awk -F '\t' -v what="$1" '
        function differ(a, b, by) { return a - b > by || b - a > by }
        NR == FNR { theirs[NR] = $0; n = NR; next }
        {
            ours = FNR
            split(theirs[FNR], t, FS)
            if ($1 != t[1] || differ($2, t[2], .0015) || differ($3, t[3], .0025) ||
                ($4 != "-" && differ($4, t[4], 5)) || $5 != t[5]) {
                printf "%s: theirs %s\n%s: ours   %s\n", what, theirs[FNR], what, $0
                if (++bad > 4) exit 1
            }
        }
        END {
            if (n != ours) printf "%s: %d frames, ours %d\n", what, n, ours
            exit n != ours || bad || n == 0
        }' theirs ours || failed=$((failed + 1))
}

failed=0
for input in simple recursion unicode spaces zero crlf fractions noise marks deep many two two_many; do
    for mode in "" --reverse --inverted --flamechart --negate; do
        case $mode$input in
        --negatetwo*) ;;
        --negate*) continue ;;
        esac
        case $input in two*) changes=1 ;; *) changes=0 ;; esac
        inferno-flamegraph -q --minwidth 0 $mode $input >theirs.svg 2>/dev/null &&
            "$FLAMEDATA" -q --minwidth 0 $mode $input -o ours.svg ||
            { echo "$input $mode: not drawn" && failed=$((failed + 1)) && continue; }
        case $mode$input in
        --flamechartrecursion) compare "$input $mode" 0 join_boxes ;;
        *) compare "$input $mode" $changes ;;
        esac
    done
done

for mode in "" --inverted; do
    "$FLAMEDATA" -q --format folded clash | awk '{ line[NR] = $0 } END { while (NR) print line[NR--] }' |
        inferno-flamegraph -q --minwidth 0 --flamechart $mode >theirs.svg 2>/dev/null
    "$FLAMEDATA" -q --minwidth 0 $mode clash -o ours.svg
    compare "clash $mode" 0
done

# Several files are one profile, and standard input is like a file.
inferno-flamegraph -q --minwidth 0 simple recursion >theirs.svg
"$FLAMEDATA" -q --minwidth 0 simple recursion -o ours.svg
compare "two files" 0
cat simple recursion | "$FLAMEDATA" -q --minwidth 0 >ours.svg
compare "standard input" 0

[ $failed -eq 0 ] || { echo "$failed pictures differ" && exit 1; }
