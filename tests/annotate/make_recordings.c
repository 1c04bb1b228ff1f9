/* make_recordings.c: write a recording of a program that was never run, with samples where standard
 * input says: no machine is needed for the architectures of corpus/annotate.
 *
 *     make_recordings OUT ELF ARCH < lines
 *     make_recordings OUT ELF ARCH STEP
 *
 * ARCH is what uname -m says there. A line is ADDRESS COUNT: so many samples at that address of the
 * file (hexadecimal). With STEP there is one each STEP bytes of what is mapped, at most 256. The
 * recording has the ELF file's byte order, names it /cross/NAME.elf, and has its build-id. */
#include "perf_builder.h"

#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PID = 7, ID = 71, HEADER_ARCH = 6, PERIOD = 1000, MOST = 256 };

static void bad(const char *what)
{
    fprintf(stderr, "make_recordings: %s\n", what);
    exit(1);
}

static void find_build_id(Elf *elf, struct flame_build_id *id)
{
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn)) != NULL;) {
        GElf_Shdr header;
        GElf_Nhdr note;
        size_t name, text;
        Elf_Data *data;
        if (!gelf_getshdr(scn, &header) || header.sh_type != SHT_NOTE ||
            !(data = elf_getdata(scn, NULL)) || !gelf_getnote(data, 0, &note, &name, &text) ||
            note.n_type != NT_GNU_BUILD_ID || note.n_descsz > sizeof id->bytes)
            continue;
        id->size = (uint8_t)note.n_descsz;
        memcpy(id->bytes, (const uint8_t *)data->d_buf + text, id->size);
        return;
    }
    bad("no build-id");
}

/* The first executable segment, mapped where it is linked. */
static struct flame_map_record put_map(struct perf_builder *b, Elf *elf, const char *path)
{
    struct flame_record r = { .type = FLAME_RECORD_MMAP2,
                              .misc = FLAME_MODE_USER | FLAME_MISC_MMAP_BUILD_ID };
    const char *name = strrchr(path, '/');
    char filename[256];
    size_t count;
    if (elf_getphdrnum(elf, &count) != 0)
        bad("no segments");
    snprintf(filename, sizeof filename, "/cross/%s", name ? name + 1 : path);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
            !(segment.p_flags & PF_X))
            continue;
        r.map.pid = r.map.tid = PID;
        r.map.prot = 5;
        r.map.flags = 2;
        r.map.start = segment.p_vaddr & ~UINT64_C(0xfff);
        r.map.pgoff = segment.p_offset & ~UINT64_C(0xfff);
        r.map.len = (segment.p_vaddr + segment.p_memsz + 0xfff - r.map.start) & ~UINT64_C(0xfff);
        r.map.filename = flame_str_from(filename);
        find_build_id(elf, &r.map.build_id);
        builder_record(b, &r);
        return r.map;
    }
    bad("no executable segment");
    return r.map;
}

static void put_sample(struct perf_builder *b, uint64_t address, uint64_t time)
{
    builder_sample(b, &(struct flame_sample){ .where = { PID, PID, time, ID, 0, 0 },
                                              .misc = FLAME_MODE_USER,
                                              .ip = address,
                                              .period = PERIOD });
}

int main(int argc, char **argv)
{
    struct flame_event_attr attr = {
        .type = 1, /* software: cpu-clock */
        .sample_period = PERIOD,
        .sample_type = FLAME_SAMPLE_IP | FLAME_SAMPLE_TID | FLAME_SAMPLE_TIME |
                       FLAME_SAMPLE_PERIOD | FLAME_SAMPLE_IDENTIFIER,
        .flags = UINT64_C(1) << FLAME_ATTR_sample_id_all,
    };
    struct perf_builder *b;
    struct flame_bytes file;
    struct flame_map_record map;
    uint64_t address, step, time = 1000;
    unsigned count;
    FILE *out;
    Elf *elf;
    GElf_Ehdr header;
    int fd = argc == 4 || argc == 5 ? open(argv[2], O_RDONLY) : -1;
    elf_version(EV_CURRENT);
    elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
    if (!elf || !gelf_getehdr(elf, &header))
        bad("usage: make_recordings OUT ELF ARCH [STEP]");
    b = builder_new(
        (struct builder_options){ .big_endian = header.e_ident[EI_DATA] == ELFDATA2MSB });
    builder_attr(b, &attr, "cpu-clock", 1, (uint64_t[]){ ID });
    builder_comm(b, PID, PID, "cross");
    map = put_map(b, elf, argv[2]);
    step = argc == 5 ? strtoull(argv[4], NULL, 10) : 0;
    for (address = 0; step && address < map.len && time < 1000 + MOST; address += step)
        put_sample(b, map.start + address, time++);
    while (argc == 4 && scanf("%" SCNx64 " %u", &address, &count) == 2)
        while (count-- > 0)
            put_sample(b, address, time++);
    builder_feature_string(b, HEADER_ARCH, argv[3]);
    file = builder_finish(b);
    out = fopen(argv[1], "wb");
    if (!out || fwrite(file.ptr, 1, (size_t)file.size, out) != file.size || fclose(out) != 0)
        bad("cannot write");
    builder_free(b);
    elf_end(elf);
    close(fd);
    return 0;
}
