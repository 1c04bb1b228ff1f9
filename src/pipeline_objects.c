/* pipeline_objects.c: the verdict on each object: how much of the weight lies in it, and whether
 * its names are there.
 *
 * The sums are made where distinct stacks are named, so that they cost nothing a sample. */
#include "pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Broken frame-pointer chains end in whatever the register held. */
#define UNMAPPED_ADVICE                                                                            \
    "is addresses outside of everything that was mapped: mostly what code without frame "          \
    "pointers leaves where a caller should be"
#define UNMAPPED_ADVICE_LOST                                                                       \
    "is addresses outside of everything that is known to have been mapped: the records that say "  \
    "so may be among what is lost"

bool flame_object_sums_init(struct flame_object_sums *objects, size_t dsos)
{
    objects->dsos = dsos;
    objects->sums = calloc(dsos + 1, sizeof *objects->sums);
    return objects->sums;
}

void flame_object_sums_deinit(struct flame_object_sums *objects)
{
    free(objects->sums);
    *objects = (struct flame_object_sums){ 0 };
}

static void add(struct flame_object_sum *sum, const struct flame_object_sum *part)
{
    sum->weight = flame_sum(sum->weight, part->weight);
    sum->unnamed = flame_sum(sum->unnamed, part->unnamed);
    sum->hit = sum->hit || part->hit;
}

void flame_object_sums_join(struct flame_object_sums *sum, const struct flame_object_sums *part)
{
    for (size_t i = 0; part->sums && i <= sum->dsos; i++)
        if (part->sums[i].hit)
            add(&sum->sums[i], &part->sums[i]);
}

enum flame_status flame_pipeline_note_files(struct flame_session *s)
{
    struct flame_used_files *files = &s->used_files;
    for (uint32_t i = 0; !files->noted && i < s->timeline.dsos.list.count; i++) {
        const struct flame_object *object = flame_symbolizer_object(s->symbolizer, i);
        bool method = s->timeline.dsos.list.items[i].kind == FLAME_DSO_JITTED; /* too many */
        const char *path = object && !method ? object->used : NULL;
        if (object && object->trusted && !(path && *path))
            path = object->program;
        if (!path || !*path)
            continue;
        char *copy = flame_arena_copy(&s->arena, flame_str_from(path));
        if (!copy ||
            !flame_vec_push(&files->list, (struct flame_used_file){ i, flame_str_from(copy) }))
            return FLAME_NOMEM;
    }
    files->noted = true;
    return FLAME_OK;
}

struct flame_str flame_pipeline_object_name(struct flame_session *s, const struct flame_dso *dso)
{
    char text[32];
    struct flame_str last = flame_str_basename(dso->name);
    if (dso->kind != FLAME_DSO_JIT)
        return last.len ? last : dso->name;
    int length = snprintf(text, sizeof text, "[JIT] tid %d", dso->pid);
    struct flame_str name = { text, (size_t)length };
    name.ptr = flame_arena_copy(&s->arena, name);
    return name;
}

static int by_dso(const void *a, const void *b)
{
    const struct flame_used_file *x = a, *y = b;
    return x->dso < y->dso ? -1 : x->dso > y->dso;
}

static struct flame_str used_by(const struct flame_session *s, uint32_t dso)
{
    const struct flame_used_file key = { .dso = dso }, *found = NULL;
    if (s->used_files.list.count)
        found =
            bsearch(&key, s->used_files.list.items, s->used_files.list.count, sizeof key, by_dso);
    return found ? found->path : flame_str_from("");
}

/* The rows, and what they are about. kernel is the object whose list knows its modules' symbols,
 * too. */
struct judging {
    struct flame_session *session;
    struct flame_object_report *rows;
    uint32_t *dsos; /* by row */
    size_t count;
    uint32_t kernel;
};

static const struct flame_object *loaded(const struct judging *j, uint32_t dso)
{
    return dso == FLAME_DSO_NONE ? NULL : flame_symbolizer_object(j->session->symbolizer, dso);
}

/* What came of an object whose file is not said to be unknown. */
static enum flame_object_grade grade_of_state(const struct flame_dso *dso,
                                              enum flame_object_state state, bool unnamed)
{
    bool fileless = dso->kind == FLAME_DSO_JIT || dso->kind == FLAME_DSO_KERNEL ||
                    dso->kind == FLAME_DSO_JITTED || dso->kind == FLAME_DSO_VDSO;
    switch (state) {
    case FLAME_OBJECT_NAMED:
        return !unnamed ? FLAME_GRADE_FOUND : fileless ? FLAME_GRADE_PARTIAL : FLAME_GRADE_STRIPPED;
    case FLAME_OBJECT_STRIPPED:
        return fileless ? FLAME_GRADE_PARTIAL : FLAME_GRADE_STRIPPED;
    case FLAME_OBJECT_MISMATCH:
        return FLAME_GRADE_MISMATCHED;
    case FLAME_OBJECT_UNVERIFIED:
        return FLAME_GRADE_UNVERIFIED;
    case FLAME_OBJECT_NO_MAP:
        return FLAME_GRADE_NO_MAP;
    case FLAME_OBJECT_UNREADABLE:
        return FLAME_GRADE_UNREADABLE;
    case FLAME_OBJECT_MISSING:
        break;
    }
    bool file = dso->kind != FLAME_DSO_PLAIN && dso->kind != FLAME_DSO_JIT_COPY;
    return file ? FLAME_GRADE_MISSING : FLAME_GRADE_NO_FILE;
}

/* Fill in what follows from how its symbols were found. */
static void judge(const struct judging *j, struct flame_object_report *row, uint32_t index)
{
    const struct flame_dso *dso = &j->session->timeline.dsos.list.items[index];
    const struct flame_object *object = loaded(j, index), *kernel = loaded(j, j->kernel);
    row->used = dso->kind == FLAME_DSO_JITTED ? row->name : used_by(j->session, index);
    row->state = object->state;
    row->found_id = object->found_id;
    row->trusted = object->trusted;
    /* What its own file does not name, the kernel's list may. */
    bool by_kernel = dso->kind == FLAME_DSO_MODULE && object->state != FLAME_OBJECT_NAMED &&
                     row->unnamed == 0 && kernel && kernel->state == FLAME_OBJECT_NAMED;
    if (by_kernel) {
        row->used = used_by(j->session, j->kernel);
        row->state = kernel->state;
        row->found_id = kernel->found_id;
        row->trusted = kernel->trusted;
    }
    row->grade =
        row->trusted ? FLAME_GRADE_TRUSTED : grade_of_state(dso, row->state, row->unnamed != 0);
}

static bool is_hit(const struct judging *j, uint32_t dso)
{
    const struct flame_object_sums *objects = &j->session->objects;
    return !objects->sums || flame_object_sum_of(objects, dso)->hit;
}

static struct flame_object_report *add_row(struct judging *j, uint32_t index)
{
    const struct flame_dso *dso = &j->session->timeline.dsos.list.items[index];
    struct flame_object_report *row = &j->rows[j->count];
    j->dsos[j->count++] = index;
    *row = (struct flame_object_report){ .name = dso->name,
                                         .advice = flame_str_from(""),
                                         .caution = flame_str_from(""),
                                         .build_id = dso->build_id,
                                         .kernel = flame_dso_is_kernel(dso),
                                         .jit = dso->kind == FLAME_DSO_JIT ||
                                                dso->kind == FLAME_DSO_JIT_COPY ||
                                                flame_dso_is_method(dso) };
    if (dso->kind == FLAME_DSO_JITTED)
        row->name = flame_str_from(j->session->jitdumps.dumps.list.items[dso->dump].header.path);
    return row;
}

/* The row that a dso belongs to: that of another method of the same code, or a new one. */
static struct flame_object_report *row_of(struct judging *j, size_t *of_dump, uint32_t index)
{
    const struct flame_dso *dso = &j->session->timeline.dsos.list.items[index];
    if (dso->kind == FLAME_DSO_JITTED && of_dump[dso->dump])
        return &j->rows[of_dump[dso->dump] - 1];
    for (size_t i = 0; dso->kind == FLAME_DSO_JIT_COPY && i < j->count; i++)
        if (flame_str_equal(j->rows[i].name, dso->name))
            return &j->rows[i];
    struct flame_object_report *row = add_row(j, index);
    if (dso->kind == FLAME_DSO_JITTED)
        of_dump[dso->dump] = j->count;
    return row;
}

static void add_sum(const struct flame_session *s, struct flame_object_report *row, uint32_t dso)
{
    if (!s->objects.sums)
        return;
    const struct flame_object_sum *sum = flame_object_sum_of(&s->objects, dso);
    row->weight = flame_sum(row->weight, sum->weight);
    row->unnamed = flame_sum(row->unnamed, sum->unnamed);
}

static void add_unmapped(struct judging *j)
{
    const struct flame_session *s = j->session;
    if (!s->objects.sums || !is_hit(j, FLAME_DSO_NONE))
        return;
    struct flame_object_report *row = &j->rows[j->count];
    j->dsos[j->count++] = FLAME_DSO_NONE;
    *row = (struct flame_object_report){
        .name = flame_str_from("[unknown]"),
        .advice = flame_str_from(s->losses.early ? UNMAPPED_ADVICE_LOST : UNMAPPED_ADVICE),
        .caution = flame_str_from(""),
        .used = flame_str_from(""),
        .state = FLAME_OBJECT_MISSING,
        .grade = FLAME_GRADE_UNMAPPED,
    };
    add_sum(s, row, FLAME_DSO_NONE);
}

static bool keep(struct flame_session *s, struct flame_str *out, const char *text)
{
    char *copy = flame_arena_copy(&s->arena, flame_str_from(text));
    *out = flame_str_from(copy ? copy : "");
    return copy;
}

/* The words: what to do, and what to beware of. */
static enum flame_status word(struct judging *j, struct flame_object_report *row, uint32_t dso)
{
    struct flame_session *s = j->session;
    char text[2048];
    bool ok = true;
    if (row->unnamed) {
        flame_pipeline_advise(s, dso, text, sizeof text);
        ok = keep(s, &row->advice, text);
    }
    if (ok && row->trusted) {
        flame_pipeline_caution(s, dso, row->used, text, sizeof text);
        ok = keep(s, &row->caution, text);
    }
    return ok ? FLAME_OK : FLAME_NOMEM;
}

static const struct flame_dso *dso_of(const struct judging *j, size_t row)
{
    return &j->session->timeline.dsos.list.items[j->dsos[row]];
}

/* Files of one path without build-ids, which rows would not tell from each other otherwise, get
 * their inodes behind their names. */
static enum flame_status tell_apart(struct judging *j, size_t row)
{
    const struct flame_dso *dso = dso_of(j, row);
    char text[4200];
    bool alone = true;
    if (dso->kind != FLAME_DSO_FILE || dso->build_id.size || !dso->inode)
        return FLAME_OK;
    for (size_t i = 0; i < j->count && alone; i++)
        alone = i == row || dso_of(j, i)->kind != FLAME_DSO_FILE ||
                !flame_str_equal(dso_of(j, i)->name, dso->name);
    if (alone)
        return FLAME_OK;
    int length = dso->name.len < 4096 ? (int)dso->name.len : 4096;
    snprintf(text, sizeof text, "%.*s (inode %" PRIu64 " of %" PRIu32 ":%" PRIu32 ")", length,
             dso->name.ptr, dso->inode, dso->major, dso->minor);
    return keep(j->session, &j->rows[row].name, text) ? FLAME_OK : FLAME_NOMEM;
}

static int by_unnamed(const void *a, const void *b)
{
    const struct flame_object_report *x = a, *y = b;
    if (x->unnamed != y->unnamed)
        return x->unnamed > y->unnamed ? -1 : 1;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    int order = flame_str_compare(x->name, y->name);
    return order ? order : memcmp(&x->build_id, &y->build_id, sizeof x->build_id);
}

static uint32_t find_kernel(const struct flame_dsos *dsos)
{
    for (uint32_t i = 0; i < dsos->list.count; i++)
        if (dsos->list.items[i].kind == FLAME_DSO_KERNEL)
            return i;
    return FLAME_DSO_NONE;
}

/* All rows, with their sums; of several dsos in one row the first speaks for all. */
static enum flame_status fill(struct judging *j, size_t *of_dump)
{
    struct flame_session *s = j->session;
    enum flame_status status = FLAME_OK;
    for (uint32_t i = 0; i < s->timeline.dsos.list.count; i++)
        if (loaded(j, i) && is_hit(j, i))
            add_sum(s, row_of(j, of_dump, i), i);
    for (size_t i = 0; i < j->count && status == FLAME_OK; i++) {
        judge(j, &j->rows[i], j->dsos[i]);
        status = word(j, &j->rows[i], j->dsos[i]);
        if (status == FLAME_OK)
            status = tell_apart(j, i);
    }
    add_unmapped(j);
    return status;
}

enum flame_status flame_pipeline_report_objects(struct flame_session *s)
{
    const struct flame_dsos *dsos = &s->timeline.dsos;
    struct judging j = { .session = s, .kernel = find_kernel(dsos) };
    size_t most = 1;
    enum flame_status status = flame_pipeline_note_files(s);
    for (uint32_t i = 0; i < dsos->list.count; i++)
        most += loaded(&j, i) && is_hit(&j, i);
    size_t *of_dump = calloc(s->jitdumps.dumps.list.count + 1, sizeof *of_dump);
    j.rows = flame_arena_zalloc(&s->arena, most, sizeof *j.rows);
    j.dsos = calloc(most, sizeof *j.dsos);
    if (!of_dump || !j.rows || !j.dsos)
        status = FLAME_NOMEM;
    if (status == FLAME_OK)
        status = fill(&j, of_dump);
    free(of_dump);
    free(j.dsos);
    if (status != FLAME_OK)
        return status;
    qsort(j.rows, j.count, sizeof *j.rows, by_unnamed);
    s->verdict.objects = j.rows;
    s->verdict.object_count = j.count;
    return FLAME_OK;
}
