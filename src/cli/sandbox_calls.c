/* sandbox_calls.c: what a program that reads, computes and writes never calls.
 *
 * A list of what is forbidden, not of what is allowed: which calls libc makes for a thread or a
 * page of memory differs from one libc to the next, and a program that dies of an update protects
 * nobody. By name, because a call that this libseccomp does not know, or this architecture does not
 * have, is then passed over. Source: seccomp(2), and what systemd's and Docker's lists name. */
#define _GNU_SOURCE /* CLONE_THREAD, F_SETSIG */
#include "sandbox_calls.h"

#ifdef FLAME_SECCOMP

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char *const always[] = {
    /* programs, and their insides */
    "execve",
    "execveat",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "process_mrelease",
    "pidfd_open",
    "pidfd_getfd",
    "pidfd_send_signal",
    "kcmp",
    "tkill",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "personality",
    "uselib",
    /* others' shares of the processor and of memory */
    "setpriority",
    "sched_setaffinity",
    "sched_setattr",
    "sched_setparam",
    "sched_setscheduler",
    "ioprio_set",
    "migrate_pages",
    "move_pages",
    /* what others can read, too */
    "shmget",
    "shmat",
    "shmctl",
    "msgget",
    "msgsnd",
    "msgrcv",
    "msgctl",
    "semget",
    "semop",
    "semtimedop",
    "semctl",
    "mq_open",
    "mq_unlink",
    /* ways around what is checked where files are opened */
    "open_by_handle_at",
    "name_to_handle_at",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "io_setup",
    "io_submit",
    "fanotify_init",
    "userfaultfd",
    /* rights */
    "setuid",
    "setuid32",
    "setgid",
    "setgid32",
    "setreuid",
    "setreuid32",
    "setregid",
    "setregid32",
    "setresuid",
    "setresuid32",
    "setresgid",
    "setresgid32",
    "setfsuid",
    "setfsuid32",
    "setfsgid",
    "setfsgid32",
    "setgroups",
    "setgroups32",
    "capset",
    "add_key",
    "request_key",
    "keyctl",
    /* file systems and namespaces */
    "mount",
    "umount",
    "umount2",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "pivot_root",
    "chroot",
    "setns",
    "unshare",
    "swapon",
    "swapoff",
    "quotactl",
    "quotactl_fd",
    "mknod",
    "mknodat",
    "acct",
    /* the kernel */
    "bpf",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "reboot",
    "syslog",
    "iopl",
    "ioperm",
    "vm86",
    "vm86old",
    "modify_ldt",
    "lookup_dcookie",
    "settimeofday",
    "stime",
    "clock_settime",
    "clock_settime64",
    "clock_adjtime",
    "clock_adjtime64",
    "adjtimex",
    "sethostname",
    "setdomainname",
    "vhangup",
};

/* libdebuginfod is a process of its own, that talks to servers and keeps what it gets. */
static const char *const unless_network[] = {
    "socket",        "socketpair", "bind",       "connect",     "listen",       "accept",
    "accept4",       "fork",       "vfork",      "chmod",       "fchmod",       "fchmodat",
    "fchmodat2",     "chown",      "chown32",    "fchown",      "fchown32",     "lchown",
    "lchown32",      "fchownat",   "link",       "symlink",     "symlinkat",    "setxattr",
    "lsetxattr",     "fsetxattr",  "setxattrat", "removexattr", "lremovexattr", "fremovexattr",
    "removexattrat",
};

static void forbid(scmp_filter_ctx filter, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int call = seccomp_syscall_resolve_name(names[i]);
        if (call != __NR_SCMP_ERROR)
            seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
    }
}

/* Forbid a call where its argument at, an int, is as in mask and value. */
static void forbid_with(scmp_filter_ctx filter, int call, unsigned at, uint64_t mask,
                        uint64_t value)
{
    struct scmp_arg_cmp cmp = { at, SCMP_CMP_MASKED_EQ, mask, value };
    seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), call, 1, &cmp);
}

/* A thread is a new process that shares all; what clone3 makes stands in memory, where no filter
 * sees it, so libc is told that there is none. */
static void forbid_processes(scmp_filter_ctx filter)
{
#if defined(__s390__) || defined(__CRIS__)
    const unsigned flags = 1;
#else
    const unsigned flags = 0;
#endif
    forbid_with(filter, SCMP_SYS(clone), flags, CLONE_THREAD, 0);
    int clone3 = seccomp_syscall_resolve_name("clone3");
    if (clone3 != __NR_SCMP_ERROR)
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), clone3, 0);
}

/* A limit of processor time is a signal later, and so is a file's news for its "owner". */
static void forbid_signals(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp others = { 0, SCMP_CMP_NE, (scmp_datum_t)getpid(), 0 };
    const struct scmp_arg_cmp named = { 0, SCMP_CMP_NE, 0, 0 };
    static const char *const owning[] = { "fcntl", "fcntl64" };
    for (size_t i = 0; i < sizeof owning / sizeof *owning; i++) {
        int call = seccomp_syscall_resolve_name(owning[i]);
        if (call == __NR_SCMP_ERROR)
            continue;
        forbid_with(filter, call, 1, UINT32_MAX, F_SETOWN);
        forbid_with(filter, call, 1, UINT32_MAX, F_SETOWN_EX);
        forbid_with(filter, call, 1, UINT32_MAX, F_SETSIG);
    }
    seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prlimit64), 1, &named);
    seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(kill), 1, &others);
    seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1, &others);
}

/* The library asks an event of its own process what time the recording's clock shows
 * (src/pipeline_clock.c). Nobody else is to be watched. */
static void forbid_watching(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp others = { 1, SCMP_CMP_NE, 0, 0 };
    seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(perf_event_open), 1, &others);
}

/* What types for the user into the terminal. */
static void forbid_typing(scmp_filter_ctx filter)
{
    forbid_with(filter, SCMP_SYS(ioctl), 1, UINT32_MAX, TIOCSTI);
#ifdef TIOCLINUX
    forbid_with(filter, SCMP_SYS(ioctl), 1, UINT32_MAX, TIOCLINUX);
#endif
}

bool flame_cli_has_seccomp(void)
{
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}

void flame_cli_confine_calls(bool network)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return;
    /* Old kernels would slow down speculation otherwise, for all that is computed from here on. */
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
    forbid(filter, always, sizeof always / sizeof *always);
    forbid_watching(filter);
    forbid_typing(filter);
    if (!network) {
        forbid(filter, unless_network, sizeof unless_network / sizeof *unless_network);
        forbid_processes(filter);
        forbid_signals(filter);
    }
    seccomp_load(filter);
    seccomp_release(filter);
}

#else

bool flame_cli_has_seccomp(void)
{
    return false;
}

void flame_cli_confine_calls(bool network)
{
    (void)network;
}

#endif
