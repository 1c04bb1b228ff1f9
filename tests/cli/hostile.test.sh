#!/bin/sh
# hostile.test.sh: names come from strangers. A recording in which every name is hostile
# (hostile_names.h, make_hostile.c), through every output; check_output looks whether one broke out.
# docs/robustness.md says what each output promises.
set -u
[ -x "${FLAME_MAKE_HOSTILE:-}" ] || { echo "skipped: the tests' programs are not built"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
HOME=$work/home TERM=xterm
export HOME TERM
unset NO_COLOR PERF_BUILDID_DIR PAGER
failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

# check KIND FILE...
check() {
    kind=$1
    shift
    for file; do
        "$FLAME_CHECK_OUTPUT" "$kind" <"$file" || fail "$file: $kind"
    done
}

# run OUT ARGUMENT...: what it says must not steer a terminal, either
run() {
    out=$1
    shift
    "$FLAMEDATA" "$@" >"$out" 2>"$out.err" || fail "exit status $? of flamedata $1: $(head -c 500 "$out.err" | cat -v)"
    [ ! -s "$out.err" ] || check terminal "$out.err"
}

# refused ARGUMENT...: with an error, on which the same holds
refused() {
    "$FLAMEDATA" "$@" >refused.out 2>refused.err && fail "not refused: $(printf '%s' "$*" | cat -v)"
    check terminal refused.err
}

"$FLAME_MAKE_HOSTILE" source prog.c && "${CC:-cc}" -g -O1 -w -Wl,--build-id=sha1 prog.c -o prog ||
    { echo "skipped: no program can be built here"; exit 77; }
id=$("$FLAME_MAKE_HOSTILE" record . prog) || exit 1
# The recording's own name is as bad as a file's can be.
data=$(printf '=\033[2J"><img src=x onerror=pwned()>\302\233\342\200\256\n.data')
mv recording "$data"
place=cache/.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-)
mkdir -p "$place"
cp prog "$place/elf"
named=--buildid-dir=cache
title=$(printf '\033]52;c;x\007</svg><script>pwned()</script>"\342\200\256]]>')

# Pictures and pages.
run said $named "$data" -o plain.svg
run said $named "$data" -o dressed.svg --event all --srcline --title "$title" --subtitle "$title" --notes "$title" \
    --countname "$title" --nametype "$title" --fonttype "$title"
run said $named "$data" -o packed.svgz
gzip -dc packed.svgz >packed.svg
run said $named "$data" -o chart.svg --flamechart --title "$title"
run said $named "$data" -o report.html --event all --title "$title" --annotate-top 100
check xml plain.svg dressed.svg packed.svg chart.svg
check html report.html
check terminal plain.svg dressed.svg packed.svg chart.svg report.html
if command -v xmllint >/dev/null 2>&1; then
    xmllint --noout plain.svg dressed.svg chart.svg || fail "xmllint"
fi

# Text that other programs read.
run stacks.folded $named -q "$data" --event all --format folded
run said $named "$data" -o marked.txt --event all --all --inlined --srcline --show-truncated
check folded stacks.folded
run samples.txt script $named "$data" -F +srcline
# Folded stacks are input, too.
run said stacks.folded -o again.svg --title "$title"
run again.folded stacks.folded --format folded
check xml again.svg
check folded again.folded

# Tables, functions, and what a recording is.
for format in text json csv; do
    run report.$format report $named "$data" --format $format
    run lines.$format report $named "$data" --format $format -P -s comm,pid,dso,symbol,srcline --addresses
done
for format in text json html; do
    run code.$format annotate $named "$data" --top 100 --format $format
    run callers.$format annotate $named "$data" --top 100 --format $format --callers --full-paths --event all
done
run info.text info $named "$data"
run info.json info $named "$data" --json
run dump.text dump "$data"
run said pack $named "$data" -o all.fdpack
run packed.text report all.fdpack
run packed.info info all.fdpack
check csv report.csv lines.csv
check html code.html callers.html
check json report.json lines.json code.json callers.json info.json
check terminal report.text lines.text code.text callers.text info.text dump.text packed.text packed.info \
    report.json lines.json code.json callers.json info.json code.html callers.html
if command -v python3 >/dev/null 2>&1; then
    python3 - report.json lines.json code.json callers.json info.json <<'P' || fail "python3"
import json, sys
for name in sys.argv[1:]:
    json.load(open(name, encoding="utf-8"))
P
fi

# On a terminal everything is safe, also what is data elsewhere; with colours.
on_terminal() {
    script -qec "$1" /dev/null </dev/null >terminal.out 2>&1 || fail "exit status $? on a terminal: $1"
    check terminal terminal.out
}
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
    ln -s "$data" recording
    for words in 'draw --format folded --event all' 'script' 'report' 'report --format csv' 'report --format json' 'annotate --top 3' \
        'annotate --format json' 'info' 'dump' 'report --pager --stdio-color always'; do
        case $words in
        draw*) on_terminal "'$FLAMEDATA' ${words#draw} $named recording" ;;
        dump) on_terminal "'$FLAMEDATA' dump recording" ;;
        *) on_terminal "PAGER=cat '$FLAMEDATA' $words $named recording" ;;
        esac
    done
else
    echo "not tried: terminals (no script)"
fi

# Errors that name what the user, or the file, made up.
refused "$title" -o x.svg
refused "$data" -o "$title/x.svg"
refused "$data" --event "$title"
refused "$data" --comms "$title"
refused "$data" "--$title"
refused report "$data" -s "$title"
refused annotate $named "$data" "$title"
refused script "$data" -F "$title"
refused dump "$data" --type "$title"
refused "$data" "$title"
head -c 70000 "$data" >short
run said $named short -o short.svg
{ printf 'PERFILE2'; printf '%s' "$title"; } >broken
refused broken -o x.svg

# Names get attributes from a file that may come from elsewhere: links lead to pages alone, and nothing runs.
for link in 'javascript:pwned()' 'data:text/html,x' ' JaVa	Script:pwned()' 'vbscript:x' 'jav&#97;script:x'; do
    printf 'main\thref=%s\n' "$link" | tr '\t' '\011' >names
    printf 'main 12\n' >one.folded
    if "$FLAMEDATA" -q one.folded --nameattr names -o linked.svg 2>refused.err; then
        grep -qi 'href="[^"#]*script:\|href="[^"]*data:' linked.svg && fail "a link to $link"
        check xml linked.svg
    else
        check terminal refused.err
    fi
done
printf 'main\ttitle=%s\tclass="><script>"\tid="</svg>"\tg_extra=onclick="pwned()" x"y=1\ta_extra=onload="pwned()"\tstyle=</style><script>\thref=http://x.invalid/"><script>\n' \
    "$title" >names
run said one.folded --nameattr names -o attributes.svg
check xml attributes.svg
if grep -q ' on[a-z]*="pwned' attributes.svg; then fail "a handler from --nameattr"; fi
exit $failed
