#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# `make check`: builds everything with each compiler and for each kernel, and runs the
# static checks, the unit tests, those of the configuration tools, the models, the fuzzers, the
# demo and the system tests in QEMU. Stops early only if something does not build. The last line
# is "<n> passed, <n> failed"; the exit status says whether anything failed.
#
# Parts run beside one another, for each alone would leave a CPU idle now and then: what needs
# nothing that is built here, what needs no QEMU, and what does. The output is shown in this order.
#
# With CB_LONG=1 (`make check-long`) the fuzzers and the system tests take their time, and the boards
# and a soak follow.
# Functions are called by their names, some in subshells.
# shellcheck disable=SC2317,SC2030,SC2031
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
cd "$ROOT"
. scripts/common.sh

OUT=$BUILD/check
JOBS=$(nproc)
PYTHON=/usr/bin/python3
LONG=${CB_LONG-}
FUZZ_LIMIT=RUNS=100000
[ -z "$LONG" ] || FUZZ_LIMIT=TIME=1800
SOAK_MINUTES=20
unset MAKEFLAGS MFLAGS

passed=0
FAILED=()

run_make()
{
	make --no-print-directory -j"$JOBS" "$@"
}

pass()
{
	passed=$((passed + $1))
}

# Waits for what still runs.
finish()
{
	local name

	for name in "${!PARTS[@]}"; do
		end_part "$name"
	done
	echo
	for name in "${FAILED[@]}"; do
		echo "FAILED: $name"
	done
	echo "$passed passed, ${#FAILED[@]} failed"
	[ ${#FAILED[@]} = 0 ]
	exit
}

title()
{
	printf '\n== %s\n' "$*"
}

# step NAME COMMAND...: one test; shows the command's output only if it fails.
step()
{
	local name=$1 log start=$SECONDS
	shift

	log=$OUT/${name//[^[:alnum:].-]/_}.log
	if "$@" >"$log" 2>&1; then
		printf '  ok    %s, %d s\n' "$name" $((SECONDS - start))
		pass 1
	else
		tail -n 60 "$log" | sed 's/^/        /'
		printf '  FAIL  %s\n' "$name"
		FAILED+=("$name")
	fi
}

# The kernel's build goes on after a warning: look for them.
build_module()
{
	local headers=$1 dir=$2 log

	log=$OUT/$(basename "$dir").log
	rm -rf "$dir"
	run_make -C driver KDIR="$headers" OBJ="$dir" 2>&1 | tee "$log"
	[ -f "$dir/cellblock.ko" ] && ! grep -qi 'warning:' "$log"
}

# Kernels that only some tests boot: the newest, or all. The first builds go on meanwhile.
start_kernels()
{
	local kernels=newest

	[ -z "$LONG" ] || kernels=kernels
	scripts/fetch.sh "$kernels" >"$OUT/kernels.log" 2>&1 </dev/null &
	KERNELS=$!
}

end_kernels()
{
	local status=0

	wait "$KERNELS" || status=$?
	cat "$OUT/kernels.log"
	return "$status"
}

# Runs $1 with the name of each of them, and what its variables end in.
for_each_kernel()
{
	local name names

	IFS=: read -ra names <<<"$KERNELS"
	for name in "${names[@]}"; do
		"$1" "$name" "_${name//[^[:alnum:]]/_}"
	done
}

build_for_kernel()
{
	local release=KERNEL_RELEASE$2 headers=KDIR$2

	step "module without warnings, Linux ${!release}" \
		build_module "${!headers}" "$BUILD/kernels/$1/driver"
}

build_all()
{
	title build
	start_kernels
	# This one goes into the root file system.
	step "module without warnings, Linux $KERNEL_RELEASE" build_module "$KDIR" "$BUILD/driver"
	step "everything, gcc, Linux $KERNEL_RELEASE" run_make rootfs
	step "test builds that fail on demand" run_make faults
	step "plugin for QEMU" run_make -C tests/bench
	step "hypervisor, clang" run_make -C hypervisor CC=clang O="$OUT/hypervisor-clang"
	step "inmates, clang" run_make -C inmates CC=clang LD=ld.lld O="$OUT/inmates-clang"
	step "inmates of the tests, clang" run_make -C tests/inmates CC=clang LD=ld.lld O="$OUT/test-inmates-clang"
	step "other kernels" end_kernels
	# shellcheck disable=SC1091	# made by fetch.sh
	. "$BUILD/debian/env.mk"
	for_each_kernel build_for_kernel
	step "root file systems of these kernels" run_make kernels
	[ ${#FAILED[@]} = 0 ] || finish
}

# Counts what tests/unit printed, a cmocka test each.
unit_tests()
{
	local log=$OUT/unit.log name ok bad=() status=0

	title "unit tests"
	run_make -k -C tests/unit >"$log" 2>&1 || status=$?
	ok=$(grep -c '^\[       OK \]' "$log" || true)
	mapfile -t bad < <(sed -n 's/^\[  FAILED  \] \([[:alnum:]_]*\)$/\1/p' "$log" | sort -u)
	# A program that ended before its last test, or did not build.
	[ "$status" = 0 ] || [ ${#bad[@]} -gt 0 ] || bad=("make -C tests/unit")
	if [ ${#bad[@]} -gt 0 ]; then
		grep -vE '^\[ +(RUN|OK)|^  (HOSTCC|MKCELL)' "$log" | sed 's/^/        /'
	fi
	for name in "${bad[@]}"; do
		FAILED+=("$name")
	done
	pass "$ok"
	echo "  $ok passed, ${#bad[@]} failed"
}

# Prints the number of passed tests of a JUnit file, then the names of those that failed.
junit_result()
{
	$PYTHON - "$1" <<-'END'
		import sys
		import xml.etree.ElementTree as tree
		# A test that fails and then cannot be cleaned up after is there twice.
		bad = {}
		for case in tree.parse(sys.argv[1]).iter("testcase"):
		    name = f"{case.get('classname')}: {case.get('name').split('@')[0]}"
		    kinds = {child.tag for child in case}
		    if "skipped" not in kinds:
		        bad[name] = bad.get(name, False) or bool(kinds & {"failure", "error"})
		print(list(bad.values()).count(False), *(n for n in bad if bad[n]), sep="\n")
	END
}

# python_tests NAME DIRECTORY WORKERS: a test each of pytest's.
python_tests()
{
	local name=$1 directory=$2 workers=$3 xml=$OUT/${1// /_}.xml result=() status=0

	title "$name"
	rm -f "$xml"
	$PYTHON -m pytest -q -p no:cacheprovider -n "$workers" --dist loadgroup \
		--junitxml="$xml" "$directory" </dev/null || status=$?
	[ ! -f "$xml" ] || mapfile -t result < <(junit_result "$xml")
	pass "${result[0]:-0}"
	FAILED+=("${result[@]:1}")
	[ "$status" = 0 ] || [ ${#result[@]} -gt 1 ] || FAILED+=("pytest $directory")
}

# results NAME COMMAND...: counts the lines "  ok    ..." and "  FAIL  ..." that a command prints,
# a test each. A command that fails without such a line has failed as a whole.
results()
{
	local name=$1 log=$OUT/$1.log status check found=0
	shift

	"$@" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	pass "$(grep -c '^  ok    ' "$log" || true)"
	while read -r check; do
		FAILED+=("$name: $check")
		found=1
	done < <(sed -n 's/^  FAIL  //p' "$log")
	[ "$status" = 0 ] || [ "$found" = 1 ] || FAILED+=("$name")
}

soak()
{
	title soak
	step "soak of $SOAK_MINUTES minutes" $PYTHON tests/system/soak.py --minutes "$SOAK_MINUTES"
	tail -n 1 "$OUT/soak_of_${SOAK_MINUTES}_minutes.log"
}

boards()
{
	title boards
	scripts/boards.sh | sed -n 's/.*::\(.*\) PASSED .*/  ok    \1/p; s/.*::\(.*\) \(FAILED\|ERROR\) .*/  FAIL  \1/p'
	return "${PIPESTATUS[0]}"
}

demo()
{
	scripts/demo.sh </dev/null | tee "$OUT/demo.txt"
	tail -n 1 "$OUT/demo.txt" | grep -q '^demo: PASS'
}

without_builds()
{
	title models
	results models tests/models/run.sh
	unit_tests
	title fuzzing
	results fuzz run_make -C tests/fuzz "$FUZZ_LIMIT"
}

without_qemu()
{
	title lint
	results lint scripts/lint.sh
	python_tests "config tests" tests/config "$JOBS"
	python_tests "board trees" tests/sweep "$JOBS"
	python_tests "package tests" tests/packages "$JOBS"
}

with_qemu()
{
	title packages
	step "Debian packages, a system to install them in" run_make system-disk
	title demo
	step "make demo" demo
	# Tests wait much of the time: one worker more than the usual two cores.
	python_tests "system tests" tests/system $((JOBS + 1))
}

# start_part NAME: begins with the function NAME in the background.
start_part()
{
	(
		passed=0 FAILED=()
		# QEMU is what takes longest.
		[ "$1" = with_qemu ] || renice -n 5 "$BASHPID" >/dev/null
		"$1"
		printf '%s\n' "$passed" "${FAILED[@]}" >"$OUT/$1.result"
	) >"$OUT/$1.txt" 2>&1 </dev/null &
	PARTS[$1]=$!
}

# end_part NAME: shows what it prints until it ends, and takes its results over.
end_part()
{
	local result

	tail -n +1 -f -s 0.2 --pid="${PARTS[$1]}" "$OUT/$1.txt"
	if wait "${PARTS[$1]}"; then
		mapfile -t result <"$OUT/$1.result"
		pass "${result[0]}"
		FAILED+=("${result[@]:1}")
	else
		FAILED+=("$1")
	fi
	unset "PARTS[$1]"
}

mkdir -p "$OUT"
# What runs in the background would not hear of Ctrl-C.
trap 'trap - INT TERM; kill 0' INT TERM
declare -A PARTS

if ! scripts/setup.sh; then
	FAILED+=("setup: packages are missing")
	finish
fi
start_part without_builds
if ! scripts/fetch.sh; then
	FAILED+=("setup: Debian's arm64 packages are missing")
	finish
fi
# shellcheck disable=SC1091	# made by fetch.sh
. "$BUILD/debian/env.mk"
build_all
start_part with_qemu
start_part without_qemu
end_part without_builds
end_part without_qemu
end_part with_qemu
if [ -n "$LONG" ]; then
	results boards boards
	soak
fi
finish
