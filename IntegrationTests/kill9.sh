#!/bin/bash
# kill9.sh [ROUNDS [SEED]]: kill -9 of the real daemon under load, 50 rounds unless told.
# Each round: fio with verification on one volume, an oracle with snapshots, deletes and restores on
# another; the kill at a random moment; sedai-check clean; restart; everything acknowledged is there.
exec python3 "$(dirname "$0")/lib/kill9.py" "${1:-50}" "${2:-}"
