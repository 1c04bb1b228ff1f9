/* minidebug.c: unpack xz.
 *
 * .gnu_debugdata is an xz-packed ELF file with the .symtab that the program was stripped of; Fedora
 * and RHEL ship their programs with it. The output grows by doubling up to a cap, since a few bytes
 * of xz can stand for gigabytes. Source: liblzma's lzma/base.h. */
#include "minidebug.h"

#include "bounds.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 64 << 10 };

static enum flame_status status_of(lzma_ret ret)
{
    switch (ret) {
    case LZMA_STREAM_END:
        return FLAME_OK;
    case LZMA_FORMAT_ERROR:
        return FLAME_FORMAT;
    case LZMA_MEM_ERROR:
        return FLAME_NOMEM;
    case LZMA_MEMLIMIT_ERROR:
        return FLAME_LIMIT;
    default:
        return FLAME_CORRUPT;
    }
}

enum flame_status flame_xz_unpack(struct flame_file *out, const uint8_t *packed, size_t size,
                                  const struct flame_limits *limits)
{
    *out = (struct flame_file){ 0 };
    uint64_t most = flame_limit_unpacking(limits, FLAME_LIMIT_UNPACKED, size);
    lzma_stream xz = LZMA_STREAM_INIT;
    /* Its memory is touched as far as there are bytes, which most bounds. */
    lzma_ret ret = lzma_stream_decoder(&xz, flame_limit_of(limits, FLAME_LIMIT_UNPACKED), 0);
    enum flame_status status;
    size_t cap = 0;
    uint8_t *bytes = NULL;
    xz.next_in = packed;
    xz.avail_in = size;
    while (ret == LZMA_OK) {
        if (xz.avail_out == 0) {
            size_t wanted = cap ? cap * 2 : FIRST;
            wanted = wanted < most || cap >= most ? wanted : (size_t)most;
            uint8_t *grown = cap < most ? realloc(bytes, wanted) : NULL;
            if (!grown) {
                status = cap < most ? FLAME_NOMEM : FLAME_LIMIT;
                goto out;
            }
            bytes = grown;
            xz.next_out = bytes + cap;
            xz.avail_out = wanted - cap;
            cap = wanted;
        }
        ret = lzma_code(&xz, LZMA_FINISH);
    }
    status = status_of(ret);
    if (status == FLAME_OK) {
        *out = (struct flame_file){ .bytes = bytes, .size = cap - xz.avail_out };
        bytes = NULL;
    }
out:
    lzma_end(&xz);
    free(bytes);
    return status;
}
