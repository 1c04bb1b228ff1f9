/* dump_sample.c: a SAMPLE, with everything that its event records, in the order of the record. */
#include "branch.h"
#include "dump.h"
#include "spell.h"

void flame_dump_values(struct flame_output *out, const struct flame_perf_file *file,
                       uint64_t read_format, const struct flame_read_values *values)
{
    bool group = read_format & FLAME_READ_GROUP;
    flame_put_text(out, " read={");
    for (uint64_t i = 0; i < values->value_count; i++) {
        uint64_t at = i * values->value_stride;
        bool id = read_format & FLAME_READ_ID, lost = read_format & FLAME_READ_LOST;
        if (i)
            flame_put(out, " ", 1);
        flame_put_u64(out, flame_load_u64(values->bytes, at, file->swap));
        if (id)
            flame_field_u64(out, "id",
                            group ? flame_load_u64(values->bytes, at + 1, file->swap) : values->id);
        if (lost)
            flame_field_u64(out, "lost",
                            group ? flame_load_u64(values->bytes, at + 1 + id, file->swap)
                                  : values->lost);
        if (group && i + 1 < values->value_count)
            flame_put(out, ",", 1);
    }
    if (read_format & FLAME_READ_TIME_ENABLED)
        flame_field_u64(out, "enabled", values->enabled);
    if (read_format & FLAME_READ_TIME_RUNNING)
        flame_field_u64(out, "running", values->running);
    flame_put(out, "}", 1);
}

void flame_dump_chain(struct flame_output *out, const struct flame_perf_file *file,
                      const uint8_t *words, uint64_t count)
{
    flame_put_text(out, " chain=[");
    for (uint64_t i = 0; i < count; i++) {
        uint64_t ip = flame_load_u64(words, i, file->swap);
        const char *mark = ip >= FLAME_CONTEXT_MAX ? flame_context_name(ip) : NULL;
        if (i)
            flame_put(out, " ", 1);
        if (mark)
            flame_put_text(out, mark);
        else
            flame_put_hex(out, ip);
    }
    flame_put(out, "]", 1);
}

/* ":MP:cycles3": mispredicted, predicted, in a transaction (X), aborted (A); numbers where there
 * are any. */
static void put_branch_flags(struct flame_output *out, uint64_t word, bool big)
{
    static const char letters[] = "MPXA";
    static const char *const names[] = {
#define X(from, width, NAME, name) #name,
        FLAME_BRANCH_FLAGS(X)
#undef X
    };
    flame_put(out, ":", 1);
    for (unsigned i = 0; i < FLAME_BRANCH_FLAG_COUNT; i++) {
        uint64_t value = flame_branch_flag(word, (enum flame_branch_flag)i, big);
        if (value == 0)
            continue;
        if (i < sizeof letters - 1) {
            flame_put(out, &letters[i], 1);
            continue;
        }
        flame_put(out, ":", 1);
        flame_put_text(out, names[i]);
        flame_put_u64(out, value);
    }
}

static void put_branches(struct flame_output *out, const struct flame_perf_file *file,
                         const struct flame_event_attr *attr, const struct flame_sample *s)
{
    if (attr->branch_sample_type & FLAME_BRANCH_HW_INDEX)
        flame_field_hex(out, "hw_idx", s->branch_hw_index);
    flame_put_text(out, " branches=[");
    for (uint64_t i = 0; i < s->branch_count; i++) {
        if (i)
            flame_put(out, " ", 1);
        flame_put_hex(out, flame_load_u64(s->branches, i * 3, file->swap));
        flame_put(out, ">", 1);
        flame_put_hex(out, flame_load_u64(s->branches, i * 3 + 1, file->swap));
        put_branch_flags(out, flame_load_u64(s->branches, i * 3 + 2, file->swap), file->big_endian);
    }
    flame_put(out, "]", 1);
    if (s->branch_counters)
        flame_field_words(out, "branch_counters", s->branch_counters, s->branch_count, file->swap);
}

/* Values by the bit of the mask that each belongs to. */
static void put_regs(struct flame_output *out, const char *name, uint64_t abi, uint64_t mask,
                     const uint8_t *regs, bool swap)
{
    flame_field(out, name);
    flame_put_text(out, "{abi=");
    flame_put_u64(out, abi);
    uint64_t n = 0;
    for (unsigned bit = 0; regs && bit < 64; bit++) {
        if (!(mask >> bit & 1))
            continue;
        flame_put(out, " ", 1);
        flame_put_u64(out, bit);
        flame_put(out, ":", 1);
        flame_put_hex(out, flame_load_u64(regs, n++, swap));
    }
    flame_put(out, "}", 1);
}

static void put_bytes(struct flame_output *out, const char *name, const struct flame_bytes *bytes)
{
    flame_field(out, name);
    flame_put_text(out, "{size=");
    flame_put_u64(out, bytes->size);
    if (bytes->size) {
        flame_put(out, " ", 1);
        flame_put_hex_bytes(out, bytes->ptr, bytes->size, FLAME_DUMP_BYTES);
    }
    flame_put(out, "}", 1);
}

/* Three numbers in one word, where the event says so. */
static void put_weight(struct flame_output *out, uint64_t type, uint64_t weight)
{
    flame_field_u64(out, "weight", type & FLAME_SAMPLE_WEIGHT ? weight : (uint32_t)weight);
    if (type & FLAME_SAMPLE_WEIGHT)
        return;
    flame_put(out, ",", 1);
    flame_put_u64(out, weight >> 32 & 0xffff);
    flame_put(out, ",", 1);
    flame_put_u64(out, weight >> 48);
}

/* From the branch stack on; AUX comes last although its bit does not. */
static void put_rest(struct flame_output *out, const struct flame_perf_file *file,
                     const struct flame_event_attr *attr, const struct flame_sample *s)
{
    uint64_t type = attr->sample_type;
    if (type & FLAME_SAMPLE_BRANCH_STACK)
        put_branches(out, file, attr, s);
    if (type & FLAME_SAMPLE_REGS_USER)
        put_regs(out, "regs_user", s->regs_user_abi, attr->sample_regs_user, s->regs_user,
                 file->swap);
    if (type & FLAME_SAMPLE_STACK_USER) {
        flame_put_text(out, " stack={size=");
        flame_put_u64(out, s->stack_room);
        flame_field_u64(out, "dyn_size", s->stack.size);
        flame_put(out, "}", 1);
    }
    if (type & (FLAME_SAMPLE_WEIGHT | FLAME_SAMPLE_WEIGHT_STRUCT))
        put_weight(out, type, s->weight);
    if (type & FLAME_SAMPLE_DATA_SRC)
        flame_field_hex(out, "data_src", s->data_src);
    if (type & FLAME_SAMPLE_TRANSACTION)
        flame_field_hex(out, "transaction", s->transaction);
    if (type & FLAME_SAMPLE_REGS_INTR)
        put_regs(out, "regs_intr", s->regs_intr_abi, attr->sample_regs_intr, s->regs_intr,
                 file->swap);
    if (type & FLAME_SAMPLE_PHYS_ADDR)
        flame_field_hex(out, "phys_addr", s->phys_addr);
    if (type & FLAME_SAMPLE_CGROUP)
        flame_field_u64(out, "cgroup", s->cgroup);
    if (type & FLAME_SAMPLE_DATA_PAGE_SIZE)
        flame_field_u64(out, "data_page_size", s->data_page_size);
    if (type & FLAME_SAMPLE_CODE_PAGE_SIZE)
        flame_field_u64(out, "code_page_size", s->code_page_size);
    if (type & FLAME_SAMPLE_AUX)
        put_bytes(out, "aux", &s->aux);
}

void flame_dump_sample(struct flame_output *out, const struct flame_perf_file *file,
                       const struct flame_sample *s)
{
    const struct flame_event_attr *attr = &file->events.items[s->attr].attr;
    uint64_t type = attr->sample_type;
    flame_field_text(out, "event", flame_event_name(file, s->attr));
    if (type & (FLAME_SAMPLE_IDENTIFIER | FLAME_SAMPLE_ID))
        flame_field_u64(out, "id", s->where.id);
    if (type & FLAME_SAMPLE_IP)
        flame_field_hex(out, "ip", s->ip);
    if (type & FLAME_SAMPLE_TID) {
        flame_field_signed(out, "pid", s->where.pid);
        flame_field_signed(out, "tid", s->where.tid);
    }
    if (type & FLAME_SAMPLE_TIME)
        flame_field_time(out, "time", s->where.time_ns);
    if (type & FLAME_SAMPLE_ADDR)
        flame_field_hex(out, "addr", s->addr);
    if (type & FLAME_SAMPLE_STREAM_ID)
        flame_field_u64(out, "stream_id", s->where.stream_id);
    if (type & FLAME_SAMPLE_CPU)
        flame_field_signed(out, "cpu", s->where.cpu);
    flame_field_u64(out, "period", s->period);
    if (type & FLAME_SAMPLE_READ)
        flame_dump_values(out, file, attr->read_format, &s->read);
    if (s->chain)
        flame_dump_chain(out, file, s->chain, s->chain_count);
    if (type & FLAME_SAMPLE_RAW)
        put_bytes(out, "raw", &s->raw);
    put_rest(out, file, attr, s);
    if (type & ~FLAME_SAMPLE_KNOWN)
        flame_field_hex(out, "unknown_fields", type & ~FLAME_SAMPLE_KNOWN);
}
