/* code_missing.c: why there is no code, and what would help, in one line.
 *
 * perf archive packs the files of a recording; beside it, its tarball is found by itself. */
#include "code_file.h"

#include "build_id.h"
#include "kernel.h"
#include "packed.h"

#include <stdio.h>

#define BRING "copy it here, and name its folder: --binaries DIR"
#define TRUST "--trust-paths uses it all the same"

static void say(struct flame_code_file *file, enum flame_status status, const char *text)
{
    flame_fail(&file->why, status, file->name, FLAME_NO_OFFSET, "%s", text);
}

static bool is_elf(const char *path)
{
    struct flame_file file;
    if (flame_file_open_plain(&file, path, NULL) != FLAME_OK)
        return true; /* or it may be one, for all that is known */
    bool is = file.size > SELFMAG && memcmp(file.bytes, ELFMAG, SELFMAG) == 0;
    flame_file_close(&file);
    return is;
}

/* A file gave names, or at least there is one, but it has no code. */
static void explain_codeless(struct flame_code_file *file)
{
    const struct flame_object *holder = file->holder;
    char id[FLAME_BUILD_ID_HEX];
    flame_build_id_hex(&holder->found_id, id);
    if (holder->found_id.size)
        flame_fail(&file->why, FLAME_IO, file->name, FLAME_NO_OFFSET,
                   "is another file here (build-id %s), and the recorded one has but its names "
                   "here; " BRING,
                   id);
    else if (holder->program && strcmp(holder->program, file->name) == 0)
        say(file, FLAME_UNSUPPORTED,
            "is stripped of its code: a debug file, with names and lines alone");
    else
        say(file, FLAME_IO,
            "is not here: there is only a debug file, with names and lines; " BRING);
}

static void explain_file(struct flame_code_file *file)
{
    const struct flame_object *holder = file->holder;
    const struct flame_build_id *want = &file->request.build_id;
    char id[FLAME_BUILD_ID_HEX], found[FLAME_BUILD_ID_HEX];
    flame_build_id_hex(want, id);
    flame_build_id_hex(&holder->found_id, found);
    switch (holder->state) {
    case FLAME_OBJECT_NAMED:
    case FLAME_OBJECT_STRIPPED:
        explain_codeless(file);
        return;
    case FLAME_OBJECT_MISMATCH:
        flame_fail(&file->why, FLAME_IO, file->name, FLAME_NO_OFFSET,
                   "is another file here (build-id %s, recorded %s); " BRING,
                   found[0] ? found : "none", id);
        return;
    case FLAME_OBJECT_UNVERIFIED:
        say(file, FLAME_IO,
            "was recorded without a build-id, and nothing shows that the file here is the same; "
            "record with --buildid-all; " TRUST);
        return;
    case FLAME_OBJECT_UNREADABLE:
        if (is_elf(file->name))
            say(file, FLAME_IO, "cannot be read");
        else
            say(file, FLAME_FORMAT, "is not an ELF file");
        return;
    case FLAME_OBJECT_MISSING:
    case FLAME_OBJECT_NO_MAP:
        break;
    }
    if (file->request.kind == FLAME_OBJECT_VDSO)
        say(file, FLAME_IO, "is code of the recorded kernel, and there is no copy of it here");
    else if (want->size)
        flame_fail(&file->why, FLAME_IO, file->name, FLAME_NO_OFFSET,
                   "is not here (build-id %s); " BRING, id);
    else
        say(file, FLAME_IO, "is not here, and was recorded without a build-id");
}

/* The kernel was recorded in this boot, or may have been, where is_running. */
static void explain_kernel_code(struct flame_code_file *file, const struct flame_build_id *id,
                                bool is_running)
{
    const struct flame_object *object = file->object;
    char hex[FLAME_BUILD_ID_HEX], found[FLAME_BUILD_ID_HEX];
    flame_build_id_hex(id, hex);
    flame_build_id_hex(&object->found_id, found);
    if (file->places->vmlinux && found[0])
        flame_fail(&file->why, FLAME_IO, file->name, FLAME_NO_OFFSET,
                   "has no code here (build-id %s): the vmlinux that was named is another kernel's "
                   "(build-id %s)",
                   hex, found);
    else
        flame_fail(
            &file->why, FLAME_IO, file->name, FLAME_NO_OFFSET,
            "has no code here (build-id %s); name its vmlinux: -k FILE; %s", hex,
            is_running /* what a pack says, too: nothing of this machine is looked at */
                ? "or, where there is a /proc/kcore, run as root in the boot of the recording"
                : "or bring what perf buildid-cache --kcore /proc/kcore keeps, run as root in "
                  "the boot of the recording");
}

static void explain_kernel(struct flame_code_file *file)
{
    const struct flame_build_id *want = &file->request.build_id;
    const struct flame_symbol_places *places = file->places;
    struct flame_build_id running = { 0 };
    bool known = !places->symfs && flame_kernel_running_id(&running);
    bool is_running = want->size == 0 || flame_build_id_matches(want, &running);
    const struct flame_packed_object *packed = flame_packed_find(places->packed, &file->request);
    const struct flame_packed_file *list =
        packed ? flame_packed_file(places->packed, packed->names) : NULL;
    if (places->packed) /* as it was there */
        known = is_running = places->told_same_boot;
    if (list)
        running = list->build_id;
    if (want->size == 0 && !(places->told_same_boot && known))
        flame_fail(&file->why, FLAME_IO, file->name, FLAME_NO_OFFSET,
                   "was recorded without a build-id, so that no file can be known to be this "
                   "kernel's%s",
                   places->vmlinux && !places->trust_paths ? "; --trust-paths uses the vmlinux"
                                                           : "");
    else if (file->request.text_start == 0 && file->object->files.count == 0)
        say(file, FLAME_IO,
            "was recorded with its addresses hidden, so that no code can be matched to them; "
            "record as root");
    else
        explain_kernel_code(file, want->size ? want : &running, is_running);
}

void flame_code_explain(struct flame_code_file *file)
{
    struct flame_str name = file->request.name;
    switch (file->request.kind) {
    case FLAME_OBJECT_ELF:
    case FLAME_OBJECT_VDSO:
    case FLAME_OBJECT_MODULE:
        explain_file(file);
        return;
    case FLAME_OBJECT_KERNEL:
        explain_kernel(file);
        return;
    case FLAME_OBJECT_JIT:
        say(file, FLAME_UNSUPPORTED,
            "is JIT code, which only a jitdump has: perf record -k mono, and let the runtime write "
            "jit-PID.dump");
        return;
    case FLAME_OBJECT_JIT_COPY:
        say(file, FLAME_UNSUPPORTED, "is JIT code, whose bytes are not in a recording");
        return;
    case FLAME_OBJECT_JITTED: /* has its code */
    case FLAME_OBJECT_PLAIN:
        break;
    }
    if (flame_str_starts(name, "bpf_prog_"))
        say(file, FLAME_UNSUPPORTED, "is a BPF program, whose code is not in a recording");
    else if (flame_str_is(name, "[vsyscall]"))
        say(file, FLAME_UNSUPPORTED, "is code of the recorded kernel that is in no file");
    else
        say(file, FLAME_UNSUPPORTED, "has no file behind it, and its code is not in a recording");
}
