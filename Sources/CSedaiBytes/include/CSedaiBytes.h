#ifndef CSEDAI_BYTES_H
#define CSEDAI_BYTES_H

#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli, reflected, as iSCSI and ext4 use it), continued from `crc`.
// Pass 0 to start. Uses the processor's instruction where there is one.
uint32_t sedai_crc32c(uint32_t crc, const void *bytes, size_t count);

#endif
