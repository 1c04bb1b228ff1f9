/* test_salvage.c: damage of every kind, in every form. What came before it is read, what comes
 * behind it is read, each damage is one loss, and no byte is unaccounted for. */
#include "another.h"
#include "check.h"
#include "perf_records.h"

#include <stdlib.h>

enum { COMMS = 12, DATA = 104 + 144 };

/* A file that may be changed; a buffer of its own shows reads behind its end. */
static struct flame_bytes copy_of(struct flame_bytes file)
{
    uint8_t *copy = malloc((size_t)file.size + 1);
    assert_non_null(copy);
    memcpy(copy, file.ptr, (size_t)file.size);
    return (struct flame_bytes){ copy, file.size };
}

static uint8_t *at(struct flame_bytes file, size_t offset)
{
    return (uint8_t *)(uintptr_t)file.ptr + offset;
}

static void discard(struct flame_bytes copy)
{
    free(at(copy, 0));
}

/* Comms of different lengths, and whose bodies look like headers in neither byte order, so that a
 * wrong size does not end well by chance. */
static void put_comm(struct perf_builder *b, int i)
{
    static const char *const names[] = { "a", "a longer one", "one of the longest" };
    builder_comm(b, i, -1, names[i % 3]);
}

static struct perf_builder *comms(struct builder_options options)
{
    static const struct flame_event_attr attr = { .sample_type = FLAME_SAMPLE_IP };
    struct perf_builder *b = builder_new(options);
    builder_attr(b, &attr, NULL, 0, NULL);
    for (int i = 0; i < COMMS; i++)
        put_comm(b, i);
    return b;
}

/* Whether comm i is among the records. */
static bool has(const struct perf_records *r, int i)
{
    for (size_t k = 0; k < r->count; k++) {
        struct flame_record record;
        if (r->items[k].type == FLAME_RECORD_COMM &&
            flame_perf_record_decode(&r->file, &r->items[k], &record, NULL) == FLAME_OK &&
            record.comm.pid == i && record.comm.tid == -1)
            return true;
    }
    return false;
}

static uint64_t bytes_of_records(const struct perf_records *r)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < r->count; i++)
        sum += r->items[i].size;
    return sum;
}

static uint64_t all_losses(const struct perf_records *r)
{
    return r->file.losses.count + r->losses.count;
}

/* The sum of the losses is what is said to be lost in all. */
static void check_sum(const struct perf_records *r)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < r->losses.count; i++)
        sum += r->losses.items[i].bytes;
    assert_int_equal(r->losses.bytes, sum);
}

static const struct builder_options forms[] = {
    { 0 },
    { .big_endian = true },
    { .form = BUILDER_PIPE },
    { .form = BUILDER_PIPE, .big_endian = true },
};
enum { FORMS = sizeof forms / sizeof *forms };

/* Where the first comm stands in the file. */
static size_t first_comm(struct flame_bytes file)
{
    struct perf_records r = perf_records_read(file);
    size_t i = 0;
    while (r.items[i].type != FLAME_RECORD_COMM)
        i++;
    size_t offset = (size_t)r.items[i].offset;
    perf_records_free(&r);
    return offset;
}

/* Where the next record should be when the header at an offset says what it does. */
static uint64_t next_after(const struct perf_records *sound, struct flame_bytes file, uint64_t at)
{
    const struct flame_perf_part *part = &sound->file.parts.items[0];
    struct flame_perf_raw raw = flame_perf_header((const uint8_t *)file.ptr + at, sound->file.swap);
    bool fits = raw.size >= 8 && raw.size <= part->offset + part->size - at;
    return fits ? at + raw.size : at + 8;
}

/* Every bit of the header of every comm, one at a time. */
TEST(flipped_bit_of_a_header_costs_its_record_alone)
{
    for (size_t f = 0; f < FORMS; f++) {
        struct perf_builder *b = comms(forms[f]);
        struct flame_bytes whole = builder_finish(b);
        struct perf_records sound = perf_records_read(whole);
        size_t first = sound.count - COMMS;
        for (size_t i = first; i < sound.count; i++) {
            for (unsigned bit = 0; bit < 64; bit++) {
                struct flame_bytes file = copy_of(whole);
                *at(file, (size_t)sound.items[i].offset + bit / 8) ^= (uint8_t)(1 << bit % 8);
                uint64_t next = next_after(&sound, file, sound.items[i].offset);
                struct perf_records r = perf_records_read(file);
                bool on_boundary = next == whole.size;
                for (size_t k = first; k < sound.count; k++)
                    on_boundary |= sound.items[k].offset == next;
                /* One that seems to end where another begins is believed, and covers those. */
                for (size_t k = first; k < sound.count; k++)
                    if (k != i && !(on_boundary && k > i && sound.items[k].offset < next))
                        assert_true(has(&r, (int)(k - first)));
                assert_int_equal(r.losses.count, !on_boundary);
                assert_int_equal(bytes_of_records(&r) + r.lost_bytes, bytes_of_records(&sound));
                check_sum(&r);
                perf_records_free(&r);
                discard(file);
            }
        }
        perf_records_discard(b, &sound);
    }
}

/* What cannot be a header at all costs this record alone, and is said at its offset. */
TEST(header_that_cannot_be_one_costs_its_record_alone)
{
    static const uint8_t headers[][8] = {
        { 3, 0, 0, 0, 0, 0, 0, 0 },                         /* size 0 */
        { 0, 0, 0, 0, 0, 0, 0, 0 },                         /* nothing */
        { 0, 0, 0, 0, 0, 0, 9, 9 },                         /* type 0 */
        { 255, 255, 255, 255, 255, 255, 255, 255 },         /* size of 4 GiB */
        { 3, 0, 0, 0, 0, 0, 255, 255 },                     /* past the end */
        { 0x99, 0x99, 0x99, 0x19, 0x99, 0x99, 0x9a, 0x9a }, /* noise */
    };
    for (size_t f = 0; f < FORMS; f++)
        for (size_t h = 0; h < sizeof headers / sizeof *headers; h++)
            for (int damaged = 0; damaged < COMMS; damaged++) {
                struct perf_builder *b = comms(forms[f]);
                struct flame_bytes file = builder_finish(b);
                struct perf_records sound = perf_records_read(file);
                size_t i = sound.count - COMMS + (size_t)damaged;
                uint64_t offset = sound.items[i].offset, size = sound.items[i].size;
                perf_records_free(&sound);
                memcpy(at(file, (size_t)offset), headers[h], 8);
                struct perf_records r = perf_records_read(file);
                for (int k = 0; k < COMMS; k++)
                    assert_int_equal(has(&r, k), k != damaged);
                assert_int_equal(r.losses.count, 1);
                assert_int_equal(r.losses.items[0].error.offset, offset);
                assert_int_equal(r.losses.items[0].bytes, size);
                check_sum(&r);
                perf_records_discard(b, &r);
            }
}

TEST(each_of_several_damages_is_a_loss)
{
    struct perf_builder *b = comms((struct builder_options){ 0 });
    for (int i = COMMS; i < 200; i++)
        put_comm(b, i);
    struct flame_bytes file = builder_finish(b);
    struct perf_records sound = perf_records_read(file);
    int damages = 0;
    for (size_t i = 5; i < sound.count; i += 10, damages++)
        memset(at(file, (size_t)sound.items[i].offset), 0, 8);
    perf_records_free(&sound);
    struct perf_records r = perf_records_read(file);
    for (int i = 0; i < 200; i++)
        assert_int_equal(has(&r, i), i % 10 != 5);
    assert_int_equal(r.losses.count, damages);
    assert_true(damages > FLAME_PERF_LOSSES); /* those beyond are in the sum alone */
    assert_int_equal(bytes_of_records(&r) + r.lost_bytes, file.size - DATA);
    perf_records_discard(b, &r);
}

TEST(cut_anywhere_is_one_loss_unless_between_records)
{
    for (size_t f = 0; f < FORMS; f++) {
        struct perf_builder *b = comms(forms[f]);
        struct flame_bytes whole = builder_finish(b);
        struct perf_records sound = perf_records_read(whole);
        size_t first = sound.count - COMMS;
        for (uint64_t size = sound.items[first].offset; size < whole.size; size++) {
            struct flame_bytes file = copy_of((struct flame_bytes){ whole.ptr, size });
            struct perf_records r = perf_records_read(file);
            bool between = false;
            for (size_t i = first; i < sound.count; i++) {
                uint64_t offset = sound.items[i].offset;
                assert_int_equal(has(&r, (int)(i - first)), offset + sound.items[i].size <= size);
                between |= offset == size;
            }
            /* Only a file says how long it should be. */
            assert_int_equal(all_losses(&r), forms[f].form == BUILDER_FILE || !between);
            assert_false(r.losses.early || r.file.losses.early);
            assert_int_equal(
                bytes_of_records(&r) + r.lost_bytes,
                size - (sound.items[first].offset -
                        (first ? bytes_of_records(&sound) - (whole.size - sound.items[first].offset)
                               : 0)));
            perf_records_free(&r);
            discard(file);
        }
        perf_records_discard(b, &sound);
    }
}

TEST(stretch_that_is_missing_is_one_loss)
{
    struct perf_builder *b = comms((struct builder_options){ .form = BUILDER_PIPE });
    struct flame_bytes whole = builder_finish(b);
    size_t first = first_comm(whole);
    for (size_t from = first + 1; from < first + 80; from++) {
        for (size_t gone = 1; gone < 60; gone++) {
            struct flame_bytes file = copy_of(whole);
            memmove(at(file, from), at(file, from + gone), (size_t)whole.size - from - gone);
            file.size -= gone;
            struct perf_records r = perf_records_read(file);
            /* What the seam makes up may have a size, and cover what is behind it. */
            bool found = false;
            for (int i = 6; i < COMMS; i++) {
                assert_true(has(&r, i) || !found);
                found |= has(&r, i);
            }
            assert_true(found);
            assert_true(all_losses(&r) <= 1);
            assert_int_equal(r.losses.early, r.losses.count > 0);
            perf_records_free(&r);
            discard(file);
        }
    }
    builder_free(b);
}

/* Records out of step with 8, as behind a feature or a compressed record. */
TEST(records_are_found_at_odd_offsets)
{
    for (size_t odd = 1; odd < 8; odd++) {
        struct perf_builder *b = perf_records_one_event(0);
        builder_u64(b, 0);
        builder_bytes(b, "\0\0\0\0\0\0\0", odd);
        for (int i = 0; i < 4; i++)
            put_comm(b, i);
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.count, 4);
        assert_int_equal(r.losses.count, 1);
        assert_int_equal(r.lost_bytes, 8 + odd);
        perf_records_discard(b, &r);
    }
}

/* Sizes of the kernel's records are multiples of 8, its types few, its misc sparse: what differs is
 * not taken for a record when one is searched for. */
TEST(what_only_looks_like_a_record_is_not_gone_on_with)
{
    static const struct {
        uint32_t type;
        uint16_t misc, size;
    } decoys[] = { { 3, 0, 20 }, { 3, 8, 24 }, { 3, 0, 16 }, { 23, 0, 24 }, { 87, 0, 24 } };
    for (size_t d = 0; d < sizeof decoys / sizeof *decoys; d++) {
        struct perf_builder *b = perf_records_one_event(0);
        builder_u64(b, 0);
        for (int i = 0; i < 10; i++) {
            size_t start = builder_data_size(b);
            builder_u32(b, decoys[d].type);
            builder_u16(b, decoys[d].misc);
            builder_u16(b, decoys[d].size);
            while (builder_data_size(b) - start < decoys[d].size)
                builder_u8(b, 0xcc);
        }
        size_t lost = builder_data_size(b);
        for (int i = 0; i < 4; i++)
            put_comm(b, i);
        struct perf_records r = perf_records_read(builder_finish(b));
        assert_int_equal(r.count, 4);
        assert_int_equal(r.losses.count, 1);
        assert_int_equal(r.lost_bytes, lost);
        perf_records_discard(b, &r);
    }
}

TEST(type_that_nobody_has_is_let_pass_between_records)
{
    struct perf_builder *b = comms((struct builder_options){ 0 });
    builder_begin(b, 70000, 0);
    builder_u64(b, 1);
    builder_end(b);
    put_comm(b, COMMS);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.count, COMMS + 2);
    assert_int_equal(r.items[COMMS].type, 70000);
    assert_int_equal(r.losses.count, 0);
    perf_records_discard(b, &r);
}

TEST(text_at_the_end_of_a_pipe_is_said_to_be_text)
{
    static const char text[] = "[ perf record: Woken up 1 times to write data ]\n"
                               "[ perf record: Captured and \033[1mwrote 0.002 MB - ]\n";
    for (size_t f = 0; f < FORMS; f++) {
        struct perf_builder *b = comms(forms[f]);
        builder_bytes(b, text, sizeof text - 1);
        struct perf_records r = perf_records_read(builder_finish(b));
        for (int i = 0; i < COMMS; i++)
            assert_true(has(&r, i));
        assert_int_equal(r.losses.count, 1);
        assert_int_equal(r.losses.bytes, sizeof text - 1);
        const char *said = r.losses.items[0].error.text;
        assert_non_null(strstr(said, "text"));
        assert_non_null(strstr(said, "\"[ perf record: Woken up 1 times to write data ].[ perf"));
        assert_null(strchr(said, '\n'));
        assert_null(strchr(said, '\033'));
        perf_records_discard(b, &r);
    }
}

TEST(auxtrace_that_claims_too_much_is_searched_behind)
{
    struct perf_builder *b = perf_records_one_event(0);
    builder_begin(b, FLAME_RECORD_AUXTRACE, 0);
    builder_u64(b, 1 << 20);
    for (int i = 0; i < 4; i++)
        builder_u64(b, 0);
    builder_end(b);
    builder_bytes(b, "trace, no records", 17);
    for (int i = 0; i < 4; i++)
        put_comm(b, i);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.count, 5);
    assert_int_equal(r.losses.count, 1);
    assert_int_equal(r.lost_bytes, 17);
    perf_records_discard(b, &r);
}

/* The search is linear: what it costs is counted, not timed. */
static void check_work(const uint8_t *pattern, size_t pattern_size, size_t size)
{
    uint8_t *bytes = malloc(size);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i += pattern_size)
        memcpy(bytes + i, pattern, size - i < pattern_size ? size - i : pattern_size);
    memset(bytes + size - 8, 0, 8); /* so that nothing ends there */
    struct flame_perf_span span = { .bytes = bytes, .size = size };
    struct flame_perf_search search = { 0 };
    uint64_t from = 0;
    assert_false(flame_perf_resync(&span, &search, &from, size));
    assert_int_equal(from, size);
    assert_true(search.headers <= 3 * (uint64_t)size);
    free(bytes);
}

TEST(search_looks_at_three_headers_per_byte_at_most)
{
    enum { MB = 1 << 20 };
    static const uint8_t zeros[4096];
    /* good headers, each second one followed by a bad one */
    static const uint8_t pairs[24] = { 68, 0, 0, 0, 0, 0, 8, 0, 68, 0, 0, 0, 0, 0, 8 };
    static uint8_t noise[MB];
    uint32_t seed = 1;
    for (size_t i = 0; i < MB; i++)
        noise[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
    check_work(noise, MB, 64 * MB);
    check_work(zeros, sizeof zeros, 4 * MB);
    check_work(pairs, sizeof pairs, 4 * MB);
}

/* Searches that find something begin where the last one ended. */
TEST(searching_again_and_again_is_linear_too)
{
    struct perf_builder *b = perf_records_one_event(0);
    for (int i = 0; i < 30000; i++) {
        builder_u64(b, 0);
        for (int k = 0; k < 3; k++)
            put_comm(b, k);
    }
    size_t size = builder_data_size(b);
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.count, 90000);
    assert_int_equal(r.losses.count, 30000);
    assert_int_equal(r.losses.bytes, 30000 * 8);
    assert_true(r.headers <= 3 * size);
    perf_records_discard(b, &r);
}

TEST(damage_of_one_part_is_no_matter_to_the_next)
{
    struct perf_builder *b = comms((struct builder_options){ 0 });
    struct perf_builder *more = comms((struct builder_options){ .form = BUILDER_STREAM });
    struct flame_bytes file = builder_finish(b), stream = builder_finish(more);
    memset(at(file, DATA), 0, (size_t)file.size - DATA);
    struct perf_records r = perf_records_read_two(file, stream);
    assert_int_equal(r.count, COMMS);
    assert_int_equal(r.losses.count, 1);
    assert_string_equal(r.losses.items[0].error.path, "built");
    perf_records_free(&r);
    stream.size -= 5;
    r = perf_records_read_two(file, stream);
    assert_int_equal(r.count, COMMS - 1);
    assert_int_equal(r.losses.count, 2);
    assert_string_equal(r.losses.items[1].error.path, "more");
    perf_records_discard(b, &r);
    builder_free(more);
}

/* `cat a b`, with so many bytes of the end of a missing. */
static struct flame_bytes joined(struct flame_bytes a, size_t missing, struct flame_bytes b)
{
    size_t keep = (size_t)a.size - missing;
    uint8_t *both = malloc(keep + (size_t)b.size);
    assert_non_null(both);
    memcpy(both, a.ptr, keep);
    memcpy(both + keep, b.ptr, (size_t)b.size);
    return (struct flame_bytes){ both, keep + b.size };
}

/* A recording whose comms are none of those of comms(). */
static struct perf_builder *stranger(struct builder_options options)
{
    static const struct flame_event_attr attr = { .sample_type = FLAME_SAMPLE_IP };
    struct perf_builder *b = builder_new(options);
    builder_attr(b, &attr, NULL, 0, NULL);
    for (int i = 0; i < COMMS; i++)
        put_comm(b, 100 + i);
    return b;
}

/* All that is whole of the first recording, nothing of the second, of which is said where it
 * begins. */
static const struct flame_loss *check_joined(const struct perf_records *r, uint64_t end)
{
    struct flame_record record;
    for (size_t i = 0; i < r->count; i++) {
        assert_true(r->items[i].offset < end);
        if (r->items[i].type == FLAME_RECORD_COMM &&
            flame_perf_record_decode(&r->file, &r->items[i], &record, NULL) == FLAME_OK)
            assert_true(record.comm.pid < COMMS);
    }
    assert_true(r->losses.count >= 1 && r->losses.count <= 2);
    const struct flame_loss *last = &r->losses.items[r->losses.count - 1];
    assert_string_equal(last->error.text, FLAME_PERF_ANOTHER);
    assert_int_equal(last->error.offset, end);
    check_sum(r);
    return last;
}

/* However much is missing, and of whichever form the two are. */
TEST(another_recording_behind_one_that_was_cut_is_not_read)
{
    for (size_t f = 0; f < FORMS * FORMS; f++) {
        struct perf_builder *b = comms(forms[f / FORMS]), *c = stranger(forms[f % FORMS]);
        struct flame_bytes first = builder_finish(b), second = builder_finish(c);
        for (size_t missing = 0; missing < 130; missing++) {
            /* of a file all is there */
            if (missing == 0 && forms[f / FORMS].form == BUILDER_FILE)
                continue;
            struct flame_bytes file = joined(first, missing, second);
            struct perf_records sound = perf_records_read(first), r = perf_records_read(file);
            uint64_t end = first.size - missing;
            assert_int_equal(check_joined(&r, end)->bytes, file.size - end);
            for (size_t i = sound.count - COMMS; i < sound.count; i++)
                assert_int_equal(has(&r, (int)(i - (sound.count - COMMS))),
                                 sound.items[i].offset + sound.items[i].size <= end);
            perf_records_free(&r);
            perf_records_free(&sound);
            discard(file);
        }
        builder_free(b);
        builder_free(c);
    }
}

TEST(another_recording_behind_trace_that_was_cut_is_not_read)
{
    enum { TRACE = 100 };
    for (size_t f = 0; f < FORMS; f++) {
        struct perf_builder *b = comms((struct builder_options){ .form = BUILDER_PIPE });
        builder_begin(b, FLAME_RECORD_AUXTRACE, 0);
        builder_u64(b, TRACE);
        for (int i = 0; i < 4; i++)
            builder_u64(b, 0);
        builder_end(b);
        builder_bytes(b, (uint8_t[TRACE]){ 0 }, TRACE);
        struct perf_builder *c = stranger(forms[f]);
        struct flame_bytes first = builder_finish(b), second = builder_finish(c);
        for (size_t missing = 1; missing < TRACE + 48; missing++) {
            struct flame_bytes file = joined(first, missing, second);
            struct perf_records r = perf_records_read(file);
            /* What was stepped over as trace is not lost, as there may be as much as it says. */
            assert_true(check_joined(&r, first.size - missing)->bytes > second.size - TRACE - 48);
            perf_records_free(&r);
            discard(file);
        }
        builder_free(b);
        builder_free(c);
    }
}

TEST(another_recording_behind_compressed_records_that_were_cut_is_not_read)
{
    for (size_t f = 0; f < FORMS; f++) {
        struct perf_builder *b = comms((struct builder_options){ .form = BUILDER_PIPE });
        builder_compressed_begin(b);
        for (int i = 0; i < COMMS; i++)
            put_comm(b, i);
        builder_compressed_end(b, 100, FLAME_RECORD_COMPRESSED);
        struct perf_builder *c = stranger(forms[f]);
        struct flame_bytes first = builder_finish(b), second = builder_finish(c);
        for (size_t missing = 1; missing < 60; missing++) {
            struct flame_bytes file = joined(first, missing, second);
            struct perf_records r = perf_records_read(file);
            struct flame_loss *last = &r.losses.items[r.losses.count - 1];
            assert_string_equal(last->error.text, FLAME_PERF_ANOTHER);
            assert_int_equal(last->error.offset, first.size - missing);
            for (int i = 0; i < COMMS; i++)
                assert_true(has(&r, i) && !has(&r, 100 + i));
            perf_records_free(&r);
            discard(file);
        }
        builder_free(b);
        builder_free(c);
    }
}

/* A stack of perf itself: headers, and as much of what follows them as was in a buffer. Behind it
 * records are damaged, so that it is searched; wide enough that what the stack cuts ends there. */
TEST(recording_in_a_copied_stack_is_no_other)
{
    static const struct flame_event_attr attr = { .sample_type =
                                                      FLAME_SAMPLE_IP | FLAME_SAMPLE_STACK_USER };
    enum { STACK = 1024, GAP = 256 };
    for (size_t f = 0; f < FORMS; f++) {
        struct perf_builder *c = stranger(forms[f]);
        struct flame_bytes inner = builder_finish(c);
        for (size_t part = 8; part <= STACK && part <= inner.size; part += 8) {
            uint8_t stack[STACK] = { 0 };
            memcpy(stack + STACK - part, inner.ptr, part);
            struct perf_builder *b = builder_new((struct builder_options){ 0 });
            builder_attr(b, &attr, NULL, 0, NULL);
            builder_sample(b, &(struct flame_sample){ .ip = 1, .stack = { stack, STACK } });
            builder_bytes(b, (uint8_t[GAP]){ 0 }, GAP); /* no record */
            for (int i = 0; i < COMMS; i++)
                put_comm(b, i);
            struct perf_records r = perf_records_read(builder_finish(b));
            assert_int_equal(r.count, 1 + COMMS);
            assert_int_equal(r.losses.count, 1);
            assert_int_equal(r.lost_bytes, GAP);
            perf_records_discard(b, &r);
        }
        builder_free(c);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(flipped_bit_of_a_header_costs_its_record_alone),
        cmocka_unit_test(header_that_cannot_be_one_costs_its_record_alone),
        cmocka_unit_test(each_of_several_damages_is_a_loss),
        cmocka_unit_test(cut_anywhere_is_one_loss_unless_between_records),
        cmocka_unit_test(stretch_that_is_missing_is_one_loss),
        cmocka_unit_test(records_are_found_at_odd_offsets),
        cmocka_unit_test(what_only_looks_like_a_record_is_not_gone_on_with),
        cmocka_unit_test(type_that_nobody_has_is_let_pass_between_records),
        cmocka_unit_test(text_at_the_end_of_a_pipe_is_said_to_be_text),
        cmocka_unit_test(auxtrace_that_claims_too_much_is_searched_behind),
        cmocka_unit_test(search_looks_at_three_headers_per_byte_at_most),
        cmocka_unit_test(searching_again_and_again_is_linear_too),
        cmocka_unit_test(damage_of_one_part_is_no_matter_to_the_next),
        cmocka_unit_test(another_recording_behind_one_that_was_cut_is_not_read),
        cmocka_unit_test(another_recording_behind_trace_that_was_cut_is_not_read),
        cmocka_unit_test(another_recording_behind_compressed_records_that_were_cut_is_not_read),
        cmocka_unit_test(recording_in_a_copied_stack_is_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
