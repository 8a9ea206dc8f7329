#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# `make coverage`: which lines of the hypervisor, the driver and cellctl the unit tests and the
# corpora of the fuzzers reach together. Builds both once more, with clang's counters and without
# sanitizers, below build/coverage. Prints a table of files and, last, the sum; the lines that
# were never reached go to build/coverage/unreached.txt. Files that cannot be built for the host
# (assembly, what only the kernel offers) are named, and are for the system tests.
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
OUT=$ROOT/build/coverage
FLAGS="-fprofile-instr-generate -fcoverage-mapping"
cd "$ROOT"

rm -rf "$OUT/raw"
mkdir -p "$OUT/raw"
export LLVM_PROFILE_FILE=$OUT/raw/%m-%p.profraw

run_make()
{
	make --no-print-directory -j"$(nproc)" "$@"
}

# Each test is a promise that is checked elsewhere; here it only runs.
echo "== unit tests"
run_make -k -C tests/unit O="$OUT/unit" HOSTCC=clang SANITIZE="$FLAGS" >"$OUT/unit.log" 2>&1 || {
	tail -n 20 "$OUT/unit.log"
	exit 1
}
echo "== corpora"
run_make -C tests/fuzz O="$OUT/fuzz" SANITIZE="-fsanitize=fuzzer $FLAGS" RUNS=0 \
	>"$OUT/fuzz.log" 2>&1 || {
	tail -n 20 "$OUT/fuzz.log"
	exit 1
}

llvm-profdata merge -sparse -o "$OUT/all.profdata" "$OUT"/raw/*.profraw
objects=()
for binary in "$OUT"/unit/test_* "$OUT"/fuzz/*.bin; do
	[[ $binary = *.d ]] || objects+=(-object "$binary")
done
llvm-cov export -format=lcov -instr-profile="$OUT/all.profdata" "${objects[@]:1}" \
	"$ROOT"/{lib,hypervisor,driver,tools/cellctl,inmates/lib} >"$OUT/all.lcov" 2>"$OUT/llvm-cov.log"
/usr/bin/python3 tests/coverage.py "$OUT/all.lcov" "$OUT/unreached.txt"
