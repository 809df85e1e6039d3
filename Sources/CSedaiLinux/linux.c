#define _GNU_SOURCE
#include "CSedaiLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

ssize_t sedai_read_nowait(int descriptor, void *buffer, size_t count, off_t offset) {
  struct iovec vector = {.iov_base = buffer, .iov_len = count};
  ssize_t done = preadv2(descriptor, &vector, 1, offset, RWF_NOWAIT);
  return done < 0 ? -errno : done;
}

ssize_t sedai_write_nowait(int descriptor, const void *buffer, size_t count, off_t offset) {
  struct iovec vector = {.iov_base = (void *)buffer, .iov_len = count};
  ssize_t done = pwritev2(descriptor, &vector, 1, offset, RWF_NOWAIT);
  return done < 0 ? -errno : done;
}

int sedai_begin_write_back(int descriptor) {
  return sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE) == 0 ? 0 : errno;
}

int sedai_punch_hole(int descriptor, off_t offset, off_t count) {
  int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  return fallocate(descriptor, mode, offset, count) == 0 ? 0 : errno;
}

int sedai_is_in_memory(int descriptor) {
  struct statfs facts;
  return fstatfs(descriptor, &facts) == 0 && facts.f_type == TMPFS_MAGIC;
}

int sedai_sync_file_system(int descriptor) { return syncfs(descriptor) == 0 ? 0 : errno; }

int sedai_drop_device_cache(int descriptor) {
  return ioctl(descriptor, BLKFLSBUF, 0) == 0 ? 0 : errno;
}

int sedai_read_partitions(int descriptor) {
  return ioctl(descriptor, BLKRRPART, 0) == 0 ? 0 : errno;
}

int sedai_device_size(int descriptor, uint64_t *size) {
  return ioctl(descriptor, BLKGETSIZE64, size) == 0 ? 0 : errno;
}

int sedai_shut_file_system_down(int descriptor, int discards) {
  // Not in the kernel's public headers under this name; ext4, XFS and others share the number.
  const unsigned long request = _IOR('X', 125, uint32_t);
  uint32_t how = discards ? 2 : 0;
  return ioctl(descriptor, request, &how) == 0 ? 0 : errno;
}
