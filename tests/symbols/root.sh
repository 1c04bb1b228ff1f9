# root.sh: a root of its own for the program: it, the libraries that it needs, and nothing else: no /proc, no
# /usr/lib/debug, no binaries of recordings. Read by test scripts.

# make_root FOLDER: false where that cannot be
make_root() {
    command -v chroot >/dev/null 2>&1 && [ "$(id -u)" = 0 ] || return 1
    mkdir -p "$1/bin" "$1/tmp"
    cp "$FLAMEDATA" "$1/bin/flamedata"
    for library in $(ldd "$FLAMEDATA" | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }'); do
        mkdir -p "$1$(dirname "$library")"
        cp "$library" "$1$library"
    done
    chroot "$1" /bin/flamedata --version >/dev/null 2>&1
}

# in_root FOLDER ARGUMENTS...
in_root() {
    new_root=$1
    shift
    env -i HOME=/ TMPDIR=/tmp "$(command -v chroot)" "$new_root" /bin/flamedata "$@"
}
