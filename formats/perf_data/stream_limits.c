/* stream_limits.c: a stream ends where a limit says so; what is behind is one loss.
 *
 * A record has 8 bytes at least, so that most files cannot have too many, and are not counted. */
#include "stream_limits.h"

#include "bounds.h"
#include "frame.h"
#include "sum.h"

/* Stacks of 64 KiB that were copied from a loop expand 400 times, and all of them together. */
enum { EXPANSION = 1000, RECORD_LEAST = 8 };

static uint64_t bytes_from(const struct flame_perf_file *file, size_t part)
{
    uint64_t sum = 0;
    for (; part < file->parts.count; part++)
        sum = flame_sum(sum, file->parts.items[part].size);
    return sum;
}

uint64_t flame_perf_decompressed_limit(const struct flame_perf_file *file)
{
    uint64_t limit = flame_limit_of(&file->limits, FLAME_LIMIT_DECOMPRESSED);
    uint64_t size = bytes_from(file, 0);
    uint64_t many = size < UINT64_MAX / EXPANSION ? size * EXPANSION : UINT64_MAX;
    return file->limits.decompressed || limit > many ? limit : many;
}

/* perf compresses what is in one ring buffer, of mmap_len with its first page. */
uint64_t flame_perf_record_limit(const struct flame_perf_file *file)
{
    enum { PAGE = 4096, LARGEST = 256 << 20 };
    uint32_t mmap_len = file->features.compressed.mmap_len;
    bool sane = mmap_len >= 2 * PAGE && mmap_len % PAGE == 0 && mmap_len <= LARGEST;
    return sane && !file->limits.record ? mmap_len
                                        : flame_limit_of(&file->limits, FLAME_LIMIT_RECORD);
}

bool flame_perf_may_have_many(const struct flame_perf_file *file)
{
    bool compressed = file->features.compressed.type || file->form == FLAME_PERF_FORM_PIPE;
    uint64_t most = bytes_from(file, 0);
    if (compressed)
        most = flame_sum(most, flame_perf_decompressed_limit(file));
    return flame_limit_of(&file->limits, FLAME_LIMIT_RECORDS) < most / RECORD_LEAST;
}

static bool is_holder(const struct flame_perf_block *block, const struct flame_perf_raw *raw)
{
    return block->borrowed &&
           (raw->type == FLAME_RECORD_COMPRESSED || raw->type == FLAME_RECORD_COMPRESSED2);
}

/* The record raw, at an offset of the block, is one too many. */
static void end_at(struct flame_perf_stream *s, struct flame_perf_block *block, size_t at,
                   const struct flame_perf_raw *raw)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_perf_wound wound = { 0 };
    size_t last = s->file->parts.count - 1;
    uint64_t lost = block->size - at + (s->file->parts.items[s->part].size - s->at);
    if (s->part < last)
        lost = flame_sum(lost, bytes_from(s->file, s->part + 1));
    flame_perf_end_frame(s);
    flame_fail_limit(&error, FLAME_LIMIT_RECORDS,
                     flame_limit_of(&s->file->limits, FLAME_LIMIT_RECORDS), raw->path, raw->offset,
                     "", "records");
    flame_perf_wound_begin(&s->losses, &wound, &error);
    flame_perf_wound_grow(&s->losses, &wound, lost);
    flame_perf_wound_end(&s->losses, &wound);
    block->size = at;
    s->part = last;
    s->at = s->file->parts.items[last].size;
}

void flame_perf_count_records(struct flame_perf_stream *s, struct flame_perf_block *block)
{
    uint64_t most = flame_limit_of(&s->file->limits, FLAME_LIMIT_RECORDS);
    struct flame_perf_raw raw;
    size_t at = 0;
    for (size_t from = 0; flame_perf_block_next(block, s->file->swap, &at, &raw); from = at) {
        if (is_holder(block, &raw))
            return;
        if (s->records == most) {
            end_at(s, block, from, &raw);
            return;
        }
        s->records++;
    }
}
