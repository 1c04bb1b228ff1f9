/* test_salvage_samples.c: a damage among samples costs what it hit, and nothing is made up of what
 * the samples hold: every record that is read is one that was written. */
#include "check.h"
#include "perf_records.h"

#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 36, ID = 289 };

struct shape {
    uint64_t type, period, depth;
    struct builder_options options;
};

static const struct flame_event_attr *attr_of(const struct shape *shape)
{
    static struct flame_event_attr attr;
    attr = (struct flame_event_attr){ .type = 1,
                                      .sample_type = shape->type,
                                      .sample_period = shape->period,
                                      .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all };
    return &attr;
}

/* Samples that end in the same small word, or in a chain, and a comm here and there. */
static struct perf_builder *samples(const struct shape *shape)
{
    static uint64_t chain[8] = { FLAME_CONTEXT_USER, 0x401000, 0x402000, 9, 2304, 48 << 16, 7, 3 };
    struct perf_builder *b = builder_new(shape->options);
    builder_attr(b, attr_of(shape), NULL, 1, (uint64_t[]){ ID });
    for (int i = 0; i < SAMPLES; i++) {
        uint64_t time = UINT64_C(3325000000000) + (uint64_t)i * 9000;
        struct flame_sample sample = { .misc = FLAME_MODE_KERNEL,
                                       .where = { 7, 7, time, ID, ID, 1 },
                                       .ip = 0xffffffff81000000 + (uint64_t)i * 16,
                                       .period = shape->period,
                                       .chain = (const uint8_t *)chain,
                                       .chain_count = shape->depth };
        builder_sample(b, &sample);
        if (i % 12 == 5)
            builder_comm(b, 7, 7, "myprog");
    }
    return b;
}

static bool was_written(const struct perf_records *sound, const struct flame_perf_raw *raw)
{
    for (size_t i = 0; i < sound->count; i++)
        if (sound->items[i].offset == raw->offset)
            return sound->items[i].type == raw->type && sound->items[i].size == raw->size;
    return false;
}

enum { ZERO_SIZE, ZEROS, TYPE, LONGER, SHORTER, ODD, PAST_THE_END, NOISE, DAMAGES };

static void hurt(uint8_t *header, bool big, int damage)
{
    uint16_t size;
    memcpy(&size, header + 6, 2);
    size = big ? __builtin_bswap16(size) : size;
    switch (damage) {
    case ZERO_SIZE:
        size = 0;
        break;
    case LONGER:
        size = (uint16_t)(size + 16);
        break;
    case SHORTER:
        size = (uint16_t)(size - 8);
        break;
    case ODD:
        size = (uint16_t)(size - 3);
        break;
    case PAST_THE_END:
        size = UINT16_MAX;
        break;
    case TYPE:
        memset(header, 0xee, 4);
        size = 5;
        break;
    default:
        memset(header, damage == NOISE ? 0x99 : 0, 8);
        return;
    }
    size = big ? __builtin_bswap16(size) : size;
    memcpy(header + 6, &size, 2);
}

/* Damage each record in turn, and look at what is read. */
static void check_shape(const struct shape *shape)
{
    struct perf_builder *b = samples(shape);
    struct flame_bytes whole = builder_finish(b);
    struct perf_records sound = perf_records_read(whole);
    uint8_t *copy = malloc((size_t)whole.size);
    assert_non_null(copy);
    for (size_t i = sound.count - SAMPLES - 3; i < sound.count; i++)
        for (int damage = 0; damage < DAMAGES; damage++) {
            memcpy(copy, whole.ptr, (size_t)whole.size);
            hurt(copy + sound.items[i].offset, shape->options.big_endian, damage);
            struct perf_records r = perf_records_read((struct flame_bytes){ copy, whole.size });
            size_t kept = 0;
            for (size_t k = 0; k < r.count; k++) {
                bool here = r.items[k].offset == sound.items[i].offset;
                if (!here && !was_written(&sound, &r.items[k]))
                    fail_msg("made up: damage %d of record %zu: type %u at %#llx", damage, i,
                             r.items[k].type, (unsigned long long)r.items[k].offset);
                kept += !here;
            }
            /* A comm with a time of 0 that has grown by two words of zeros may pass for one. */
            if (kept != sound.count - 1 && !(damage == LONGER && kept == sound.count - 2))
                fail_msg("damage %d of record %zu leaves %zu of %zu: %s", damage, i, kept,
                         sound.count, r.damage.text);
            assert_int_equal(r.losses.count, 1);
            perf_records_free(&r);
        }
    free(copy);
    perf_records_discard(b, &sound);
}

TEST(nothing_is_made_up_and_one_record_is_lost)
{
    static const uint64_t periods[] = { 1, 500, 1000, 2304, 2500, 20003 };
    static const uint64_t flat = FLAME_SAMPLE_IDENTIFIER | FLAME_SAMPLE_IP | FLAME_SAMPLE_TID |
                                 FLAME_SAMPLE_TIME | FLAME_SAMPLE_PERIOD;
    static const struct builder_options forms[] = { { 0 },
                                                    { .big_endian = true },
                                                    { .form = BUILDER_PIPE } };
    for (size_t p = 0; p < sizeof periods / sizeof *periods; p++)
        for (uint64_t depth = 0; depth <= 8; depth += 4)
            for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
                uint64_t type = flat | (depth ? FLAME_SAMPLE_CALLCHAIN : 0);
                check_shape(&(struct shape){ type, periods[p], depth, forms[f] });
            }
}

/* Records may be in what a sample carries; then they are out of step with the others. */
TEST(records_inside_a_damaged_sample_are_not_gone_on_with)
{
    static const struct shape plain = {
        FLAME_SAMPLE_IP | FLAME_SAMPLE_TIME | FLAME_SAMPLE_RAW, 1, 0, { 0 }
    };
    uint8_t inner[3 * 32 + 4] = { 0 };
    for (size_t at = 0; at + 32 <= sizeof inner; at += 32) {
        inner[at] = FLAME_RECORD_SAMPLE;
        inner[at + 6] = 32;
        inner[at + 24] = 4;
    }
    struct perf_builder *b = builder_new(plain.options);
    builder_attr(b, attr_of(&plain), NULL, 0, NULL);
    size_t hurt_at = 0;
    for (int i = 0; i < 8; i++) {
        if (i == 3)
            hurt_at = builder_data_size(b);
        struct flame_sample sample = { .where = { .time_ns = 1000 },
                                       .raw = { inner, i == 3 ? sizeof inner : 4 } };
        builder_sample(b, &sample);
    }
    struct flame_bytes file = builder_finish(b);
    struct perf_records r = perf_records_read(file);
    uint64_t start = r.file.parts.items[0].offset;
    assert_int_equal(r.count, 8);
    perf_records_free(&r);
    memset((uint8_t *)(uintptr_t)file.ptr + start + hurt_at + 6, 0, 2);
    r = perf_records_read(file);
    assert_int_equal(r.count, 7);
    assert_int_equal(r.losses.count, 1);
    perf_records_discard(b, &r);
}

/* Text has any length: what stands behind it need not be in step, neither then nor later. */
TEST(texts_between_samples_cost_themselves_alone)
{
    static const char text[] = "[ perf record: Woken up 1 times ]\n";
    static const struct shape shape = { FLAME_SAMPLE_IP | FLAME_SAMPLE_TIME, 1, 0, { 0 } };
    struct perf_builder *b = builder_new(shape.options);
    builder_attr(b, attr_of(&shape), NULL, 0, NULL);
    for (int i = 0; i < 20; i++) {
        for (int k = 0; k < 5; k++)
            builder_sample(b, &(struct flame_sample){ .ip = 0x401000, .where.time_ns = 1000 });
        builder_bytes(b, text, sizeof text - 1);
    }
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.count, 100);
    assert_int_equal(r.losses.count, 20);
    assert_int_equal(r.lost_bytes, 20 * (sizeof text - 1));
    perf_records_discard(b, &r);
}

/* Of a killed file nothing says where the last record ends: those behind a damage near the end. */
TEST(damage_near_the_end_of_a_killed_file_costs_its_record)
{
    static const struct shape shape = {
        FLAME_SAMPLE_IP | FLAME_SAMPLE_TIME, 1, 0, { .killed = true }
    };
    for (int back = 1; back <= 4; back++) {
        struct perf_builder *b = samples(&shape);
        struct flame_bytes file = builder_finish(b);
        struct perf_records sound = perf_records_read(file);
        const struct flame_perf_raw *raw = &sound.items[sound.count - 1 - (size_t)back];
        size_t offset = (size_t)raw->offset, size = raw->size;
        memset((uint8_t *)(uintptr_t)file.ptr + offset + 6, 0xff, 2);
        struct perf_records r = perf_records_read(file);
        assert_int_equal(r.count, sound.count - 1);
        assert_int_equal(r.losses.count, 1);
        assert_int_equal(r.lost_bytes, size);
        perf_records_free(&sound);
        perf_records_discard(b, &r);
    }
}

/* A time far from that of the records before is one that no neighbour of theirs has. */
TEST(records_of_another_age_are_not_gone_on_with)
{
    static const struct shape shape = { FLAME_SAMPLE_IP | FLAME_SAMPLE_TIME, 1, 0, { 0 } };
    struct perf_builder *b = samples(&shape);
    builder_u64(b, 0);
    for (int i = 0; i < 5; i++)
        builder_sample(b, &(struct flame_sample){ .where.time_ns = UINT64_C(1) << 62 });
    size_t lost = 8 + 5 * 24;
    for (int i = 0; i < 5; i++)
        builder_sample(b, &(struct flame_sample){ .where.time_ns = UINT64_C(3326000000000) });
    struct perf_records r = perf_records_read(builder_finish(b));
    assert_int_equal(r.losses.count, 1);
    assert_int_equal(r.lost_bytes, lost);
    perf_records_discard(b, &r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_made_up_and_one_record_is_lost),
        cmocka_unit_test(records_inside_a_damaged_sample_are_not_gone_on_with),
        cmocka_unit_test(texts_between_samples_cost_themselves_alone),
        cmocka_unit_test(damage_near_the_end_of_a_killed_file_costs_its_record),
        cmocka_unit_test(records_of_another_age_are_not_gone_on_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
