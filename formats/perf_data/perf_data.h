/* perf_data.h: read Linux perf.data: from bytes to records and samples.
 *
 * Takes bytes, never paths (path is for messages alone). Everything decoded borrows from the bytes
 * or from the file's arena. A foreign byte order is a flag of the cursor. Source:
 * docs/formats/perf_data.md. */
#ifndef FLAME_PERF_DATA_H
#define FLAME_PERF_DATA_H

#include "arena.h"
#include "attr.h"
#include "feature.h"
#include "vec.h"

/* One event: its attr, its name, and the ids by which records refer to it. */
struct flame_perf_event {
    struct flame_event_attr attr;
    struct flame_str name;
};

struct flame_perf_id {
    uint64_t id;
    uint32_t event;
};

/* Where records keep their event's id, as the first event's sample_type has it.
 *
 * sample   index of the word behind a SAMPLE's header; -1: samples carry none
 * trailer  index from the end of another record, 1 for its last word; 0: there is none
 * alike    all events lay their samples out in the same way */
struct flame_perf_id_place {
    int sample;
    uint32_t trailer;
    bool alike;
};

/* An open file.
 *
 * data_offset, data_size  where the records lie; cut to what the bytes hold
 * truncated     FLAME_OK, or why data_size is less than the header says
 * ids           sorted by id
 * bad_features  sections that could not be read; the first one's message in bad_feature */
struct flame_perf_file {
    const uint8_t *bytes;
    size_t size;
    const char *path;
    bool swap, big_endian;
    struct flame_arena arena;
    FLAME_VEC(struct flame_perf_event) events;
    FLAME_VEC(struct flame_perf_id) ids;
    struct flame_perf_id_place id_place;
    struct flame_perf_features features;
    uint64_t data_offset, data_size;
    struct flame_error truncated;
    uint64_t bad_features;
    struct flame_error bad_feature;
};

/* Whether the bytes begin as a perf.data in file mode, pipe mode or version 1 does. */
bool flame_perf_probe(const void *bytes, size_t size);

/* Read header, attrs and features. bytes and path must outlive file.
 * Errors: FLAME_FORMAT (not a perf.data), FLAME_UNSUPPORTED (pipe mode, version 1),
 * FLAME_TRUNCATED, FLAME_CORRUPT, FLAME_NOMEM; file is then closed. */
enum flame_status flame_perf_open(struct flame_perf_file *file, const void *bytes, size_t size,
                                  const char *path, struct flame_error *error);
void flame_perf_close(struct flame_perf_file *file);

/* One record as it stands. offset and position as in struct flame_record. */
struct flame_perf_raw {
    uint32_t type;
    uint16_t misc, size;
    const uint8_t *bytes; /* size bytes, header included */
    uint64_t offset, position;
};

/* A run of whole records. borrowed: the bytes live as long as the file; else they lie in the buffer
 * that was given to flame_perf_stream_next, until its next use. */
struct flame_perf_block {
    const uint8_t *bytes;
    size_t size;
    uint64_t offset, position;
    bool borrowed, compressed;
};

/* Walk a block: start with *at = 0. False at its end. */
bool flame_perf_block_next(const struct flame_perf_block *block, bool swap, size_t *at,
                           struct flame_perf_raw *raw);

/* Decompression memory of one reader; all zero to begin with. */
struct flame_perf_buffer {
    uint8_t *bytes;
    size_t cap;
};
void flame_perf_buffer_free(struct flame_perf_buffer *buffer);

/* The data section as a stream of blocks, decompressed in order. Two streams over one file give the
 * same blocks with the same positions.
 *
 * damage      FLAME_OK, or why the stream ended early or a compressed part was lost
 * lost_bytes  bytes of the file that could not be used, behind the first damage */
struct flame_perf_stream {
    const struct flame_perf_file *file;
    uint64_t at, position;
    struct flame_perf_zstd *zstd;
    struct flame_error damage;
    uint64_t lost_bytes;
};

void flame_perf_stream_init(struct flame_perf_stream *stream, const struct flame_perf_file *file);
void flame_perf_stream_deinit(struct flame_perf_stream *stream);

/* The next block. FLAME_OK, FLAME_EMPTY at the end, FLAME_NOMEM. */
enum flame_status flame_perf_stream_next(struct flame_perf_stream *stream,
                                         struct flame_perf_buffer *buffer,
                                         struct flame_perf_block *block);

/* Find out id_place, once all events are known. */
void flame_perf_place_ids(struct flame_perf_file *file);

/* Which event a record belongs to, by perf's rules; false when its id is unknown. */
bool flame_perf_event_of(const struct flame_perf_file *file, const struct flame_perf_raw *raw,
                         uint32_t *event);

/* Decode a kernel record other than SAMPLE. out is untouched on failure: FLAME_TRUNCATED or
 * FLAME_CORRUPT with the field and its offset; FLAME_UNSUPPORTED for types that are not the
 * kernel's. Strings that lack their NUL end with the record. */
enum flame_status flame_perf_record_decode(const struct flame_perf_file *file,
                                           const struct flame_perf_raw *raw,
                                           struct flame_record *out, struct flame_error *error);

/* Decode a SAMPLE; as above.
 * A sample_type bit that is not known ends the decoding: everything before it is there, what comes
 * behind is absent. */
enum flame_status flame_perf_sample_decode(const struct flame_perf_file *file,
                                           const struct flame_perf_raw *raw,
                                           struct flame_sample *out, struct flame_error *error);

#endif
