/* cells.c: what a row says in words. */
#include "table.h"

#include <inttypes.h>

double flame_report_percent(const struct flame_report_event *event, struct flame_hits part)
{
    uint64_t all = event->total.period;
    return all ? 100.0 * (double)part.period / (double)all : 0;
}

size_t flame_report_shown(const struct flame_report *report, const struct flame_report_event *event,
                          const struct flame_report_look *look)
{
    size_t shown = 0;
    while (shown < event->row_count && (look->most == 0 || shown < look->most)) {
        const struct flame_report_row *row = &event->rows[shown];
        struct flame_hits by = report->callers ? row->total : row->self;
        if (flame_report_percent(event, by) < look->min_percent)
            break;
        shown++;
    }
    return shown;
}

const char *flame_report_kind(enum flame_frame_kind kind)
{
    static const char *const names[] = {
#define X(kind, mark, name) [FLAME_FRAME_##kind] = name,
        FLAME_FRAME_KINDS(X)
#undef X
    };
    return names[kind];
}

/* perf's mark of where code is: the kernel, or not. */
static void put_symbol(struct flame_output *out, const struct flame_report *report,
                       const struct flame_report_row *row)
{
    flame_put_text(out, row->kind == FLAME_FRAME_KERNEL ? "[k] " : "[.] ");
    if (row->unnamed && report->addresses) {
        flame_putf(out, "0x%016" PRIx64, row->address);
        return;
    }
    flame_put_safe(out, row->symbol, "");
    if (row->kind == FLAME_FRAME_INLINED)
        flame_put_text(out, " (inlined)");
    else if (row->unnamed && !flame_str_is(row->dso, "[unknown]"))
        flame_put_text(out, " (no symbols)");
}

static void put_line(struct flame_output *out, const struct flame_report_row *row, bool full_paths)
{
    if (row->file.len) {
        flame_put_safe(out, full_paths ? row->file : flame_str_basename(row->file), "");
        flame_putf(out, ":%" PRIu32, row->line);
        return;
    }
    bool bracketed = row->dso_name.len && row->dso_name.ptr[0] == '[';
    flame_put_text(out, bracketed ? "" : "[");
    flame_put_safe(out, row->dso_name, "");
    flame_put_text(out, bracketed ? "" : "]");
    flame_put_text(out, " (no line)");
}

void flame_report_put_cell(struct flame_output *out, const struct flame_report *report,
                           const struct flame_report_row *row, enum flame_report_key key,
                           bool full_paths)
{
    switch (key) {
    case FLAME_REPORT_COMM:
        flame_put_safe(out, row->comm, "");
        break;
    case FLAME_REPORT_PID:
        flame_putf(out, "%" PRId32, row->pid);
        break;
    case FLAME_REPORT_TID:
        flame_putf(out, "%" PRId32, row->tid);
        break;
    case FLAME_REPORT_DSO:
        flame_put_safe(out, full_paths ? row->dso : row->dso_name, "");
        break;
    case FLAME_REPORT_SYMBOL:
        put_symbol(out, report, row);
        break;
    case FLAME_REPORT_SRCLINE:
        put_line(out, row, full_paths);
        break;
    case FLAME_REPORT_KEY_COUNT:
        break;
    }
}
