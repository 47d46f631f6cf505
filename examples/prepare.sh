# What examples/demo.sh and tests/run.sh share: getting a machine ready to build, and building. Sourced
# by bash with `root` set to the root of the tree.
# SPDX-License-Identifier: MIT

say() { printf '%s\n' "$@"; }

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# need PACKAGE PROBE...: the package is missing unless the probe succeeds.
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

needs_of_the_build() {
    need gcc command -v gcc
    need libc6-dev gcc -E -x c -include stdio.h /dev/null
    need g++ command -v g++
    need python3 command -v python3
    need meson command -v meson
    need ninja-build command -v ninja
    need pkg-config command -v pkg-config
    need curl command -v curl
    need libcurl4-openssl-dev pkg-config --exists libcurl
    need libssl-dev pkg-config --exists libcrypto
    need libjansson-dev pkg-config --exists jansson
    need libexpat1-dev pkg-config --exists expat
    need libsqlite3-dev pkg-config --exists sqlite3
    need libmicrohttpd-dev pkg-config --exists libmicrohttpd
    need zlib1g-dev pkg-config --exists zlib
}

# install_missing NEEDS...: calls functions made of `need` lines and installs what they miss.
install_missing() {
    local needs
    exec 9<"$root" # the tree as a lock: the two scripts may run at once
    flock 9
    missing=()
    for needs in "$@"; do
        "$needs"
    done
    if [ ${#missing[@]} = 0 ]; then
        say "Nothing to install."
    else
        apt_install "${missing[@]}"
    fi
    exec 9<&-
}

apt_install() {
    local as_root=() options=(-qq -o DPkg::Lock::Timeout=600)
    local by_hand="apt-get update && apt-get install --no-install-recommends -y $*"
    command -v apt-get >/dev/null ||
        die "There is no apt-get here. Install what these Debian packages hold: $*"
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "Neither root nor sudo. Run this as root: $by_hand"
        as_root=(sudo)
    fi
    say "Installing: $*"
    as_root+=(env DEBIAN_FRONTEND=noninteractive "${proxies[@]}")
    # An update that fails need not be the end: the lists there are may do.
    quietly "${as_root[@]}" apt-get "${options[@]}" update || true
    quietly "${as_root[@]}" apt-get "${options[@]}" install --no-install-recommends -y "$@" ||
        die "The installation failed. To do it by hand, run this as root: $by_hand"
}

# Keeps the proxies for what has to reach the network, and takes everything out of the environment
# that could lead a program to AWS or change what it prints.
proxies=()
scrub() {
    local name
    for name in {http,https,all,no}_proxy {HTTP,HTTPS,ALL,NO}_PROXY; do
        if [ -n "${!name:-}" ]; then
            proxies+=("$name=${!name}")
        fi
        unset "$name"
    done
    unset "${!AWS_@}" "${!BEDROCKCOST_@}" "${!LC_@}" TZ CFLAGS CXXFLAGS CPPFLAGS LDFLAGS
    export LC_ALL=C.UTF-8
    export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
    export AWS_EC2_METADATA_DISABLED=true
}

# Makes a folder and holds it until the script ends: a second run waits for its turn.
hold_folder() {
    mkdir -p "$1" 2>/dev/null && [ -w "$1" ] || die "$1 cannot be written: is it another user's?"
    exec 8<"$1"
    flock -n 8 || { say "Waiting for another run in $1" && flock 8; }
}

# quietly COMMAND...: shows the command's output only if it fails.
quietly() {
    local output
    output=$("$@" 2>&1 8<&-) || { printf '%s\n' "$output" && return 1; }
}

# configure FOLDER OPTIONS...: meson setup, whatever the folder's past.
configure() {
    local folder=$1
    shift
    if [ ! -f "$folder/build.ninja" ]; then
        quietly meson setup "$folder" "$root" "$@"
    else
        quietly meson setup --reconfigure "$folder" "$root" "$@" ||
            quietly meson setup --wipe "$folder" "$root" "$@"
    fi
}
