# What a machine has: questions that answer by their exit status. Sourced, not run.

is_root() { [ "$(id -u)" = 0 ]; }

# The character device may exist without the right to open it (containers).
has_fuse() { [ -c /dev/fuse ] && (exec 3<>/dev/fuse) 2>/dev/null; }

has_loop() { [ -c /dev/loop-control ] && losetup --find >/dev/null 2>&1; }

can_attach() { is_root && has_fuse && has_loop && command -v nbdfuse >/dev/null; }

swift_version_found() {
  local text
  text=$(swift --version 2>/dev/null) || { echo none; return 0; }
  text=$(grep -oE 'Swift version [0-9]+\.[0-9]+' <<<"$text" | head -n 1)
  echo "${text##* }"
}

# swift_at_least MAJOR MINOR
swift_at_least() {
  local found
  found=$(swift_version_found)
  [ "$found" != none ] && [ -n "$found" ] || return 1
  [ "${found%%.*}" -gt "$1" ] || { [ "${found%%.*}" = "$1" ] && [ "${found##*.}" -ge "$2" ]; }
}

# free_gib DIRECTORY N
free_gib() { [ "$(df -Pk "$1" | awk 'END { print int($4 / 1048576) }')" -ge "$2" ]; }

# memory_gib N: what programs may still take, swap included.
memory_gib() {
  [ "$(awk '/^(MemAvailable|SwapFree):/ { kib += $2 } END { print int(kib / 1048576) }' \
    /proc/meminfo)" -ge "$1" ]
}

# Where volumes of tests and demonstrations are put: a real disk, unless told otherwise.
scratch_directory() { echo "${SEDAI_SCRATCH:-/var/tmp}"; }
