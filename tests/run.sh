#!/bin/bash
# Builds the library and runs every test suite. Installs what is missing (Debian packages).
#
#   tests/run.sh         one build, with gcc
#   tests/run.sh --ci    clang as well, sanitizers, valgrind, and some thousand inputs of each fuzzer
#
# Everything it makes is in build/. The last line says how many cases passed, failed and were skipped.
# SPDX-License-Identifier: MIT
set -eu
unset CDPATH
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
build=$root/build
results=$build/results
cores=$(nproc)
at_once=$((2 * cores)) # tests: they wait more than they compute
. "$root/examples/prepare.sh"

needs_of_the_tests() {
    need check pkg-config --exists check
    need nodejs command -v node
    need npm command -v npm
    need openssl command -v openssl
    need tmux command -v tmux
    need ca-certificates test -s /etc/ssl/certs/ca-certificates.crt
}

needs_of_the_ci() {
    need clang command -v clang
    need libclang-rt-14-dev clang_links -fsanitize=fuzzer,address,undefined
    need clang-format-14 command -v clang-format-14
    need doxygen command -v doxygen
    need valgrind command -v valgrind
    need libc6-dbg valgrind --quiet true
}

clang_links() {
    echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | clang "$@" -x c -o /dev/null -
}

# stage NAME COMMAND...: what the command leaves goes to a folder of its own; a failure does not stop
# the stages after it.
stage() {
    local name=$1 start=$SECONDS rc=0
    shift
    here=$results/$name
    mkdir -p "$here"
    say "== $name"
    "$@" || rc=$?
    echo "$rc" >"$here/rc"
    say "== $name: $((SECONDS - start)) s"
}

# compile NAME COMPILER OPTIONS...: build/NAME with gcc or clang.
compile() {
    local folder=$build/$1
    export CC=$2 CXX=${2/gcc/g}++
    shift 2
    configure "$folder" "$@" && quietly meson compile -C "$folder"
}

# suites NAME ARGUMENTS...: meson test in build/NAME.
suites() {
    local logs=$build/$1/meson-logs rc=0
    rm -f "$logs"/testlog*.json
    meson test -C "$build/$1" --no-rebuild --print-errorlogs --num-processes "$at_once" "${@:2}" 8<&- || rc=$?
    cp "$logs"/testlog*.json "$here" || rc=1
    return $rc
}

with_gcc() {
    compile gcc gcc -Dtests=enabled -Dexamples=enabled "-Dwerror=$ci" && suites gcc
}

# AWS's own code for Node against ours, in a copy of tests/interop that has its packages beside it.
interop() {
    local copy=$build/interop rc=0
    mkdir -p "$copy"
    cp -R "$root/tests/interop/." "$copy"
    if ! cmp -s "$copy/package-lock.json" "$copy/installed.json"; then
        if ! (cd "$copy" && quietly env "${proxies[@]}" npm ci --cache "$build/npm-cache" \
            --loglevel error --fetch-retry-mintimeout 1000 --fetch-retry-maxtimeout 5000); then
            say "interop is skipped: npm cannot install its packages"
            echo "1..0 # SKIP no packages" >"$here/interop.tap"
            [ "${CI:-}" != true ]
            return
        fi
        cp "$copy/package-lock.json" "$copy/installed.json"
    fi
    node "$copy/run.mjs" --build "$build/gcc" >"$here/interop.tap" 8<&- || rc=$?
    grep -v '^ok ' "$here/interop.tap"
    return $rc
}

with_valgrind() {
    at_once=$cores suites gcc --setup valgrind --suite unit --no-suite heap
}

with_clang() {
    compile clang clang -Dtests=enabled -Dexamples=enabled -Dwerror=true -Ddefault_library=both &&
        suites clang --suite unit --suite checks --no-suite emulator
}

with_sanitizers() {
    compile sanitizers clang -Dtests=enabled -Dexamples=enabled -Ddoc=disabled -Dfuzz=true \
        -Db_sanitize=address,undefined -Db_lundef=false &&
        suites sanitizers --setup sanitizers --no-suite consumer --no-suite checks
}

with_threads() {
    compile threads clang -Dtests=enabled -Dexamples=disabled -Ddoc=disabled \
        -Db_sanitize=thread -Db_lundef=false && suites threads --setup sanitizers --suite threads
}

# Some thousand inputs of each fuzzer, from the corpus in the tree: the same ones in every run, as far
# as five seconds go. To search for new ones, run a fuzzer by hand, for minutes.
fuzz() {
    local target
    for target in "$build"/sanitizers/tests/*/fuzz_*; do
        [ ! -f "$target" ] || echo "$target"
    done | in_parallel fuzz_one | tee "$here/fuzz.tap"
}

fuzz_one() {
    local name=${1##*/fuzz_} corpus=$root${1#"$build/sanitizers"}
    corpus=${corpus%/*}/corpus/$name
    mkdir -p "$build/fuzz/$name"
    if quietly "$1" -seed=1 -runs=40000 -max_total_time=5 -artifact_prefix="$build/fuzz/$name-" \
        "$build/fuzz/$name" "$corpus" >&2; then
        say "ok - $name"
    else
        say "not ok - $name"
    fi
}

# in_parallel COMMAND: runs it for each line of stdin, as many at once as there are cores.
in_parallel() {
    local line
    while read -r line; do
        while [ "$(jobs -rp | wc -l)" -ge "$cores" ]; do wait -n || true; done
        "$1" "$line" &
    done
    wait
}

# The other command of README.md.
demo() {
    quietly "$root/examples/demo.sh"
}

ci=false
case "$*" in
'') ;;
--ci) ci=true ;;
*) die "usage: tests/run.sh [--ci]" ;;
esac

scrub
if $ci; then
    install_missing needs_of_the_build needs_of_the_tests needs_of_the_ci
else
    install_missing needs_of_the_build needs_of_the_tests
fi
hold_folder "$build"
rm -rf "$results"

stage gcc with_gcc
stage interop interop
if $ci; then
    stage valgrind with_valgrind
    stage clang with_clang
    stage sanitizers with_sanitizers
    stage threads with_threads
    stage fuzz fuzz
    stage demo demo
fi
python3 "$root/tests/tally.py" "$results"
