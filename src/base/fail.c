/* fail.c: the one place where error messages are put together. */
#include "fail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What was left out of text[cap], which is full, shows: its last whole word, and dots. */
static void end_with_word(char *text, size_t cap)
{
    static const char dots[] = " ...";
    size_t end = cap - sizeof dots;
    while (end > 0 && text[end] != ' ')
        end--;
    memcpy(text + (end ? end : cap - sizeof dots), dots, sizeof dots);
}

enum flame_status flame_fail(struct flame_error *error, enum flame_status status, const char *path,
                             uint64_t offset, const char *format, ...)
{
    if (!error || error->status != FLAME_OK)
        return status;
    error->status = status;
    error->path = path;
    error->offset = offset;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    if (length >= (int)sizeof error->text)
        end_with_word(error->text, sizeof error->text);
    return status;
}

static const char *status_text(enum flame_status status)
{
    switch (status) {
#define X(name, text)                                                                              \
    case FLAME_##name:                                                                             \
        return text;
        FLAME_STATUSES(X)
#undef X
    }
    return "unknown status";
}

size_t flame_error_format(const struct flame_error *error, char *out, size_t cap)
{
    const char *text = error->text[0] ? error->text : status_text(error->status);
    int n;
    if (error->path && error->offset != FLAME_NO_OFFSET)
        n = snprintf(out, cap, "%s+0x%" PRIx64 ": %s", error->path, error->offset, text);
    else if (error->path)
        n = snprintf(out, cap, "%s: %s", error->path, text);
    else
        n = snprintf(out, cap, "%s", text);
    return n < 0 ? 0 : (size_t)n;
}
