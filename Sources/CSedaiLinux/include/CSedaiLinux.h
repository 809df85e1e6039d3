#ifndef CSEDAI_LINUX_H
#define CSEDAI_LINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// preadv2 of one buffer with RWF_NOWAIT: the bytes read, or a negative errno
// (-EAGAIN: would wait; -EOPNOTSUPP: this file system cannot tell).
ssize_t sedai_read_nowait(int descriptor, void *buffer, size_t count, off_t offset);

// pwritev2 of one buffer with RWF_NOWAIT, answers alike.
ssize_t sedai_write_nowait(int descriptor, const void *buffer, size_t count, off_t offset);

#endif
