/* pipeline_clock.c: what perf takes for the time.
 *
 * Its clock is the scheduler's, which no system call tells. An event that counts nothing is opened
 * for this thread and told of maps; one is made, and the record of it has the time. Where that is
 * not allowed (perf_event_paranoid above 2, seccomp in containers), nobody knows. Source:
 * perf_event_open(2); linux/perf_event.h. */
#include "pipeline_boot.h"

#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_event(void)
{
    struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
                                    .size = sizeof attr,
                                    .config = PERF_COUNT_SW_DUMMY,
                                    .sample_type = PERF_SAMPLE_TIME,
                                    .exclude_kernel = 1,
                                    .exclude_hv = 1,
                                    .mmap = 1,
                                    .mmap_data = 1,
                                    .sample_id_all = 1 };
    return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* The time of the last record: with nothing else asked for, it stands at its end. */
static uint64_t last_time(const struct perf_event_mmap_page *head, const uint8_t *records,
                          size_t size)
{
    uint64_t end = __atomic_load_n(&head->data_head, __ATOMIC_ACQUIRE), time = 0;
    if (end >= sizeof(struct perf_event_header) + sizeof time && end <= size)
        memcpy(&time, records + end - sizeof time, sizeof time);
    return time;
}

uint64_t flame_perf_clock_ns(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint64_t time = 0;
    int fd = open_event();
    if (fd < 0)
        return 0;
    uint8_t *ring = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (ring != MAP_FAILED) {
        void *told = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (told != MAP_FAILED)
            munmap(told, page);
        time = last_time((const struct perf_event_mmap_page *)(void *)ring, ring + page, page);
        munmap(ring, 2 * page);
    }
    close(fd);
    return time;
}
