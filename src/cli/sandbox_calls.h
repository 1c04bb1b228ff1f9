/* sandbox_calls.h: which system calls this process can still make, by libseccomp. */
#ifndef FLAME_CLI_SANDBOX_CALLS_H
#define FLAME_CLI_SANDBOX_CALLS_H

#include <stdbool.h>

/* Whether this system has seccomp, and this build libseccomp. */
bool flame_cli_has_seccomp(void);

/* Give up running programs, looking into other processes, the kernel's own devices, and what
 * changes the system or this process's rights; unless network also sockets, new processes, signals
 * to others, and owners, modes and links of files. What is given up fails with EPERM. It holds for
 * this thread and those that it starts. Does nothing where the system has no seccomp, or the
 * program was built without libseccomp. */
void flame_cli_confine_calls(bool network);

#endif
