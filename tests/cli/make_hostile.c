/* make_hostile.c: write a recording in which every name is hostile, see hostile_names.h.
 *
 *     make_hostile source PROG.c     a program of one function for each name, and one inlined there
 *     make_hostile record DIR PROG   DIR/recording, DIR/perf-PID.map for the names of JIT code; and
 *                                    PROG, which was compiled from that source, gets the names;
 *                                    its build-id is written to standard output
 *
 * Each name is a thread's, part of a program's path, a symbol's, an inlined function's, a source
 * file's, a comment's in the source, JIT code's, and an unknown object's, in a process of its own.
 * Some stand for the machine, the command line and the events. The names that the compiler saw are
 * as long as the longest, so that hostile ones can take their places in all sections. */
#define _GNU_SOURCE /* memmem */
#include "hostile_names.h"
#include "perf_builder.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PLACE = 64, /* bytes of a name in the program, more than any hostile one has */
    FIRST_PID = 100,
    PERIOD = 1000,
    BUILD_ID = 2,
    HOST = 3,
    RELEASE = 4,
    VERSION = 5,
    ARCH = 6,
    CPU_DESC = 8,
    CPU_ID = 9,
    COMMAND = 11,
    PMUS = 15,
    LONG_NAME = 1 << 16,
    LONG_COMM = 60000,
};

static const uint64_t CODE_AT = 0x10000000, JIT_AT = 0x20000000, UNKNOWN_AT = 0x30000000;

static void bad(const char *what)
{
    fprintf(stderr, "make_hostile: %s\n", what);
    exit(1);
}

/* "outer_07_zzz...": what the compiler sees instead of name i. */
static void place_of(char place[PLACE], const char *what, int i)
{
    int n = snprintf(place, PLACE, "%s_%02d_", what, i);
    memset(place + n, 'z', (size_t)(PLACE - 1 - n));
    place[PLACE - 1] = 0;
}

static void write_source(const char *path)
{
    FILE *out = fopen(path, "wb");
    if (!out)
        bad("cannot write the source");
    for (int i = 0; i < HOSTILE_COUNT; i++) {
        char inner[PLACE], outer[PLACE], file[PLACE];
        place_of(inner, "inner", i);
        place_of(outer, "outer", i);
        place_of(file, "file", i);
        /* Text is found for every other function, whose file is this one. */
        if (i % 2)
            fprintf(out, "#line 1 \"%s\"\n", file);
        else
            fprintf(out, "#line %d \"%s\"\n", 1000 * i + 1, path);
        fprintf(out, "static inline __attribute__((always_inline)) int %s(int x)\n{\n", inner);
        fprintf(out, "    return x * 7 ^ x >> 3; /* ");
        fwrite(hostile_names[i].ptr, 1, hostile_names[i].len, out);
        fprintf(out, " */\n}\n__attribute__((noinline)) int %s(int x)\n{ return %s(x) + x; }\n",
                outer, inner);
    }
    fprintf(out, "int main(int argc, char **argv)\n{\n    (void)argv;\n    return 0");
    for (int i = 0; i < HOSTILE_COUNT; i++) {
        char outer[PLACE];
        place_of(outer, "outer", i);
        fprintf(out, "\n        + %s(argc)", outer);
    }
    fprintf(out, ";\n}\n");
    if (fclose(out) != 0)
        bad("cannot write the source");
}

/* Where the program's functions are, and where its code is mapped from. */
struct program {
    uint64_t address[HOSTILE_COUNT], size[HOSTILE_COUNT];
    uint64_t start, offset, length;
    struct flame_build_id id;
};

static void read_symbols(struct program *p, Elf *elf, Elf_Scn *scn, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(scn, NULL);
    for (size_t s = 0; data && s < header->sh_size / header->sh_entsize; s++) {
        GElf_Sym symbol;
        int i;
        const char *name = gelf_getsym(data, (int)s, &symbol)
                               ? elf_strptr(elf, header->sh_link, symbol.st_name)
                               : NULL;
        if (name && sscanf(name, "outer_%2d_", &i) == 1 && i < HOSTILE_COUNT) {
            p->address[i] = symbol.st_value;
            p->size[i] = symbol.st_size;
        }
    }
}

static void read_build_id(struct program *p, Elf_Scn *scn)
{
    GElf_Nhdr note;
    size_t name, text;
    Elf_Data *data = elf_getdata(scn, NULL);
    if (data && gelf_getnote(data, 0, &note, &name, &text) && note.n_type == NT_GNU_BUILD_ID &&
        note.n_descsz <= sizeof p->id.bytes) {
        p->id.size = (uint8_t)note.n_descsz;
        memcpy(p->id.bytes, (const uint8_t *)data->d_buf + text, p->id.size);
    }
}

static struct program read_program(const char *path)
{
    struct program p = { 0 };
    size_t segments = 0;
    int fd = open(path, O_RDONLY);
    elf_version(EV_CURRENT);
    Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
    if (!elf || elf_getphdrnum(elf, &segments) != 0)
        bad("cannot read the program");
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn)) != NULL;) {
        GElf_Shdr header;
        if (gelf_getshdr(scn, &header) && header.sh_type == SHT_SYMTAB)
            read_symbols(&p, elf, scn, &header);
        else if (header.sh_type == SHT_NOTE)
            read_build_id(&p, scn);
    }
    for (size_t i = 0; i < segments; i++) {
        GElf_Phdr segment;
        if (gelf_getphdr(elf, (int)i, &segment) && segment.p_type == PT_LOAD &&
            segment.p_flags & PF_X) {
            p.start = segment.p_vaddr & ~UINT64_C(0xfff);
            p.offset = segment.p_offset & ~UINT64_C(0xfff);
            p.length = (segment.p_vaddr + segment.p_memsz + 0xfff - p.start) & ~UINT64_C(0xfff);
        }
    }
    elf_end(elf);
    close(fd);
    if (!p.id.size || !p.length || !p.size[HOSTILE_COUNT - 1])
        bad("the program lacks a build-id, code or symbols");
    return p;
}

/* Everywhere in file[size] name i instead of what the compiler saw; a shorter one ends with a NUL.
 */
static void replace(char *file, size_t size, const char *what, int i)
{
    char place[PLACE];
    place_of(place, what, i);
    char *found = file;
    while ((found = memmem(found, size - (size_t)(found - file), place, PLACE - 1)) != NULL) {
        memset(found, 0, PLACE - 1);
        memcpy(found, hostile_names[i].ptr, hostile_names[i].len);
    }
}

static void give_names(const char *path)
{
    FILE *f = fopen(path, "r+b");
    if (!f || fseek(f, 0, SEEK_END) != 0)
        bad("cannot open the program");
    size_t size = (size_t)ftell(f);
    char *file = malloc(size);
    rewind(f);
    if (!file || fread(file, 1, size, f) != size)
        bad("cannot read the program");
    for (int i = 0; i < HOSTILE_COUNT; i++) {
        replace(file, size, "inner", i);
        replace(file, size, "outer", i);
        replace(file, size, "file", i);
    }
    rewind(f);
    if (fwrite(file, 1, size, f) != size || fclose(f) != 0)
        bad("cannot write the program");
    free(file);
}

static void put_map(struct perf_builder *b, int32_t pid, uint64_t start, uint64_t length,
                    uint64_t offset, const char *path, const struct flame_build_id *id)
{
    struct flame_record r = { .type = FLAME_RECORD_MMAP2, .misc = FLAME_MODE_USER };
    r.map.pid = r.map.tid = pid;
    r.map.prot = 5;
    r.map.flags = 2;
    r.map.start = start;
    r.map.len = length;
    r.map.pgoff = offset;
    r.map.filename = flame_str_from(path);
    if (id) {
        r.misc |= FLAME_MISC_MMAP_BUILD_ID;
        r.map.build_id = *id;
    }
    builder_record(b, &r);
}

static void put_process(struct perf_builder *b, const struct program *p, int i)
{
    static uint64_t time = 1000;
    int32_t pid = FIRST_PID + i;
    char path[2 * PLACE];
    struct flame_record cgroup = { .type = FLAME_RECORD_CGROUP };
    struct flame_record symbol = { .type = FLAME_RECORD_KSYMBOL };
    builder_comm(b, pid, pid, hostile_names[i].ptr);
    snprintf(path, sizeof path, "/%s/prog", hostile_names[i].ptr);
    put_map(b, pid, CODE_AT + p->start, p->length, p->offset, path, &p->id);
    put_map(b, pid, JIT_AT, 0x1000, 0, "//anon", NULL);
    snprintf(path, sizeof path, "/lib/%s", hostile_names[i].ptr);
    put_map(b, pid, UNKNOWN_AT, 0x1000, 0, path, NULL);
    cgroup.cgroup.path = hostile_names[i];
    builder_record(b, &cgroup);
    symbol.ksymbol.addr = UINT64_C(0xffffffffc0000000) + (uint64_t)i * 0x100;
    symbol.ksymbol.len = 0x100;
    symbol.ksymbol.name = hostile_names[i];
    builder_record(b, &symbol);
    for (uint64_t at = 0; at < p->size[i]; at++) {
        uint64_t ip = CODE_AT + p->address[i] + at;
        builder_sample(
            b, &(struct flame_sample){ .where = { pid, pid, time++, (uint64_t)(71 + i % 3), 0, 0 },
                                       .attr = (uint32_t)(i % 3),
                                       .misc = FLAME_MODE_USER,
                                       .ip = ip,
                                       .period = PERIOD,
                                       .chain = WORDS(FLAME_CONTEXT_USER, ip, JIT_AT + 0x10,
                                                      UNKNOWN_AT + 0x10, symbol.ksymbol.addr + 1),
                                       .chain_count = 5 });
    }
}

/* A perf-PID.map for each process; the last has a name of 64 KiB, and one with a NUL. */
static void write_jit_names(const char *folder)
{
    for (int i = 0; i < HOSTILE_COUNT; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/perf-%d.map", folder, FIRST_PID + i);
        FILE *out = fopen(path, "wb");
        if (!out)
            bad("cannot write a map");
        fprintf(out, "20000000 100 ");
        fwrite(hostile_names[i].ptr, 1, hostile_names[i].len, out);
        if (i + 1 == HOSTILE_COUNT)
            for (size_t n = 0; n < LONG_NAME; n++)
                fputc("<&\"\x1b;"[n % 5], out);
        else if (i + 2 == HOSTILE_COUNT)
            fwrite("\0=1+1", 1, 5, out);
        fputc('\n', out);
        if (fclose(out) != 0)
            bad("cannot write a map");
    }
}

static void put_machine(struct perf_builder *b, const char *all, const struct program *p)
{
    static const uint32_t texts[] = { HOST, RELEASE, VERSION, CPU_DESC, CPU_ID };
    builder_feature_begin(b, BUILD_ID);
    for (int i = 0; i < HOSTILE_COUNT; i++) {
        char name[2 * PLACE] = { 0 };
        snprintf(name, sizeof name, "/ids/%s", hostile_names[i].ptr);
        builder_u32(b, 67);
        builder_u16(b, FLAME_MODE_USER);
        builder_u16(b, 8 + 4 + 24 + sizeof name);
        builder_u32(b, UINT32_MAX);
        builder_bytes(b, p->id.bytes, 20);
        builder_u32(b, 0);
        builder_bytes(b, name, sizeof name);
    }
    builder_feature_end(b);
    builder_feature_string(b, ARCH, "x86_64");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        builder_feature_string(b, texts[i], all);
    builder_feature_begin(b, COMMAND);
    builder_u32(b, HOSTILE_COUNT);
    for (int i = 0; i < HOSTILE_COUNT; i++)
        builder_string(b, hostile_names[i].ptr);
    builder_feature_end(b);
    builder_feature_begin(b, PMUS);
    builder_u32(b, HOSTILE_COUNT);
    for (int i = 0; i < HOSTILE_COUNT; i++) {
        builder_u32(b, (uint32_t)i);
        builder_string(b, hostile_names[i].ptr);
    }
    builder_feature_end(b);
}

static void write_recording(const char *folder, const struct program *p)
{
    static const char formula[] = "=HYPERLINK(\"http://pwned.invalid\")";
    static const char markup[] = "\x1b[2J\xe2\x80\xae</script><img src=x onerror=pwned()>]]>";
    struct perf_builder *b = builder_new((struct builder_options){ 0 });
    struct flame_event_attr attr = {
        .type = 1,
        .sample_period = PERIOD,
        .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME |
                       FLAME_SAMPLE_PERIOD | FLAME_SAMPLE_CALLCHAIN | FLAME_SAMPLE_IDENTIFIER,
        .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
    };
    char all[HOSTILE_COUNT * PLACE] = { 0 }, path[4096], *comm = malloc(LONG_COMM + 1);
    if (!comm)
        bad("out of memory");
    for (int i = 0; i < HOSTILE_COUNT; i++)
        strcat(all, hostile_names[i].ptr);
    builder_attr(b, &attr, markup, 1, (uint64_t[]){ 71 });
    builder_attr(b, &attr, formula, 1, (uint64_t[]){ 72 });
    builder_attr(b, &attr, all, 1, (uint64_t[]){ 73 });
    for (int i = 0; i < HOSTILE_COUNT; i++)
        put_process(b, p, i);
    memset(comm, '<', LONG_COMM);
    comm[LONG_COMM] = 0;
    builder_comm(b, FIRST_PID, FIRST_PID + 1000, comm);
    builder_sample(
        b, &(struct flame_sample){ .where = { FIRST_PID, FIRST_PID + 1000, 999999, 71, 0, 0 },
                                   .misc = FLAME_MODE_USER,
                                   .ip = JIT_AT,
                                   .period = PERIOD,
                                   .chain = WORDS(FLAME_CONTEXT_USER, JIT_AT),
                                   .chain_count = 2 });
    put_machine(b, all, p);
    struct flame_bytes file = builder_finish(b);
    snprintf(path, sizeof path, "%s/recording", folder);
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(file.ptr, 1, (size_t)file.size, out) != file.size || fclose(out) != 0)
        bad("cannot write the recording");
    builder_free(b);
    free(comm);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "source") == 0) {
        write_source(argv[2]);
    } else if (argc == 4 && strcmp(argv[1], "record") == 0) {
        struct program p = read_program(argv[3]);
        give_names(argv[3]);
        write_recording(argv[2], &p);
        write_jit_names(argv[2]);
        for (unsigned i = 0; i < p.id.size; i++)
            printf("%02x", p.id.bytes[i]);
        printf("\n");
    } else {
        bad("usage: make_hostile source PROG.c | record DIR PROG");
    }
    return 0;
}
