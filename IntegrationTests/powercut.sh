#!/bin/bash
# powercut.sh [ROUNDS [SEED]]: power cuts of a virtual host in which the daemon runs, 10 rounds
# unless told. What was flushed before the cut must be there, every generation unchanged, and
# sedai-check must find the array clean.
exec python3 "$(dirname "$0")/lib/powercut.py" "${1:-10}" "${2:-}"
