# shellcheck shell=sh
# bases.sh: what is mutated, and the mutants. To be sourced.
#
#     FLAME_SOURCE, FLAME_MAKE_MUTANTS, FLAME_MAKE_RECORDINGS, FLAME_RECORD_STACKS name the tree and the tools.
#
# make_sets FOLDER makes these sets of mutants in it:
#
#     recordings  1,500 of the recordings of corpus/
#     objects       400 of the ELF files: folders with a sound perf.data and root/cross/NAME.elf
#     maps           80 of the names of JIT-compiled code: folders with a sound perf.data and perf-41.map
#     kernels        80 of the kernel's names: folders with a sound perf.data and kallsyms
#     packs         140 of packs and other archives
#     folded        160 of folded stacks

# arch_of NAME: what uname -m says where such a program runs
arch_of() {
    case $1 in
    *i386*) echo i686 ;;
    *aarch64*) echo aarch64 ;;
    *arm* | *thumb*) echo armv7l ;;
    *mips*) echo mips ;;
    *riscv64*) echo riscv64 ;;
    *ppc64le*) echo ppc64le ;;
    *ppc64*) echo ppc64 ;;
    *s390x*) echo s390x ;;
    *) echo x86_64 ;;
    esac
}

# with_object NAME FILE: the folder of a program, whose recording is yet to come
with_object() {
    mkdir -p "$bases/objects/$1/root/cross"
    cp "$2" "$bases/objects/$1/root/cross/"
    chmod u+w "$bases/objects/$1/root/cross"/*
}

# with_names SET KIND FILE: a recording of process 41, and the file that names its code or the kernel's
with_names() {
    base=$bases/$1/$(basename "${3%.*}")
    mkdir -p "$base"
    cp "$corpus/perf_data/good-file-le.data" "$base/perf.data"
    cp "$3" "$base/$2"
}

make_bases() {
    bases=$1
    corpus=$FLAME_SOURCE/corpus
    mkdir -p "$bases/recordings" "$bases/folded" "$bases/packs"
    cp -r "$corpus"/perf_data/*.data "$corpus"/demo/*.data "$bases/recordings"
    cp "$corpus"/perf_data/*.folded "$corpus"/demo/*.folded "$corpus"/folded/*.folded "$bases/folded"
    cp "$corpus"/pack/*.fdpack "$corpus"/pack/*.tar* "$corpus"/pack/*.zip "$bases/packs"
    for file in "$corpus"/perf_data/*.map "$corpus"/perf_map/*.map; do
        with_names maps perf-41.map "$file"
    done
    for file in "$corpus"/kallsyms/*.kallsyms; do
        with_names kernels kallsyms "$file"
    done
    for elf in "$corpus"/annotate/*.elf "$corpus"/object/*.elf "$corpus"/debug_info/*.elf; do
        name=$(basename "$(dirname "$elf")")-$(basename "$elf" .elf)
        with_object "$name" "$elf"
        # Some have no code, or no build-id by which they could be known.
        "$FLAME_MAKE_RECORDINGS" "$bases/objects/$name/perf.data" "$elf" "$(arch_of "$name")" 12 2>/dev/null ||
            rm -r "$bases/objects/$name"
    done
    # Copied stacks, to be walked by the call-frame information.
    for elf in "$corpus"/unwind/*.elf; do
        name=$(basename "$elf" .elf)
        with_object "unwind-$name" "$elf"
        "$FLAME_RECORD_STACKS" "$bases/objects/unwind-$name/perf.data" "$name" || return
    done
}

make_sets() {
    make_bases "$1/bases" || return
    for set in recordings:1500 objects:400 maps:80 kernels:80 packs:140 folded:160; do
        mkdir "$1/${set%:*}"
        "$FLAME_MAKE_MUTANTS" "$1/bases/${set%:*}" "$1/${set%:*}" "${set#*:}" || return
    done
    rm -rf "$1/bases"
}

# sum_of FOLDER: by which a set is known again. libzstd's version is part of it.
sum_of() {
    (cd "$1" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
}
