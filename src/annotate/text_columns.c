/* text_columns.c: numbers in front of a row, the same widths in every row.
 *
 * An instruction that was not hit has nothing in its columns, so that those that were stand out;
 * perf writes 0.00 there. */
#include "text_printer.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    LEAST_WIDTH = 7,
    MOST_WIDTH = 16,
    SAMPLES_WIDTH = 9,
    PERIOD_WIDTH = 14,
    IPC_WIDTH = 5,
    CYCLES_WIDTH = 15,
    TAKEN_WIDTH = 9,
    MISSED_WIDTH = 7,
};

void flame_text_colour(const struct flame_text_printer *p, enum flame_text_colour colour)
{
    static const char *const codes[] = {
        [FLAME_TEXT_NORMAL] = "\033[m",   [FLAME_TEXT_HOT] = "\033[31m",
        [FLAME_TEXT_WARM] = "\033[32m",   [FLAME_TEXT_ADDRESS] = "\033[35m",
        [FLAME_TEXT_SOURCE] = "\033[36m", [FLAME_TEXT_MARK] = "\033[34m",
        [FLAME_TEXT_STRONG] = "\033[1m",
    };
    if (p->look->colour)
        flame_put_text(p->out, codes[colour]);
}

enum flame_text_colour flame_text_heat(double percent)
{
    return percent >= 5 ? FLAME_TEXT_HOT : percent >= 0.5 ? FLAME_TEXT_WARM : FLAME_TEXT_NORMAL;
}

double flame_text_percent(const struct flame_text_printer *p, const struct flame_hits *hits,
                          size_t event)
{
    return flame_percent(p->look->percent, hits[event], p->function->total[event],
                         p->annotation->events[event].total);
}

/* An event that never hit the function has no columns; the head says so. */
static bool is_there(const struct flame_text_printer *p, size_t event)
{
    return p->function->total[event].samples > 0;
}

/* A column is as wide as its event's name, within reason: of one event the name is in the head. */
static int event_width(const struct flame_text_printer *p, size_t event)
{
    size_t n = p->annotation->events[event].name.len;
    if (p->annotation->event_count == 1 || n <= LEAST_WIDTH)
        return LEAST_WIDTH;
    return n < MOST_WIDTH ? (int)n : MOST_WIDTH;
}

static void put_event_name(const struct flame_text_printer *p, size_t event)
{
    struct flame_str name = p->annotation->events[event].name;
    int width = event_width(p, event);
    if (p->annotation->event_count == 1)
        name = flame_str_from("Percent");
    if (name.len > (size_t)width)
        name.len = (size_t)width;
    flame_putf(p->out, " %*s", width - (int)name.len, "");
    flame_put_safe(p->out, name, "");
}

static bool has_branches(const struct flame_text_printer *p)
{
    return p->function->has_branches;
}

void flame_text_column_names(const struct flame_text_printer *p)
{
    for (size_t e = 0; e < p->annotation->event_count; e++) {
        if (!is_there(p, e))
            continue;
        put_event_name(p, e);
        if (p->look->samples)
            flame_putf(p->out, " %*s", SAMPLES_WIDTH, "Samples");
        if (p->look->period)
            flame_putf(p->out, " %*s", PERIOD_WIDTH, "Period");
    }
    if (has_branches(p))
        flame_putf(p->out, " %*s %*s %*s %*s", IPC_WIDTH, "IPC", CYCLES_WIDTH, "Cycles",
                   TAKEN_WIDTH, "Taken", MISSED_WIDTH, "Missed");
}

void flame_text_percents(const struct flame_text_printer *p, const struct flame_hits *hits)
{
    for (size_t e = 0; e < p->annotation->event_count; e++) {
        if (!is_there(p, e))
            continue;
        int width = event_width(p, e);
        bool hit = hits && hits[e].samples;
        if (hit) {
            double percent = flame_text_percent(p, hits, e);
            flame_text_colour(p, flame_text_heat(percent));
            flame_putf(p->out, " %*.2f", width, percent);
            flame_text_colour(p, FLAME_TEXT_NORMAL);
        } else {
            flame_putf(p->out, " %*s", width, "");
        }
        if (p->look->samples && hit)
            flame_putf(p->out, " %*" PRIu64, SAMPLES_WIDTH, hits[e].samples);
        else if (p->look->samples)
            flame_putf(p->out, " %*s", SAMPLES_WIDTH, "");
        if (p->look->period && hit)
            flame_putf(p->out, " %*" PRIu64, PERIOD_WIDTH, hits[e].period);
        else if (p->look->period)
            flame_putf(p->out, " %*s", PERIOD_WIDTH, "");
    }
}

static void put_branches(const struct flame_text_printer *p,
                         const struct flame_instruction *instruction)
{
    char ipc[32] = "", cycles[80] = "", taken[32] = "", missed[32] = "";
    if (instruction && instruction->ipc > 0)
        snprintf(ipc, sizeof ipc, "%.2f", instruction->ipc);
    if (instruction && instruction->cycles)
        snprintf(cycles, sizeof cycles, "%" PRIu64 " (%" PRIu64 "-%" PRIu64 ")",
                 instruction->cycles, instruction->least_cycles, instruction->most_cycles);
    if (instruction && instruction->taken) {
        snprintf(taken, sizeof taken, "%" PRIu64, instruction->taken);
        snprintf(missed, sizeof missed, "%.1f%%",
                 100.0 * (double)instruction->mispredicted / (double)instruction->taken);
    }
    flame_putf(p->out, " %*s %*s %*s %*s", IPC_WIDTH, ipc, CYCLES_WIDTH, cycles, TAKEN_WIDTH, taken,
               MISSED_WIDTH, missed);
}

void flame_text_columns(const struct flame_text_printer *p, const struct flame_hits *hits,
                        const struct flame_instruction *instruction)
{
    flame_text_percents(p, hits);
    if (has_branches(p))
        put_branches(p, instruction);
    flame_put_text(p->out, " :");
}
