# Installed, found by pkg-config; linked against the shared library and against the archive.
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/common.sh"

prefix="$work/a prefix"
meson setup "$work/build" "$root" --prefix "$prefix" --libdir lib -Ddefault_library=both \
    -Dtests=disabled -Dexamples=disabled -Ddoc=disabled
meson install -C "$work/build"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"

# pkg-config writes a space in a path as `\ `, which eval reads.
eval "$CC" '"$here/main.c"' -o '"$work/shared"' $(pkg-config --cflags --libs libbedrockcost)
try env LD_LIBRARY_PATH="$prefix/lib" "$work/shared"
readelf -d "$work/shared" | grep -q 'libbedrockcost\.so\.1'

# The archive, and beside it the libraries it stands on: `pkg-config --static` names those too, but
# also what they would need as archives, which distributions do not install with them.
eval "$CC" '"$here/main.c"' -o '"$work/static"' $(pkg-config --cflags libbedrockcost) \
    '"$prefix/lib/libbedrockcost.a"' \
    $(pkg-config --libs $(pkg-config --print-requires-private libbedrockcost | sed 's/ .*//'))
pkg-config --static --libs libbedrockcost | grep -q -- -lcrypto
try "$work/static"
test -z "$(readelf -d "$work/static" | grep libbedrockcost || true)"
