/* verdict_fetch.c: of the verdict, what debuginfod's servers were asked for and what came of it. */
#include "terminal.h"
#include "verdict.h"
#include "verdict_parts.h"

enum { MOST_NAMES = 3 };

/* What helps, behind the text; "" where nothing does. */
static const char *remedy(enum flame_fetch_outcome outcome)
{
    switch (outcome) {
    case FLAME_FETCH_ABSENT:
        return " (an answer of the last ten minutes is not asked for again)";
    case FLAME_FETCH_TOO_LARGE:
        return "; raise --debuginfod-size";
    case FLAME_FETCH_TOO_LATE:
    case FLAME_FETCH_SILENT:
        return "; raise --debuginfod-time";
    case FLAME_FETCH_NO_CLIENT:
        return "; install libdebuginfod1 (Debian, Ubuntu) or elfutils-debuginfod-client (Fedora)";
    default:
        return "";
    }
}

/* The entry of the same object's other file: its debug file, or itself; NULL: not asked for. */
static const struct flame_fetch_entry *other_of(const struct flame_verdict *v,
                                                const struct flame_fetch_entry *e)
{
    for (size_t i = 0; i < v->fetch_count; i++)
        if (v->fetches[i].debuginfo != e->debuginfo && flame_str_equal(v->fetches[i].name, e->name))
            return &v->fetches[i];
    return NULL;
}

static bool is_there(const struct flame_fetch_entry *e)
{
    return e && (e->outcome == FLAME_FETCH_FETCHED || e->outcome == FLAME_FETCH_CACHED);
}

/* Whether an entry is worth a word: of two that failed alike, the first is; and where a debug file
 * came, nobody misses the rest. */
static bool is_failure(const struct flame_verdict *v, const struct flame_fetch_entry *e)
{
    const struct flame_fetch_entry *other = other_of(v, e);
    bool repeated = other && other < e && other->outcome == e->outcome;
    return !is_there(e) && !repeated && !(is_there(other) && other->debuginfo);
}

/* "debuginfod: 3 files fetched, 12.1 MB; 1 file fetched before" */
static void put_fetched(struct flame_output *out, const struct flame_verdict *v)
{
    uint64_t fetched = 0, cached = 0, bytes = 0;
    for (size_t i = 0; i < v->fetch_count; i++) {
        const struct flame_fetch_entry *e = &v->fetches[i];
        fetched += e->outcome == FLAME_FETCH_FETCHED;
        cached += e->outcome == FLAME_FETCH_CACHED;
        bytes += e->outcome == FLAME_FETCH_FETCHED ? e->bytes : 0;
    }
    if (fetched + cached == 0)
        return;
    flame_put_text(out, "debuginfod: ");
    if (fetched) {
        flame_cli_put_count(out, fetched, "file fetched, ", "files fetched, ");
        flame_cli_put_size(out, bytes);
    }
    if (fetched && cached)
        flame_put_text(out, "; ");
    if (cached)
        flame_cli_put_count(out, cached, "file fetched before", "files fetched before");
    flame_put_text(out, "\n");
}

/* "debuginfod: not on the servers: libfoo.so, libbar.so and 2 more" */
static void put_failed(struct flame_output *out, const struct flame_verdict *v,
                       enum flame_fetch_outcome outcome, const struct flame_cli_wording *wording)
{
    size_t count = 0;
    struct flame_str detail = { 0 };
    for (size_t i = 0; i < v->fetch_count; i++) {
        const struct flame_fetch_entry *e = &v->fetches[i];
        const struct flame_fetch_entry *other = other_of(v, e);
        if (e->outcome != outcome || !is_failure(v, e))
            continue;
        if (count == 0) {
            flame_put_text(out, "debuginfod: ");
            flame_cli_warn(out, wording->colour, true);
            flame_put_text(out, flame_fetch_outcome_text(outcome));
            flame_cli_warn(out, wording->colour, false);
            detail = e->detail;
        }
        if (wording->whole || count < MOST_NAMES) {
            flame_put_text(out, count ? ", " : ": ");
            flame_cli_put_safe(out, e->name);
            if (e->debuginfo && !(other && other->outcome == outcome))
                flame_put_text(out, " (debug file)");
        }
        count++;
    }
    if (count == 0)
        return;
    if (!wording->whole && count > MOST_NAMES) {
        flame_put_text(out, " and ");
        flame_cli_put_number(out, count - MOST_NAMES);
        flame_put_text(out, " more");
    }
    if (detail.len) {
        flame_put_text(out, " (");
        flame_cli_put_safe(out, detail);
        flame_put_text(out, ")");
    }
    flame_put_text(out, remedy(outcome));
    flame_put_text(out, "\n");
}

void flame_cli_put_fetches(struct flame_output *out, const struct flame_verdict *v,
                           const struct flame_cli_wording *wording, bool failed)
{
    if (!failed)
        put_fetched(out, v);
#define X(name, text)                                                                              \
    if (FLAME_FETCH_##name != FLAME_FETCH_FETCHED && FLAME_FETCH_##name != FLAME_FETCH_CACHED)     \
        put_failed(out, v, FLAME_FETCH_##name, wording);
    FLAME_FETCH_OUTCOMES(X)
#undef X
}
