#!/bin/bash
# fuzz.sh NAME SECONDS: runs the harness Fuzz/NAME under libFuzzer for so long. Inputs that reach
# something new are kept in .build/fuzz/corpus/NAME and tried first next time; an input that
# crashes is left in .build/fuzz/crashes and named, and the exit status is not 0.
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:?usage: scripts/fuzz.sh NAME SECONDS} seconds=${2:?usage: scripts/fuzz.sh NAME SECONDS}
[ -d "Fuzz/$name" ] || { echo "there is no Fuzz/$name" >&2; exit 2; }

scratch=.build/fuzz
corpus=$scratch/corpus/$name
mkdir -p "$corpus" "$scratch/crashes"
# SwiftPM renames main, so it cannot link a fuzzer: it builds a library, the compiler links it.
export SEDAI_FUZZ=1
swift build --scratch-path "$scratch" --product "Fuzz$name" \
  -Xswiftc -sanitize=fuzzer -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp
library=$(swift build --scratch-path "$scratch" --show-bin-path)/libFuzz$name.a
swiftc -sanitize=fuzzer -o "$scratch/fuzz-$name" \
  -Xlinker --whole-archive "$library" -Xlinker --no-whole-archive

seeds=()
[ ! -d "Fuzz/$name/Corpus" ] || seeds+=("Fuzz/$name/Corpus")
"$scratch/fuzz-$name" -max_total_time="$seconds" -artifact_prefix="$scratch/crashes/$name-" \
  -max_len=8192 -print_final_stats=1 -verbosity=1 "$corpus" "${seeds[@]}"
