/* corpus_simpleperf.c: recordings of Android's simpleperf, which carry their symbols along.
 * Source: docs/formats/simpleperf.md. */
#include "corpus.h"
#include "simpleperf_builder.h"

#define MODULE UINT64_C(0xffffffc001000000)
#define METHOD UINT64_C(0x60000000)
#define TEXT UINT64_C(0xffffffc008000000)

enum { HARDWARE = 0, PMU = 9, KERNEL_KIND = 0, ELF_KIND = 2, FILE_V1 = 128, FILE2 = 132 };

static const char library[] = "/data/app/base.apk!/lib/arm64/libapp.so";
static const char jit_file[] = "/data/TMP_jit_app_cache:256-128";
static const char old_library[] = "/system/lib/libold.so";
static const struct built_symbol code[] = { { 0x2000, 0x10, "_ZN3app4leafEv" },
                                            { 0x2010, 0x10, "_ZN3app5innerEi" },
                                            { 0x2020, 0x10, "main" } };
static const struct built_symbol kernel[] = { { TEXT, 0x10, "schedule" },
                                              { TEXT + 0x10, 0x10, "do_idle" } };
static const struct built_symbol method[] = { { METHOD, 0x80, "org.app.Hot.loop" } };
static const struct built_symbol_file files[] = {
    { library, ELF_KIND, 0x2000, 0x1000, code, 3 },
    { "[kernel.kallsyms]", KERNEL_KIND, 0, 0, kernel, 2 },
    { jit_file, ELF_KIND, 0, UINT64_MAX, method, 1 },
};

static const struct built_symbol_file old_files[] = {
    { library, ELF_KIND, 0x2000, UINT64_MAX, code, 3 },
    { "[kernel.kallsyms]", KERNEL_KIND, 0, 0, kernel, 2 },
};

static void put_event(struct perf_builder *b, uint32_t type, uint64_t config)
{
    struct flame_event_attr attr = corpus_attr();
    attr.type = type;
    attr.config = config;
    builder_attr(b, &attr, NULL, 1, (uint64_t[]){ ID });
}

static void put_maps(struct perf_builder *b, const char *user)
{
    builder_comm(b, APP, APP, "com.example.app");
    builder_record(
        b, &(struct flame_record){ .type = FLAME_RECORD_MMAP,
                                   .misc = FLAME_MODE_KERNEL,
                                   .map = { .pid = -1,
                                            .tid = 0,
                                            .len = UINT64_MAX,
                                            .filename = flame_str_from("[kernel.kallsyms]") } });
    builder_mmap2(b, APP, APP, LIBRARY, 0x1000, 0x1000, user);
}

/* A method that the JIT compiled: a map of its own over the JIT's memory, marked by a bit of prot.
 */
static void map_jit(struct perf_builder *b)
{
    enum { JIT_SYMFILE = 0x4000 };
    builder_record(b, &(struct flame_record){ .type = FLAME_RECORD_MMAP2,
                                              .misc = FLAME_MODE_USER,
                                              .map = { .pid = APP,
                                                       .tid = APP,
                                                       .start = METHOD,
                                                       .len = 0x80,
                                                       .pgoff = 0x100,
                                                       .prot = JIT_SYMFILE,
                                                       .filename = flame_str_from(jit_file) } });
}

/* simpleperf has moved callers back to their calls: the first byte of inner calls leaf. */
static void put_new(struct perf_builder *b)
{
    put_event(b, PMU, 17);
    put_maps(b, library);
    corpus_sample(b, MS(1), CHAIN(FLAME_CONTEXT_USER, LIBRARY + 4, LIBRARY + 0x10, LIBRARY + 0x24));
    corpus_sample(
        b, MS(2),
        CHAIN(FLAME_CONTEXT_KERNEL, TEXT + 4, TEXT + 0x10, FLAME_CONTEXT_USER, LIBRARY + 0x24));
    map_jit(b);
    corpus_sample(b, MS(3), CHAIN(FLAME_CONTEXT_USER, METHOD + 0x44, LIBRARY + 0x24));
    builder_feature_begin(b, FILE2);
    for (size_t i = 0; i < 3; i++)
        builder_symbol_file(b, &files[i]);
    builder_feature_end(b);
    builder_meta_info(b, "simpleperf_version", "1.build.1", "event_type_info", "raw-l1d,9,17",
                      (char *)NULL);
}

/* The first versions: no meta information, a section FILE that does not tell where in the library
 * its code is, callers as the kernel has them. */
static void put_old(struct perf_builder *b)
{
    put_event(b, HARDWARE, 0);
    put_maps(b, library);
    corpus_sample(b, MS(1), CHAIN(FLAME_CONTEXT_USER, LIBRARY + 4, LIBRARY + 0x20, LIBRARY + 0x28));
    builder_feature_begin(b, FILE_V1);
    for (size_t i = 0; i < 2; i++)
        builder_symbol_file_v1(b, &old_files[i]);
    builder_feature_end(b);
}

/* KERNEL_SYMBOL, in pieces of 48 bytes. */
static void put_split_kallsyms(struct perf_builder *b)
{
    static const char text[] = "ffffffc008000000 T schedule\nffffffc008000010 t do_idle\n"
                               "ffffffc001000000 t wlan_rx\t[wlan]\n";
    enum { LENGTH = sizeof text - 1, SIZE = (12 + LENGTH + 7) / 8 * 8, TYPE = 32769 };
    uint8_t record[SIZE] = { TYPE & 0xff, TYPE >> 8, 0, 0, 0, 0, SIZE, 0, LENGTH };
    memcpy(record + 12, text, LENGTH);
    builder_split(b, record, SIZE, 48);
}

/* An older way still: symbols in records, and what is too long for one in pieces. */
static void put_records(struct perf_builder *b)
{
    put_event(b, HARDWARE, 0);
    put_split_kallsyms(b);
    put_maps(b, old_library);
    builder_begin(b, FLAME_RECORD_SIMPLEPERF_DSO, 0);
    builder_u64(b, ELF_KIND);
    builder_u64(b, 31); /* its id */
    builder_u64(b, 0x2000);
    builder_text(b, old_library, 8);
    builder_end(b);
    for (size_t i = 0; i < 3; i++) {
        builder_begin(b, FLAME_RECORD_SIMPLEPERF_SYMBOL, 0);
        builder_u64(b, code[i].vaddr);
        builder_u64(b, code[i].size);
        builder_u64(b, 31);
        builder_text(b, code[i].name, 8);
        builder_end(b);
    }
    corpus_sample(b, MS(1),
                  CHAIN(FLAME_CONTEXT_KERNEL, MODULE + 4, TEXT + 0x20, FLAME_CONTEXT_USER,
                        LIBRARY + 0x14, LIBRARY + 0x28));
}

const struct corpus_file corpus_simpleperf[] = {
    { "good-simpleperf", put_new, { 0 }, NULL },
    { "good-simpleperf-old", put_old, { 0 }, NULL },
    { "good-simpleperf-split", put_records, { 0 }, NULL },
    { .name = NULL },
};
