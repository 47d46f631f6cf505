#!/bin/bash
# Proves the caps: seeded runs of 8 processes with 128 threads each against one ledger, with faults.
# Builds what it needs in build/. Ends with a table of what was done and found.
#
#   tests/campaign.sh [--runs N] [--first SEED] [--processes N] [--threads N] [--calls N]
#
# SPDX-License-Identifier: MIT
set -eu
unset CDPATH
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
build=$root/build/campaign
. "$root/examples/prepare.sh"

needs_of_the_campaign() {
    need check pkg-config --exists check
}

scrub
install_missing needs_of_the_build needs_of_the_campaign
configure "$build" -Dtests=enabled -Dexamples=enabled -Ddoc=disabled
hold_folder "$build"
quietly ninja -C "$build" examples/emulator/emulator examples/sign tests/campaign/worker
ulimit -n "$(ulimit -H -n)"
exec python3 "$root/tests/campaign/campaign.py" "$build/examples/emulator/emulator" \
    "$build/examples/sign" "$build/tests/campaign/worker" --runs 1000 --processes 8 --threads 128 "$@"
