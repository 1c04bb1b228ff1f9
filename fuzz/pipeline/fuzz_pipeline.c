/* fuzz_pipeline.c: from the bytes of a recording (perf.data, a pack, folded text) to all that can
 * be made of it.
 *
 * The bytes are a file as it would be given to flamedata, so that any recording is a seed and
 * whatever is found is a file to try. At its end there may be a trailer that chooses:
 *
 *     "fuzz" output  places  flags (2 bytes)  filter  variant
 *
 * Without one all outputs are made, one after the other, with the usual options. The mutator leaves
 * the trailer in its place, and chooses anew now and then. Nothing but the folders of corpus/ is
 * searched for names. */
#define _GNU_SOURCE /* memfd_create */
#include "check.h"
#include "outputs.h"
#include "perf_mutator.h"
#include "random.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t cap, unsigned seed);

struct trailer {
    char magic[4];
    uint8_t output, places, flags[2], filter, variant;
};

static const char magic[4] = { 'f', 'u', 'z', 'z' };

static bool has_trailer(const uint8_t *bytes, size_t size)
{
    return size >= sizeof(struct trailer) &&
           memcmp(bytes + size - sizeof(struct trailer), magic, sizeof magic) == 0;
}

/* Where files are: of the demo, of all architectures, of walks, nowhere. */
static void choose_places(struct flame_symbol_options *places, uint8_t choice)
{
    static const char *const symfs[] = { FLAME_CORPUS, FLAME_CORPUS "/annotate,flat",
                                         FLAME_CORPUS "/unwind,flat", FLAME_CORPUS "/pack" };
    static const char *const debug[] = { FLAME_CORPUS "/demo/debug", FLAME_CORPUS "/pack" };
    places->symfs = symfs[choice & 3];
    places->buildid_dir = debug[(choice & 3) == 3];
    places->no_archive = true;
    places->trust_paths = !(choice & 4);
}

static void choose_filter(struct flame_filter_options *filter, uint8_t choice)
{
    switch (choice & 15) {
    case 1:
        filter->comms = "demo,perf,:7";
        break;
    case 2:
        filter->pids = "1-99999";
        break;
    case 3:
        filter->tids = "0-7,40-70";
        break;
    case 4:
        filter->cpus = "0-3";
        break;
    case 5:
        filter->dsos = "demo,[kernel.kallsyms]";
        break;
    case 6:
        filter->symbols = "main,work";
        break;
    case 7:
        filter->time = "10%-60%";
        break;
    case 8:
        filter->time = "0.0000001,100";
        break;
    case 9:
        filter->max_stack = 3;
        break;
    default:
        break;
    }
}

static void choose(struct fuzz_request *request, const struct trailer *t)
{
    struct flame_session_options *o = &request->session;
    unsigned flags = (unsigned)(t->flags[0] | t->flags[1] << 8);
    choose_places(&o->symbols, t->places);
    choose_filter(&o->filter, t->filter);
    /* Threads take longer to make than most inputs do. */
    o->threads = (t->places & 0xf0) == 0x30 ? 3 : 1;
    o->annotate_kernel = flags & 1;
    o->annotate_jit = flags & 2;
    o->annotate_inlined = flags & 4;
    o->with_pid = flags & 8;
    o->with_tid = flags & 16;
    o->no_inline = flags & 32;
    o->srcline = flags & 64;
    o->show_truncated = flags & 128;
    o->keep_samples = flags & 256;
    o->event = flags & 512 ? "all" : NULL;
    request->variant = t->variant;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct trailer trailer = { .output = FUZZ_OUTPUT_COUNT };
    char path[64];
    if (has_trailer(bytes, size)) {
        size -= sizeof trailer;
        memcpy(&trailer, bytes + size, sizeof trailer);
    }
    int fd = memfd_create("fuzz.data", MFD_CLOEXEC);
    CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    /* What a bomb costs in full is for other tests. */
    struct fuzz_request request = { .path = path,
                                    .session.limits.decompressed = 1 << 19,
                                    .session.limits.records = 1 << 20 };
    choose(&request, &trailer);
    if (trailer.output < FUZZ_OUTPUT_COUNT)
        fuzz_make((enum fuzz_output)trailer.output, &request);
    for (int i = 0; i < FUZZ_OUTPUT_COUNT && trailer.output >= FUZZ_OUTPUT_COUNT; i++)
        fuzz_make((enum fuzz_output)i, &request);
    close(fd);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t cap, unsigned seed)
{
    struct trailer trailer = { .places = 0 };
    uint64_t state = seed;
    bool had = has_trailer(bytes, size), again = !had || flame_random_below(&state, 4) == 0;
    if (cap <= sizeof trailer)
        return LLVMFuzzerMutate(bytes, size, cap);
    if (had) {
        size -= sizeof trailer;
        memcpy(&trailer, bytes + size, sizeof trailer);
    }
    size_t most = cap - sizeof trailer;
    size = size < most ? size : most;
    if (again) {
        uint64_t choices = flame_random(&state);
        memcpy(&trailer, &choices, sizeof choices);
        trailer.output = (uint8_t)flame_random_below(&state, FUZZ_OUTPUT_COUNT);
        trailer.variant = (uint8_t)flame_random_below(&state, 256);
        trailer.filter = (uint8_t)flame_random_below(&state, 32);
        memcpy(trailer.magic, magic, sizeof magic);
    }
    if (size && (!again || flame_random_below(&state, 2)))
        size = flame_fuzz_mutate_perf(bytes, size, most, (unsigned)state);
    memcpy(bytes + size, &trailer, sizeof trailer);
    return size + sizeof trailer;
}
