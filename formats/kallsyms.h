/* kallsyms.h: read the kernel's symbol list, /proc/kallsyms or a copy of it, and /proc/modules. */
#ifndef FLAME_FORMATS_KALLSYMS_H
#define FLAME_FORMATS_KALLSYMS_H

#include <flamedata/str.h>
#include <stdint.h>

/* One line, borrowed from the text.
 *
 * type    as in nm: upper case is global, W and w weak, T code, D and B data
 * module  without brackets; empty for the kernel itself */
struct flame_kallsyms_line {
    uint64_t address;
    struct flame_str name, module;
    char type;
};

/* Call each(user, line) for every line of text[size], until it returns false. Lines that are not of
 * the form "address type name[\t[module]]" are skipped. Returns how many were skipped. */
size_t flame_kallsyms_read(const char *text, size_t size,
                           bool (*each)(void *user, const struct flame_kallsyms_line *line),
                           void *user);

/* A loaded module, borrowed from the text; address 0: hidden. */
struct flame_modules_line {
    struct flame_str name;
    uint64_t address;
};

/* The same for lines of the form "name size users by state 0xaddress [taints]". */
size_t flame_modules_read(const char *text, size_t size,
                          bool (*each)(void *user, const struct flame_modules_line *line),
                          void *user);

#endif
