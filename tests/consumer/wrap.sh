# As a subproject of another meson project.
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/common.sh"

mkdir -p "$work/project/subprojects"
cp "$here/wrap/meson.build" "$here/main.c" "$work/project"
ln -s "$root" "$work/project/subprojects/libbedrockcost"
meson setup "$work/build" "$work/project"
meson compile -C "$work/build"
try "$work/build/consumer"

# Nothing but the library comes along.
test ! -e "$work/build/subprojects/libbedrockcost/tests"
test ! -e "$work/build/subprojects/libbedrockcost/examples"
