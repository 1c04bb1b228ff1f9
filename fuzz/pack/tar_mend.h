/* tar_mend.h: checksums of a tar archive that was changed, made right. */
#ifndef FLAME_FUZZ_TAR_MEND_H
#define FLAME_FUZZ_TAR_MEND_H

#include <stddef.h>
#include <stdint.h>

/* Set the checksum of every header of tar[size], as far as one leads to the next, and the hash in
 * the last line of a member called "manifest". */
void tar_mend(uint8_t *tar, size_t size);

#endif
