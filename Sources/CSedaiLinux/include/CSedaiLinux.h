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

// Begins writing the file's changed pages, without waiting for it. 0 or an errno.
int sedai_begin_write_back(int descriptor);

// 1 if the file lives in memory (tmpfs), else 0.
int sedai_is_in_memory(int descriptor);

// Gives a range's space back; the file's length stays. 0 or an errno.
int sedai_punch_hole(int descriptor, off_t offset, off_t count);

#endif
