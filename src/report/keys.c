/* keys.c: perf's words for what rows are told apart by. */
#include "table.h"

#include "fail.h"

#define USUAL "comm,dso,symbol"

static const char *const words[] = {
#define X(key, word, heading) [FLAME_REPORT_##key] = word,
    FLAME_REPORT_KEYS(X)
#undef X
};

static const char *const headings[] = {
#define X(key, word, heading) [FLAME_REPORT_##key] = heading,
    FLAME_REPORT_KEYS(X)
#undef X
};

const char *flame_report_word(enum flame_report_key key)
{
    return words[key];
}

const char *flame_report_heading(enum flame_report_key key)
{
    return headings[key];
}

bool flame_report_has(const struct flame_report *report, enum flame_report_key key)
{
    for (size_t i = 0; i < report->key_count; i++)
        if (report->keys[i] == key)
            return true;
    return false;
}

/* FLAME_REPORT_KEY_COUNT: there is no such word. */
static enum flame_report_key find(struct flame_str word)
{
    for (unsigned key = 0; key < FLAME_REPORT_KEY_COUNT; key++)
        if (flame_str_is(word, words[key]))
            return (enum flame_report_key)key;
    return flame_str_is(word, "sym") ? FLAME_REPORT_SYMBOL : FLAME_REPORT_KEY_COUNT;
}

static enum flame_status add(struct flame_report *report, const char *list,
                             struct flame_error *error)
{
    for (const char *at = list, *end; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, ",");
        struct flame_str word = { at, (size_t)(end - at) };
        enum flame_report_key key = find(word);
        if (key == FLAME_REPORT_KEY_COUNT)
            return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                              "rows cannot be told apart by '%.*s'; there are comm, pid, tid, dso, "
                              "symbol, srcline",
                              (int)(word.len < 60 ? word.len : 60), at);
        if (!flame_report_has(report, key))
            report->keys[report->key_count++] = key;
    }
    return FLAME_OK;
}

enum flame_status flame_report_parse_keys(const char *sort, struct flame_report *report,
                                          struct flame_error *error)
{
    bool more = sort && *sort == '+';
    enum flame_status status = FLAME_OK;
    if (!sort || more)
        status = add(report, USUAL, error);
    if (sort && status == FLAME_OK)
        status = add(report, sort + more, error);
    if (status == FLAME_OK && report->key_count == 0)
        return flame_fail(error, FLAME_USAGE, NULL, FLAME_NO_OFFSET,
                          "nothing is named that rows could be told apart by");
    return status;
}
