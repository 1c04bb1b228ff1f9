/* perf_builder.h: build a perf.data in memory, for tests.
 *
 *     struct perf_builder *b = builder_new((struct builder_options){ .big_endian = true });
 *     builder_attr(b, &attr, "cycles", 2, (uint64_t[]){ 71, 72 });
 *     builder_mmap2(b, 5, 5, 0x400000, 0x1000, 0, "/bin/true");
 *     builder_sample(b, &(struct flame_sample){ .ip = 0x400123, .where = { 5, 5, 100 } });
 *     struct flame_bytes file = builder_finish(b);
 *     ...
 *     builder_free(b);
 *
 * The control of the reader: it shares no code with it, only the structs that both speak, and it
 * writes what they say, right or wrong. What the structs cannot say is built by hand from
 * builder_begin, builder_u32 ... builder_end. A builder that is misused or out of memory aborts the
 * test. Source: docs/formats/perf_data.md. */
#ifndef FLAME_TESTS_PERF_BUILDER_H
#define FLAME_TESTS_PERF_BUILDER_H

#include <flamedata/record.h>
#include <stddef.h>

/* Stands for a field that is to be zero where zero means the default. */
#define BUILDER_ZERO UINT32_MAX

enum builder_form {
    BUILDER_FILE,
    BUILDER_V1,     /* as perf before 3.5: another magic */
    BUILDER_PIPE,   /* attrs and features are records at the beginning of the data */
    BUILDER_STREAM, /* records alone, as data.N of a folder: attrs shape them, and are not written
                     */
};

/* All zero: what perf 6.1 writes on a little-endian machine.
 *
 * attr_size    bytes of the attr struct in the table; 0 means 128. Bytes behind the fields that are
 *              known (144) are 0xee
 * attr_claims  the size that the attr says of itself, if not attr_size; BUILDER_ZERO for 0
 * header_size  0 means 104; 72 leaves the feature map out
 * map_word     bytes of the writer's unsigned long, of which a big-endian feature map is made; 0
 *              means 8
 * killed       as if the recorder had been killed: data size 0, no features
 * attrs_last   ids and attrs stand behind everything else, as perf inject may leave them
 * gap          bytes of 0xee between sections */
struct builder_options {
    enum builder_form form;
    bool big_endian, killed, attrs_last;
    uint32_t attr_size, attr_claims, header_size, map_word, gap;
};

struct perf_builder;

struct perf_builder *builder_new(struct builder_options options);
void builder_free(struct perf_builder *b);

/* Add an event; returns its index. flags are numbered as in struct flame_event_attr. When any event
 * has a name (not NULL), the file gets an EVENT_DESC. Everything is copied. */
uint32_t builder_attr(struct perf_builder *b, const struct flame_event_attr *attr, const char *name,
                      size_t id_count, const uint64_t *ids);

/* Add a row to the table of names that perf before 3.x wrote; in pipe form it is a record. */
void builder_event_type(struct perf_builder *b, uint64_t config, const char *name);

/* Primitives: append to what is being written, in the file's byte order. */
void builder_u8(struct perf_builder *b, uint8_t v);
void builder_u16(struct perf_builder *b, uint16_t v);
void builder_u32(struct perf_builder *b, uint32_t v);
void builder_u64(struct perf_builder *b, uint64_t v);
void builder_bytes(struct perf_builder *b, const void *bytes, size_t size);
/* s, a NUL, and zeros up to a multiple of `multiple` bytes since the record's start. */
void builder_text(struct perf_builder *b, const char *s, size_t multiple);
/* A feature's string: u32 length, then s padded to a multiple of 64. */
void builder_string(struct perf_builder *b, const char *s);

/* A record around primitives; builder_end fills its size in, of simpleperf's types (from 32768 on)
 * all 32 bits of it, the upper ones in place of misc. */
void builder_begin(struct perf_builder *b, uint32_t type, uint16_t misc);
void builder_end(struct perf_builder *b);
/* The sample_id trailer that event attr asks for (nothing when it lacks sample_id_all). */
void builder_trailer(struct perf_builder *b, uint32_t attr, const struct flame_sample_id *where);

/* A whole kernel record, as the reader would decode it; arrays are in host order. Trailer included:
 * time 0 and id 0 (as perf synthesizes records) when r->where is all zero. */
void builder_record(struct perf_builder *b, const struct flame_record *r);

/* A whole SAMPLE of event s->attr. Arrays (chain, branches, counters, regs, read) are in host
 * order. stack.size is the valid part; the dump is padded with zeros to a multiple of 8. Without
 * branches, branch_hw_index FLAME_ID_NONE leaves that word out. */
void builder_sample(struct perf_builder *b, const struct flame_sample *s);

/* Words for those arrays: .chain = WORDS(1, 2, 3), .chain_count = 3. They live to the end of the
 * enclosing block. */
#define WORDS(...) ((const uint8_t *)(const uint64_t[]){ __VA_ARGS__ })

/* The records that every test needs, with a trailer of time 0. */
void builder_comm(struct perf_builder *b, int32_t pid, int32_t tid, const char *comm);
void builder_mmap2(struct perf_builder *b, int32_t pid, int32_t tid, uint64_t start, uint64_t len,
                   uint64_t pgoff, const char *filename);

/* An EVENT_UPDATE that gives the event with this id a name. */
void builder_rename(struct perf_builder *b, uint64_t id, const char *name);

/* What is written between these two becomes COMPRESSED records (type 81, or 83), each made of chunk
 * bytes (0: 32 KiB) without regard to where records end. One zstd frame serves the whole file,
 * unless a new one is asked for. */
void builder_compressed_begin(struct perf_builder *b);
void builder_compressed_end(struct perf_builder *b, size_t chunk, uint32_t type);
void builder_compressed_anew(struct perf_builder *b);

/* What is written between these two is the section of a feature. */
void builder_feature_begin(struct perf_builder *b, uint32_t bit);
void builder_feature_end(struct perf_builder *b);
/* A feature that is one string. */
void builder_feature_string(struct perf_builder *b, uint32_t bit, const char *s);

/* The whole file, owned by the builder; size can be made smaller to cut it. Call it once. */
struct flame_bytes builder_finish(struct perf_builder *b);

/* Bytes of the record data so far: the next record's offset in the data section. */
size_t builder_data_size(const struct perf_builder *b);

#endif
