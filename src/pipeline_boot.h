/* pipeline_boot.h: whether a recording was made in this boot of this machine. */
#ifndef FLAME_PIPELINE_BOOT_H
#define FLAME_PIPELINE_BOOT_H

#include "perf_data.h"

/* This machine's clocks, in ns: the time since 1970, how long it is up, and how long of that it was
 * not suspended. */
struct flame_boot_clocks {
    uint64_t now, up, awake;
};

struct flame_boot_clocks flame_boot_clocks_here(void);

/* Of what is known of a recording, in ns.
 *
 * written   since 1970: when the last of it was written
 * last      of the samples' clock: the last sample's; 0: not known
 * calendar  that clock tells the time of day */
struct flame_boot_claim {
    uint64_t written, last;
    bool calendar;
};

/* written: 0: right now, through a pipe. */
struct flame_boot_claim flame_boot_claim_of(const struct flame_perf_file *file, uint64_t written);

/* Whether the claim is of the boot that these clocks are of. Not certain of another machine that
 * was started in the same minute: names of machines have to be compared, too. */
bool flame_boot_is_this(const struct flame_boot_clocks *here, const struct flame_boot_claim *claim);

#endif
