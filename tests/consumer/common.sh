# What the consumers share. Sourced with the root of the library's tree as $1.
# SPDX-License-Identifier: MIT
set -eu
root=$1
here=$root/tests/consumer
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset LD_LIBRARY_PATH PKG_CONFIG_PATH MALLOC_PERTURB_

# The program runs, is of this version, and knows what a foundation model is.
try() {
    "$@" >"$work/output"
    cat "$work/output"
    grep -qx "$VERSION" "$work/output"
    grep -q 'foundation model' "$work/output"
}
