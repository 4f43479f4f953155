#!/usr/bin/env bash
# portability.sh [TARGET...]
#
# Compiles hyperslab for machines without a file system of ours (wasm32-wasip1), with pointers of 32 bits (i686) and without
# Unix (windows-gnu), and runs its tests on a big-endian machine (s390x) in an emulator. Prints one line for each target.
#
# The standard library of each target is built from source, so it takes no more than a compiler with its sources: on Debian
# the packages rustc-web and rust-web-src; for Windows also binutils-mingw-w64-x86-64, and for s390x
# gcc-s390x-linux-gnu, libc6-dev-s390x-cross and qemu-user.
set -uo pipefail
cd "$(dirname "$0")/.."

CHECKED="wasm32-wasip1 i686-unknown-linux-gnu x86_64-pc-windows-gnu"
EMULATED="s390x-unknown-linux-gnu"
# What the emulator runs: unit tests, fixtures, and what depends on the byte order.
TESTS="--lib --test fixtures --test writer --test borrowing"
SYSROOT=/usr/s390x-linux-gnu
TARGET_DIR=${CARGO_TARGET_DIR:-target}/portability
LOGS=$TARGET_DIR/logs
mkdir -p "$LOGS"

export RUSTC=${PORTABILITY_RUSTC:-/usr/bin/rustc} RUSTC_BOOTSTRAP=1 CARGO_TERM_COLOR=never
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$TARGET_DIR
# An emulator is slow, and what is tested is the byte order.
export PROPTEST_CASES=${PROPTEST_CASES:-8}
export CARGO_TARGET_S390X_UNKNOWN_LINUX_GNU_LINKER=s390x-linux-gnu-gcc
export CARGO_TARGET_S390X_UNKNOWN_LINUX_GNU_RUNNER="qemu-s390x -L $SYSROOT"

missing() {
    if ! "$RUSTC" --version >/dev/null 2>&1; then
        echo "no compiler $RUSTC"
    elif [ ! -f "$("$RUSTC" --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ]; then
        echo "no sources of the standard library"
    elif [[ $1 = *-windows-gnu ]] && ! command -v x86_64-w64-mingw32-dlltool >/dev/null; then
        echo "no x86_64-w64-mingw32-dlltool"
    elif [ "$1" = "$EMULATED" ] && ! command -v s390x-linux-gnu-gcc >/dev/null; then
        echo "no s390x-linux-gnu-gcc"
    elif [ "$1" = "$EMULATED" ] && ! command -v qemu-s390x >/dev/null; then
        echo "no qemu-s390x"
    elif [ "$1" = "$EMULATED" ] && [ ! -d "$SYSROOT/lib" ]; then
        echo "no C library for s390x"
    fi
}

check() {
    # Nothing of it runs but what writes code.
    local options="-q -p hyperslab --lib --target $1 -Zbuild-std=std,panic_abort"
    # shellcheck disable=SC2086
    cargo check $options --config 'profile.dev.package."*".opt-level=0' &&
        cargo check $options --config 'profile.dev.package."*".opt-level=0' --no-default-features
}

run_tests() {
    # shellcheck disable=SC2086
    cargo test -p hyperslab $TESTS --no-fail-fast --target "$1" -Zbuild-std
}

passed() { sed -n 's/^test result: [a-zA-Z]*\. \([0-9]*\) passed; \([0-9]*\) failed.*/\1 \2/p' "$1"; }

failed=0
for target in ${*:-$CHECKED $EMULATED}; do
    log=$LOGS/$target.log
    why=$(missing "$target")
    if [ -n "$why" ]; then
        printf 'SKIPPED: %s: %s\n' "$target" "$why"
    elif [ "$target" = "$EMULATED" ]; then
        run_tests "$target" >"$log" 2>&1
        status=$?
        passed "$log" | awk -v target="$target" -v status=$status '{ ok += $1; bad += $2 }
            END { printf "%s: %d tests passed, %d failed%s\n", target, ok, bad, status ? " (" status ")" : "" }'
        [ $status = 0 ] || { failed=1; grep -E '^(error|test .* FAILED|---- )|panicked' "$log" | head -40; }
    elif check "$target" >"$log" 2>&1; then
        printf '%s: compiles, with and without default features\n' "$target"
    else
        failed=1
        printf '%s: does not compile\n' "$target"
        grep -A4 '^error' "$log" | head -40
    fi
done
exit $failed
