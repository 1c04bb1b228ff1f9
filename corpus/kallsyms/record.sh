#!/bin/sh
# record.sh: take good-recorded.kallsyms from the kernel that runs here; as root, else it hides its addresses.
set -eu
cd "$(dirname "$0")"
awk '/\t/ ? modules++ < 20 : NR <= 30 || NR % 4000 == 0' /proc/kallsyms >good-recorded.kallsyms
