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

// Writes everything that the file system of an open file has not written yet. 0 or an errno.
int sedai_sync_file_system(int descriptor);

// Writes and forgets what is cached of a block device. 0 or an errno.
int sedai_drop_device_cache(int descriptor);

// Lets the kernel read a disk's partition table again. 0 or an errno (EBUSY: one is in use,
// EINVAL: this disk has no partitions for the kernel).
int sedai_read_partitions(int descriptor);

// Bytes of a block device. 0 or an errno.
int sedai_device_size(int descriptor, uint64_t *size);

// Ends all access to the file system of an open file; what is not written yet is written before,
// or discarded. 0 or an errno (ENOTTY: this file system cannot).
int sedai_shut_file_system_down(int descriptor, int discards);

#endif
