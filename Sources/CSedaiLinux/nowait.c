#define _GNU_SOURCE
#include "CSedaiLinux.h"

#include <errno.h>
#include <sys/uio.h>

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
