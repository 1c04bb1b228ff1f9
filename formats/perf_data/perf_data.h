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

#include <flamedata/limits.h>

/* One event: its attr, and its name, of at most 256 bytes. */
struct flame_perf_event {
    struct flame_event_attr attr;
    struct flame_str name;
};

/* What perf before 3.x calls the events of a config. */
struct flame_perf_event_type {
    uint64_t config;
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

/* A run of records that lies in one file: the data section, what follows the header of a pipe, one
 * data.N of a directory. Each has a zstd stream of its own.
 *
 * offset, size  where the records lie in bytes; cut to what is there
 * cut           that there should be more is among the file's losses */
struct flame_perf_part {
    const uint8_t *bytes;
    const char *path;
    uint64_t offset, size;
    bool cut;
};

enum flame_perf_form {
    FLAME_PERF_FORM_FILE,
    FLAME_PERF_FORM_V1,
    FLAME_PERF_FORM_PIPE,
};

/* What could not be read: the first few one by one, all in sum.
 *
 * early  records were read behind one of them, of which some may mean less without what was lost
 * tell   called with each loss of a stream once it is known what it has cost; NULL for nobody */
enum { FLAME_PERF_LOSSES = 8 };

struct flame_perf_losses {
    struct flame_loss items[FLAME_PERF_LOSSES + 1]; /* the last one is for all the others */
    uint64_t count, bytes;
    bool early;
    void (*tell)(void *user, const struct flame_loss *loss);
    void *user;
};

/* The next loss, to be filled in; beyond the last one that is kept, a place that nobody reads. */
struct flame_loss *flame_perf_lose(struct flame_perf_losses *losses);

/* A loss that may still grow. kept: where it stands among the losses, or NULL if not one by one. */
struct flame_perf_wound {
    struct flame_loss loss;
    struct flame_loss *kept;
    bool open;
};

/* Begin a loss for this reason; let it grow; and end it, which tells it. Ending one that is not
 * open does nothing. */
void flame_perf_wound_begin(struct flame_perf_losses *losses, struct flame_perf_wound *wound,
                            const struct flame_error *error);
void flame_perf_wound_grow(struct flame_perf_losses *losses, struct flame_perf_wound *wound,
                           uint64_t bytes);
void flame_perf_wound_end(struct flame_perf_losses *losses, struct flame_perf_wound *wound);

/* Add all of more behind what is in losses. */
void flame_perf_losses_add(struct flame_perf_losses *losses, const struct flame_perf_losses *more);

/* An open recording.
 *
 * parts         in the order in which they were added; the first is the file's own
 * losses        what the header promised and the file does not hold
 * ids           sorted by id
 * event_types   sorted by config
 * bad_features  sections that could not be read; the first one's message in bad_feature
 * limits        of what is read */
struct flame_perf_file {
    const uint8_t *bytes;
    size_t size;
    const char *path;
    enum flame_perf_form form;
    bool swap, big_endian;
    struct flame_arena arena;
    FLAME_VEC(struct flame_perf_event) events;
    FLAME_VEC(struct flame_perf_id) ids;
    FLAME_VEC(struct flame_perf_event_type) event_types;
    struct flame_perf_id_place id_place;
    struct flame_perf_features features;
    FLAME_VEC(struct flame_perf_part) parts;
    struct flame_perf_losses losses;
    uint64_t bad_features;
    struct flame_error bad_feature;
    struct flame_limits limits;
};

/* Whether the bytes begin as a perf.data in file mode, pipe mode or version 1 does. */
bool flame_perf_probe(const void *bytes, size_t size);

/* Read header, attrs and features; of a pipe, the records that stand for them, up to the first
 * sample. bytes and path must outlive file.
 * Errors: FLAME_FORMAT (not a perf.data), FLAME_TRUNCATED, FLAME_CORRUPT, FLAME_LIMIT, FLAME_NOMEM;
 * file is then closed. */
enum flame_status flame_perf_open(struct flame_perf_file *file, const void *bytes, size_t size,
                                  const char *path, struct flame_error *error);
/* The same within limits; NULL: the defaults. */
enum flame_status flame_perf_open_within(struct flame_perf_file *file, const void *bytes,
                                         size_t size, const char *path,
                                         const struct flame_limits *limits,
                                         struct flame_error *error);
void flame_perf_close(struct flame_perf_file *file);

/* Add a data.N of a directory: records from its first byte on. bytes and path must outlive file.
 * FLAME_OK or FLAME_NOMEM. */
enum flame_status flame_perf_add_part(struct flame_perf_file *file, const void *bytes, size_t size,
                                      const char *path);

/* One record as it stands. offset and position as in struct flame_record; path is the part's.
 * Simpleperf's own types (from 32768 on) use the bytes of misc for a size of 32 bits. */
struct flame_perf_raw {
    uint32_t type;
    uint16_t misc;
    uint32_t size;
    const uint8_t *bytes; /* size bytes, header included */
    const char *path;
    uint64_t offset, position;
};

/* A run of whole records. borrowed: the bytes live as long as the file; else they lie in the buffer
 * that was given to flame_perf_stream_next, until its next use. */
struct flame_perf_block {
    const uint8_t *bytes;
    size_t size;
    const char *path;
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

/* The search for records to go on with.
 *
 * phase    remainder by 8 of the places where they are expected; 8 where any may be one
 * hint     where they are looked for first; 0 for nowhere
 * none     by remainder: up to here none begins, from where the last search began
 * headers  how many were looked at */
struct flame_perf_search {
    uint64_t phase, hint, none[8], headers;
};

/* All parts as one stream of blocks, decompressed in order. Two streams over one file give the same
 * blocks with the same positions.
 *
 * part, at   where the next record is looked for
 * holders    set it after init: compressed records come too, each as a block of its own before what
 *            it holds. Such a block takes no place in the uncompressed stream
 * held       the record at `at` has come as such a block
 * zstd       the part's frame, or NULL; wound is then what it ended with, as far as that goes on
 * packed     there was a compressed record; expanded: to how many bytes they have come
 * counting   a limit of records may be reached; records: so many have been handed out
 * plain      the last run of records that are not compressed, from this offset up to plain_end;
 *            behind it they are expected in plain_phase. time is about when they were made, or 0
 * sought     where another recording may begin, from here on: behind the beginning of the last
 * record that is out of doubt losses     what was stepped over, so far */
struct flame_perf_stream {
    const struct flame_perf_file *file;
    size_t part;
    uint64_t at, position;
    bool holders, held;
    struct flame_perf_zstd *zstd;
    struct flame_perf_wound wound;
    uint64_t expanded, records;
    bool packed, counting;
    uint64_t plain, plain_end, plain_phase, time, sought;
    struct flame_perf_search search;
    struct flame_perf_losses losses;
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

/* Which event has the id; false, and *event as it was, when none has. */
bool flame_perf_find_id(const struct flame_perf_file *file, uint64_t id, uint32_t *event);

/* Which event an id belongs to; false when it is unknown. Of a single event all ids are. */
bool flame_perf_event_of_id(const struct flame_perf_file *file, uint64_t id, uint32_t *event);

/* Decode a kernel record other than SAMPLE. out is untouched on failure: FLAME_TRUNCATED or
 * FLAME_CORRUPT with the field and its offset; FLAME_UNSUPPORTED for types that are not the
 * kernel's. Strings that lack their NUL end with the record. */
enum flame_status flame_perf_record_decode(const struct flame_perf_file *file,
                                           const struct flame_perf_raw *raw,
                                           struct flame_record *out, struct flame_error *error);

/* Decode a SAMPLE; as above, but that out is of no use after a failure: there are millions, and
 * each is decoded where it is to be. A sample_type bit that is not known ends the decoding:
 * everything before it is there, what comes behind is absent. An off-CPU sample is decoded to the
 * thread, period and call chain that its raw bytes tell. */
enum flame_status flame_perf_sample_decode(const struct flame_perf_file *file,
                                           const struct flame_perf_raw *raw,
                                           struct flame_sample *out, struct flame_error *error);

#endif
