/* fuzz_folded.c: folded stacks, read as one text, in order, and as two; then written, and read
 * again. The first byte chooses.
 *
 * Holds of any bytes: frames are sorted and distinct, stacks lie inside of the ids and those inside
 * of the frames, the weights are the total; what is written reads as what it was. */
#include "check.h"

#include <flamedata/format.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static uint64_t add(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static void check_stacks(const struct flame_stacks *stacks)
{
    uint64_t total = 0;
    for (size_t i = 0; i + 1 < stacks->frame_count; i++) {
        struct flame_str a = stacks->frames[i].name, b = stacks->frames[i + 1].name;
        int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
        CHECK(order < 0 || (order == 0 && a.len < b.len));
    }
    for (size_t i = 0; i < stacks->id_count; i++)
        CHECK(stacks->ids[i] < stacks->frame_count);
    for (size_t i = 0; i < stacks->stack_count; i++) {
        const struct flame_stack *stack = &stacks->stacks[i];
        CHECK(stack->depth > 0 && stack->first <= stacks->id_count);
        CHECK(stack->depth <= stacks->id_count - stack->first);
        total = add(total, stack->weight);
    }
    CHECK(total == stacks->total_weight && total == stacks->total_samples && total > 0);
}

static struct flame_folded *read_texts(const struct flame_text *texts, size_t count,
                                       const struct flame_folded_options *options)
{
    struct flame_error error = FLAME_ERROR_INIT;
    struct flame_folded *folded = flame_folded_read(texts, count, options, &error);
    if (!folded) {
        CHECK(error.status == FLAME_FORMAT || error.status == FLAME_EMPTY);
        CHECK(error.text[0] != '\0');
        return NULL;
    }
    check_stacks(flame_folded_stacks(folded));
    CHECK(flame_folded_report(folded)->lines >= flame_folded_stacks(folded)->stack_count);
    return folded;
}

/* Write, and read that. Names that the format cannot hold change, and may become equal. */
static void check_written(const struct flame_stacks *stacks)
{
    const struct flame_folded_options options = { 0 };
    struct flame_output *out = flame_output_memory();
    struct flame_error error = FLAME_ERROR_INIT;
    CHECK(out && flame_write_folded(stacks, out, &error) == FLAME_OK);
    struct flame_str written = flame_output_bytes(out);
    struct flame_text text = { "written", written.ptr, written.len };
    struct flame_folded *again = read_texts(&text, 1, &options);
    CHECK(again && flame_folded_stacks(again)->total_weight == stacks->total_weight);
    CHECK(flame_folded_report(again)->passed_over == 0);
    CHECK(flame_folded_stacks(again)->stack_count <= stacks->stack_count);
    CHECK(!flame_folded_stacks(again)->before == !stacks->before);
    flame_folded_free(again);
    flame_output_discard(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    uint8_t choice = *bytes++;
    size--;
    const struct flame_folded_options options = { .in_order = choice & 1,
                                                  .last_first = choice & 2 };
    size_t cut = choice & 4 ? size / 2 : size;
    const struct flame_text texts[] = { { "one", bytes, cut }, { "two", bytes + cut, size - cut } };
    struct flame_folded *folded = read_texts(texts, choice & 4 ? 2 : 1, &options);
    flame_probe(bytes, size);
    if (!folded)
        return 0;
    check_written(flame_folded_stacks(folded));
    flame_folded_free(folded);
    return 0;
}
