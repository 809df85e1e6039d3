# The steps of the demonstration. Sourced by examples/demo/run, not run.
# shellcheck shell=bash disable=SC2154

finished= stopped= took=0 device= bv_device= lv_device= changes=0 writer=
proofs=()

title() { printf '\n\033[1m== %s\033[0m\n' "$1"; }
say() { printf '   %s\n' "$*"; }
step() { printf '   -- step %s: %s\n' "$1" "$2"; }
now() { echo "${EPOCHREALTIME/[.,]/}"; } # microseconds
seconds() { printf '%d.%03d s' $(($1 / 1000000)) $(($1 / 1000 % 1000)); }

# typed COMMAND...: shows the command as a person would type it, runs it, says how long it took.
typed() {
  local began status=0
  printf '\033[32m$\033[0m %s\n' "$*"
  began=$(now)
  "$@" 9>&- </dev/null || status=$?
  took=$(($(now) - began))
  if [ "$status" != 0 ]; then
    echo "   failed with status $status after $(seconds "$took")"
    return "$status"
  fi
  echo "   ($(seconds "$took"))"
}

# prove TEXT COMMAND...: a claim, and the check that decides it.
prove() {
  local text=$1
  shift
  if "$@"; then
    printf '   \033[32mproven:\033[0m %s (%s)\n' "$text" "$evidence"
    proofs+=("$text ($evidence)")
  else
    printf '   \033[31mNOT SO:\033[0m %s (%s)\n' "$text" "$evidence"
    return 1
  fi
}

start_array() {
  local began options=(--data "$place/array" --pool-size 6GiB)
  [ "$transport" = nbd ] || options+=(--iscsi "$portal")
  printf '\033[32m$\033[0m sedaid %s &\n' "${options[*]}"
  began=$(now)
  # A session of its own: an interrupt typed here ends the demonstration, which stops the array.
  setsid sedaid "${options[@]}" </dev/null >"$place/sedaid.log" 2>&1 9>&- &
  echo $! >"$place/sedaid.pid"
  until sedai status >/dev/null 2>&1; do
    kill -0 "$(cat "$place/sedaid.pid")" 2>/dev/null || {
      cat "$place/sedaid.log" >&2
      return 1
    }
    [ $(($(now) - began)) -lt 30000000 ] || return 1
    sleep 0.05
  done
  echo "   (ready after $(seconds $(($(now) - began))))"
}

# set_up_host LDSET VOLUME: a host that sees one volume
set_up_host() {
  typed sedai ldset create "$1" --type LX
  typed sedai ldset assign "$1" "$2"
  [ "$transport" = nbd ] || typed sedai ldset admit "$1" "$(initiator_of "$1")"
}

# attach_volume LDSET VOLUME [--read-only]: sets `device`
attach_volume() {
  local uri began
  uri=$(uri_of "$1" "$2")
  export SEDAI_INITIATOR
  SEDAI_INITIATOR=$(initiator_of "$1")
  printf '\033[32m$\033[0m attach %s"%s"\n' "${3:+$3 }" "$uri"
  began=$(now)
  device=$(attach "${@:3}" "$uri" 9>&-)
  took=$(($(now) - began))
  [ "$2" != bv001 ] || bv_device=$device
  echo "   $device ($(seconds "$took"))"
}
# A device can stay open a while in somebody else's mount namespace (a build, a container): the
# kernel lets it go with its last user, and nothing here depends on that.
detach_volume() {
  local status=0
  typed attach --detach "$1" || status=$?
  [ "$status" = 0 ] || [ "$status" = 3 ]
}
initiator_of() { echo "iqn.2026-11.example:$1"; }
# uri_of LDSET VOLUME
uri_of() {
  if [ "$transport" = nbd ]; then
    echo "nbd+unix:///$2?socket=$place/array/nbd/$1.sock"
  else
    sedai ldset show "$1" --json | jq -r --arg portal "$portal" --arg volume "$2" \
      '.disks[] | select(.name == $volume) | "iscsi://\($portal)/\(.target)/\(.lun)"'
  fi
}

# A tree of real files from this machine, and texts of our own for what it lacks.
fill() {
  local began count
  began=$(now)
  mkdir "$G/copied" "$G/written"
  # At most 64 KiB each, so that ten thousand of them fit comfortably.
  { find /usr/include /usr/share /usr/lib/python3 /etc -xdev -type f -size -64k -readable \
    2>/dev/null || true; } | head -n "$1" >"$place/notes/sources"
  tar -C / -cf - --files-from="$place/notes/sources" 2>/dev/null | tar -C "$G/copied" -xf -
  count=$(find "$G" -type f | wc -l)
  while [ "$count" -lt "$1" ]; do
    count=$((count + 1))
    printf 'order %d\nline of order %d\n' "$count" "$count" >"$G/written/order-$count"
  done
  printf 'order 0\n' >"$G/written/journal"
  sync -f "$G"
  echo "   (filled in $(seconds $(($(now) - began))))"
}

note_moment() {
  (cd "$G" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$place/notes/$1"
}

# The business server's half of the backup cycle, steps 1 to 8.
take_generation() {
  step 1 "make sure that the next generation is free"
  typed iSMsc_delete -bv bv001 -bvflg ld -auto
  step 2 "the business stops"
  note_moment "$1"
  say "$(wc -l <"$place/notes/$1") checksums noted: this is the moment of $1"
  step 3 "flush"
  typed sync -f "$G"
  step 4 "unmount, for a perfectly static point"
  typed umount "$G"
  step 5 "take the generation"
  typed iSMsc_create -bv bv001 -bvflg ld -cyclic
  create_time=$took
  step 6 "guard it until the backup is over"
  typed iSMsc_svguard -bv bv001 -bvflg ld -sv .-1 -svflg relgen -mode set
  step 7 "mount"
  typed mount "$bv_device" "$G"
  step 8 "the business goes on"
}

# Changes, adds and deletes files until it is told to pause.
business_goes_on() {
  rm -f "$place/pause"
  (
    exec 9>&-
    cd "$G"
    mapfile -t victims < <(find copied -type f | head -n 4000)
    n=0
    while [ ! -e "$place/pause" ]; do
      n=$((n + 1))
      printf 'changed %d times\n' "$n" >"${victims[$((n * 37 % ${#victims[@]}))]}"
      printf 'order %d\n' "$n" >>written/journal
      printf 'new %d\n' "$n" >"written/new-$n"
      if [ $((n % 50)) = 0 ]; then
        rm -f "written/new-$((n - 25))"
        sync -f .
        echo "$n" >"$place/changes"
      fi
    done
    echo "$n" >"$place/changes"
  ) &
  writer=$!
  until [ -s "$place/changes" ]; do sleep 0.02; done
}
business_pauses() {
  touch "$place/pause"
  wait "$writer"
  writer=
  changes=$(cat "$place/changes")
  sync -f "$G"
}

damage() {
  typed rm -rf "$G/copied/usr/share"
  typed find "$G/copied" -type f -name '*.h' -exec truncate -s 0 '{}' +
  printf 'oops\n' >"$G/written/journal"
  typed sync -f "$G"
}

# volume_matches MOMENT DIRECTORY: the same files, no more and no fewer, with the same bytes
volume_matches() {
  local wanted
  wanted=$(wc -l <"$place/notes/$1")
  evidence="$wanted files, sha256"
  (cd "$2" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$place/notes/found"
  cmp -s "$place/notes/found" "$place/notes/$1" || {
    evidence="$(diff "$place/notes/$1" "$place/notes/found" | grep -c '^[<>]') differences"
    return 1
  }
}
volume_differs() {
  ! volume_matches "$1" "$G" || return 1
}
backup_matches() {
  rm -rf "$place/unpacked"
  mkdir "$place/unpacked"
  tar -C "$place/unpacked" -xf "$place/backup.tar"
  volume_matches "$1" "$place/unpacked" || return 1
  rm -rf "$place/unpacked"
}

summary() {
  local proof
  say "a generation of a 4 GiB volume in use: $(seconds "$create_time") (iSMsc_create)"
  say "linked for the backup server:          $(seconds "$link_time") (iSMsc_link)"
  say "backup while the original changed:     $(seconds "$backup_time") ($changes changes meanwhile)"
  say "restored, nothing newer lost:          $(seconds "$restore_time") (iSMsc_restore)"
  say "What the generations cost:"
  typed sedai sra show default
  for proof in "${proofs[@]}"; do say "proven: $proof"; done
}

# Takes down whatever a run may have left, in any state; used at the end, too.
clean_up() {
  local pid
  touch "$place/pause" 2>/dev/null || true
  for mount in "$G" "$H"; do
    while grep -q " $mount " /proc/mounts; do umount "$mount" 2>/dev/null || umount -l "$mount"; done
  done
  attach --detach-all || true
  pid=$(cat "$place/sedaid.pid" 2>/dev/null || true)
  if [ -n "$pid" ] && [[ $(readlink "/proc/$pid/exe") = */sedaid* ]]; then
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 200); do
      [ -d "/proc/$pid" ] || break
      sleep 0.05
    done
    [ ! -d "/proc/$pid" ] || kill -9 "$pid" 2>/dev/null || true
  fi
  rm -rf --one-file-system "$place"
}

at_exit() {
  trap '' INT TERM HUP
  [ -z "$writer" ] || { touch "$place/pause"; wait "$writer" 2>/dev/null || true; }
  if [ -n "${KEEP:-}" ] && [ -n "$finished" ]; then
    cat <<TEXT

The array goes on running. In another shell:
   export SEDAI_URL=$SEDAI_URL
   export PATH=$PWD/.build/programs:\$PATH
   sedai ld list;  sedai generation list bv001;  iSMsc_query -bv bv001 -bvflg ld -detail
The business volume is mounted at $G. To end it all:
   $PWD/examples/demo/run --end
TEXT
    exit "$1"
  fi
  if [ "$1" != 0 ] && [ -z "$stopped" ] && [ -s "$place/sedaid.log" ]; then
    echo "the demonstration failed; the array's last words:" >&2
    tail -n 15 "$place/sedaid.log" >&2
  fi
  clean_up
  [ -n "$finished" ] && echo "   everything was stopped and removed" || true
  exit "$1"
}
