/* pipeline_machine.c: whose registers a recording holds.
 *
 * Its header says so; but perf writes that last, and who is killed does not. Then the code that ran
 * says it: a recording is of one machine, and the first of the mapped files that is there, is the
 * recorded one and fits the registers names it. An emulator maps the code of other machines, too:
 * but behind its own file, as the kernel runs no other, and their registers are hardly the same.
 * Where no file says it, nothing is guessed: a wrong architecture gives wrong stacks. Files are
 * asked in the timeline's order, before anybody counts: the answer does not depend on threads. */
#include "pipeline.h"

#include "arch.h"

/* Whether samples of an event have registers that mean nothing without the machine. */
static bool needs_machine(const struct flame_event_attr *attr)
{
    return attr->sample_type & FLAME_SAMPLE_REGS_USER && attr->sample_regs_user &&
           (attr->sample_type & FLAME_SAMPLE_STACK_USER ||
            attr->sample_regs_user == FLAME_LINK_REGISTER);
}

bool flame_pipeline_wants_machine(const struct flame_session *s)
{
    bool needed = false;
    if (s->recording.perf.features.arch.len || flame_session_counts_leaves(s))
        return false;
    for (size_t i = 0; i < s->recording.perf.events.count; i++)
        needed |= needs_machine(&s->recording.perf.events.items[i].attr);
    return needed;
}

/* The machine's name; NULL where it is not known, or does not fit the registers of all events. */
static const char *fitting(const struct flame_session *s, struct flame_code_machine code)
{
    const char *name = NULL;
    if (code.swap != s->recording.perf.swap)
        return NULL;
    for (size_t i = 0; i < s->recording.perf.events.count; i++) {
        const struct flame_event_attr *attr = &s->recording.perf.events.items[i].attr;
        if (!needs_machine(attr))
            continue;
        name = flame_arch_of_elf(code.elf_machine, attr->sample_regs_user);
        if (!name)
            return NULL;
    }
    return name;
}

enum flame_status flame_pipeline_machine(struct flame_session *s)
{
    const struct flame_dsos *dsos = &s->timeline.dsos;
    enum flame_status status = FLAME_OK;
    if (!flame_pipeline_wants_machine(s))
        return FLAME_OK;
    for (uint32_t i = 0; i < dsos->list.count && !s->verdict.machine.len && status == FLAME_OK;
         i++) {
        const struct flame_dso *dso = &dsos->list.items[i];
        struct flame_code_machine code;
        if (dso->kind != FLAME_DSO_FILE && dso->kind != FLAME_DSO_VDSO)
            continue;
        status = flame_symbolize_machine(s->symbolizer, i, &code);
        const char *name = status == FLAME_OK ? fitting(s, code) : NULL;
        if (!name)
            continue;
        s->verdict.machine = flame_str_from(name);
        s->verdict.machine_object = dso->name;
    }
    return status;
}
