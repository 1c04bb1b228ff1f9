/* pipeline_boot.h: whether a recording was made in this boot of this machine. */
#ifndef FLAME_PIPELINE_BOOT_H
#define FLAME_PIPELINE_BOOT_H

#include "perf_data.h"

/* This machine's clocks, in ns: the time since 1970; how long it is up, and how long of that it was
 * not suspended, with and without what was corrected since; and what perf takes for the time, 0 if
 * it must not be asked. */
struct flame_boot_clocks {
    uint64_t now, up, awake, raw, perf;
};

struct flame_boot_clocks flame_boot_clocks_here(void);

/* What perf takes for the time. */
uint64_t flame_perf_clock_ns(void);

/* A clockid_t of Linux, or one of these. */
enum {
    FLAME_CLOCK_PERF = -1,    /* perf's own */
    FLAME_CLOCK_UNKNOWN = -2, /* several, or one that does not begin with the boot */
    FLAME_CLOCK_MONOTONIC = 1,
    FLAME_CLOCK_MONOTONIC_RAW = 4,
    FLAME_CLOCK_BOOTTIME = 7,
};

/* Of what is known of a recording, in ns.
 *
 * written  since 1970: when the last of it was written
 * last     of the samples' clock: the last sample's; 0: not known
 * clock    the samples' */
struct flame_boot_claim {
    uint64_t written, last;
    int clock;
};

/* written: 0: right now, through a pipe. */
struct flame_boot_claim flame_boot_claim_of(const struct flame_perf_file *file, uint64_t written);

/* Whether the claim is of the boot that these clocks are of. Not certain of another machine that
 * was started in the same minute: machines have to be compared, too. */
bool flame_boot_is_this(const struct flame_boot_clocks *here, const struct flame_boot_claim *claim);

/* The earliest that the last sample of such a claim may have been taken, in ns since 1970. */
uint64_t flame_boot_ended(const struct flame_boot_clocks *here,
                          const struct flame_boot_claim *claim);

#endif
