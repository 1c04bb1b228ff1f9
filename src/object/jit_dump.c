/* jit_dump.c: index a jitdump; a method's symbol and lines.
 *
 * The file is walked once, when the recording's maps are; methods borrow their names and their code
 * from it. Does not decide which dump is a recording's (pipeline_jitdump.c), and does not read the
 * unwinding tables. Source: Linux tools/perf/util/jitdump.c. */
#include "jit_dump.h"

#include "intern.h"

#include <elf.h>
#include <stdlib.h>

enum flame_status flame_jit_dump_open(struct flame_jit_dump *dump, const char *path,
                                      struct flame_error *error)
{
    struct flame_file file;
    *dump = (struct flame_jit_dump){ .first_bad = FLAME_ERROR_INIT };
    enum flame_status status = flame_file_open_plain(&file, path, error);
    return status == FLAME_OK ? flame_jit_dump_take(dump, file, path, error) : status;
}

enum flame_status flame_jit_dump_take(struct flame_jit_dump *dump, struct flame_file file,
                                      const char *path, struct flame_error *error)
{
    *dump = (struct flame_jit_dump){ .file = file, .first_bad = FLAME_ERROR_INIT };
    enum flame_status status =
        flame_jitdump_open(&dump->header, dump->file.bytes, dump->file.size, path, error);
    if (status != FLAME_OK)
        flame_jit_dump_close(dump);
    return status;
}

void flame_jit_dump_close(struct flame_jit_dump *dump)
{
    flame_vec_free(&dump->methods);
    flame_vec_free(&dump->places);
    flame_file_close(&dump->file);
}

/* What is known so far, while the file is walked.
 *
 * numbers, latest  the method that last had a number, by the id of the number's bytes
 * lines            debug information whose LOAD has not come yet, if has_lines
 * behind_header    every line so far is at least V8_SHIFT behind the beginning of its code */
struct walk {
    struct flame_jit_dump *dump;
    struct flame_intern numbers;
    FLAME_VEC(uint32_t) latest;
    struct flame_jitdump_record lines;
    bool has_lines, behind_header;
};

/* Whether the entries of debug are those of V8 whose names were overwritten. What they were is in
 * the method's name, "JS:*name with spaces /path/of the/script.js:LINE:COLUMN"; the path begins
 * behind one of the spaces, and of its length there is only one. */
static bool find_overwritten(const struct flame_jit_dump *dump, const char *name,
                             const struct flame_jitdump_record *debug,
                             struct flame_jitdump_lines *lines)
{
    size_t end = strlen(name);
    for (int numbers = 0; numbers < 2; numbers++) {
        size_t colon = end;
        while (colon && name[colon - 1] >= '0' && name[colon - 1] <= '9')
            colon--;
        if (colon == end || colon == 0 || name[colon - 1] != ':')
            return false;
        end = colon - 1;
    }
    for (size_t i = 0; i < end; i++) {
        struct flame_str file = { name + i + 1, end - i - 1 };
        if (name[i] == ' ' && file.len &&
            flame_jitdump_overwritten(&dump->header, debug, file, lines))
            return true;
    }
    return false;
}

/* The debug information of the method of that name. */
static struct flame_jitdump_lines lines_of(const struct flame_jit_dump *dump, const char *name,
                                           const struct flame_jitdump_record *debug)
{
    struct flame_jitdump_lines lines;
    return find_overwritten(dump, name, debug, &lines) ? lines
                                                       : flame_jitdump_lines(&dump->header, debug);
}

/* V8 adds the size of an ELF header to all addresses of lines: perf once put code right behind it,
 * and did not add it itself. Source: V8's src/diagnostics/perf-jit.cc, kElfHeaderSize. */
enum { V8_SHIFT = 0x40 };

static bool is_shifted(const struct flame_jit_dump *dump, const char *name,
                       const struct flame_jitdump_record *debug)
{
    struct flame_jitdump_lines lines = lines_of(dump, name, debug);
    struct flame_jitdump_line line;
    while (flame_jitdump_line(&lines, &line))
        if (line.address - debug->address < V8_SHIFT || line.address < debug->address)
            return false;
    return true;
}

static struct flame_str bytes_of(const uint64_t *index)
{
    return (struct flame_str){ (const char *)index, sizeof *index };
}

static enum flame_status add_place(struct walk *w, const struct flame_jitdump_record *r,
                                   uint32_t method)
{
    const struct flame_jit_method *m = &w->dump->methods.items[method];
    struct flame_jit_place place = { r->time_ns, r->address, r->code_size, r->pid, method };
    if (place.size > m->size)
        place.size = m->size;
    if (place.size > UINT64_MAX - place.start)
        place.size = UINT64_MAX - place.start;
    return flame_vec_push(&w->dump->places, place) ? FLAME_OK : FLAME_NOMEM;
}

static enum flame_status add_load(struct walk *w, const struct flame_jitdump_record *r)
{
    struct flame_jit_dump *dump = w->dump;
    struct flame_jit_method method = {
        r->name.ptr, r->code, r->address, r->code_size, r->index, 0
    };
    if (w->has_lines && w->lines.address == r->address) {
        method.lines = w->lines.at;
        w->behind_header = w->behind_header && is_shifted(dump, r->name.ptr, &w->lines);
    }
    w->has_lines = false;
    uint32_t number = (uint32_t)dump->methods.count;
    uint32_t id = flame_intern_add(&w->numbers, bytes_of(&r->index));
    if (number == UINT32_MAX || id == FLAME_INTERN_NONE || !flame_vec_push(&dump->methods, method))
        return FLAME_NOMEM;
    if (id < w->latest.count)
        w->latest.items[id] = number;
    else if (!flame_vec_push(&w->latest, number))
        return FLAME_NOMEM;
    return add_place(w, r, number);
}

/* A move of what is not known moves nothing. */
static enum flame_status add_move(struct walk *w, const struct flame_jitdump_record *r)
{
    uint32_t id = flame_intern_find(&w->numbers, bytes_of(&r->index));
    return id == FLAME_INTERN_NONE ? FLAME_OK : add_place(w, r, w->latest.items[id]);
}

static enum flame_status add(struct walk *w, const struct flame_jitdump_record *r)
{
    switch (r->type) {
    case FLAME_JITDUMP_LOAD:
        return add_load(w, r);
    case FLAME_JITDUMP_MOVE:
        return add_move(w, r);
    case FLAME_JITDUMP_DEBUG:
        w->lines = *r;
        w->has_lines = true;
        break;
    }
    return FLAME_OK;
}

enum flame_status flame_jit_dump_index(struct flame_jit_dump *dump)
{
    struct walk w = { .dump = dump, .behind_header = true };
    enum flame_status status = FLAME_OK;
    uint64_t at = dump->header.first;
    flame_intern_init(&w.numbers);
    while (status != FLAME_EMPTY && status != FLAME_NOMEM) {
        struct flame_jitdump_record record;
        status = flame_jitdump_next(&dump->header, &at, &record, &dump->first_bad);
        if (status == FLAME_OK)
            status = add(&w, &record);
        else if (status == FLAME_CORRUPT)
            dump->bad++;
    }
    dump->line_shift = w.behind_header ? V8_SHIFT : 0;
    flame_intern_deinit(&w.numbers);
    flame_vec_free(&w.latest);
    return status == FLAME_NOMEM ? FLAME_NOMEM : FLAME_OK;
}

struct flame_machine flame_jit_dump_machine(const struct flame_jit_dump *dump)
{
    uint16_t machine = (uint16_t)dump->header.machine;
    bool narrow = machine == EM_386 || machine == EM_ARM || machine == EM_PPC;
    return (struct flame_machine){ machine, 0, !narrow, dump->header.big_endian };
}

const struct flame_jit_method *flame_jit_method_of(const struct flame_jit_dumps *dumps,
                                                   const struct flame_object_request *request)
{
    return &dumps->list.items[request->dump].methods.items[request->method];
}

enum flame_status flame_object_load_jitted(struct flame_object *object,
                                           const struct flame_object_request *request,
                                           const struct flame_symbol_places *places)
{
    const struct flame_jit_method *method = flame_jit_method_of(places->jit_dumps, request);
    const char *path = places->jit_dumps->list.items[request->dump].header.path;
    bool named = method->name[0];
    object->state = named ? FLAME_OBJECT_NAMED : FLAME_OBJECT_STRIPPED;
    object->trusted = places->jit_dumps->list.items[request->dump].trusted;
    object->used = flame_arena_copy(&object->symbols.names, flame_str_from(path));
    bool ok = object->used &&
              (!named || flame_symbols_borrow(&object->symbols, FLAME_JIT_TEXT_OFFSET, method->size,
                                              method->name, FLAME_BINDING_GLOBAL, false)) &&
              flame_symbols_settle(&object->symbols, FLAME_SIZES_EXACT);
    return ok ? FLAME_OK : FLAME_NOMEM;
}

/* A line, and where it stands among the others. */
struct entry {
    struct flame_code_line line;
    size_t order;
};

static int by_address(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->line.address != y->line.address)
        return x->line.address < y->line.address ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Those of lines that lie in the method's code, into out; returns how many. */
static size_t collect(const struct flame_jit_dump *dump, const struct flame_jit_method *method,
                      struct flame_jitdump_lines lines, struct entry *out)
{
    struct flame_jitdump_line line;
    size_t count = 0, at = 0;
    while (flame_jitdump_line(&lines, &line)) {
        uint64_t address = line.address - dump->line_shift;
        if (address - method->address < method->size && line.file.ptr)
            out[count++] = (struct entry){ { address, line.file.ptr, line.line }, at };
        at++;
    }
    return count;
}

enum flame_status flame_jit_lines(const struct flame_jit_dump *dump,
                                  const struct flame_jit_method *method, struct flame_arena *names,
                                  struct flame_code_line **lines, size_t *count)
{
    struct flame_jitdump_record debug;
    uint64_t at = method->lines;
    *lines = NULL;
    *count = 0;
    if (at == 0 || flame_jitdump_next(&dump->header, &at, &debug, NULL) != FLAME_OK ||
        debug.entry_count == 0)
        return FLAME_OK;
    size_t most = (size_t)debug.entry_count;
    struct flame_jitdump_lines entries_of = lines_of(dump, method->name, &debug);
    if (entries_of.overwritten) {
        entries_of.file.ptr = flame_arena_copy(names, entries_of.file);
        if (!entries_of.file.ptr)
            return FLAME_NOMEM;
    }
    struct entry *entries = calloc(most, sizeof *entries);
    *lines = calloc(most, sizeof **lines);
    if (!entries || !*lines) {
        free(entries);
        free(*lines);
        *lines = NULL;
        return FLAME_NOMEM;
    }
    size_t found = collect(dump, method, entries_of, entries);
    qsort(entries, found, sizeof *entries, by_address);
    for (size_t i = 0; i < found; i++)
        if (i + 1 == found || entries[i + 1].line.address != entries[i].line.address)
            (*lines)[(*count)++] = entries[i].line;
    free(entries);
    return FLAME_OK;
}
