#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Checks the Promela models with spin, exhaustively. A model names in its text the ways in which
# it can be broken (BROKEN_...): each of these must be found, or the check is worth nothing.
#
# usage: tests/models/run.sh [MODEL...]
#
# The last line is "models: <n> models, <n> mutants, <n> states, <n> errors"; the exit status
# says whether there were errors.
set -eu

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
HERE=$ROOT/tests/models
OUT=$ROOT/build/models
MAX_DEPTH=1000000

models=0 mutants=0 states=0 errors=0

# verify MODEL [-DBROKEN_...]: leaves what the verifier printed in $report.
verify()
{
	local name=$1 dir
	shift

	dir=$OUT/$name${1+$1}
	mkdir -p "$dir"
	cp "$HERE/$name.pml" "$dir"
	(
		cd "$dir"
		rm -f ./*.trail
		spin -a "$@" "$name.pml"
		cc -O0 -w -DSAFETY -DCOLLAPSE -o pan pan.c
		./pan -m$MAX_DEPTH
	) >"$dir/log" 2>&1 || true
	report=$(cat "$dir/log")
}

# Of a search that went through all states; empty if it did not.
complete_errors()
{
	case $report in
	*"max search depth too small"* | *"out of memory"* | *"Search not completed"*) ;;
	*) sed -n 's/.*errors: \([0-9]*\)$/\1/p' <<<"$report" ;;
	esac
}

check_model()
{
	local name=$1 found stored

	verify "$name"
	found=$(complete_errors)
	stored=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' <<<"$report")
	models=$((models + 1))
	if [ "$found" = 0 ] && [ -n "$stored" ]; then
		states=$((states + stored))
		echo "  ok    $name, $stored states"
		return
	fi
	errors=$((errors + 1))
	tail -n 20 <<<"$report" | sed 's/^/        /'
	if [ -f "$OUT/$name/$name.pml.trail" ]; then
		(cd "$OUT/$name" && spin -t -p "$name.pml" | tail -n 60)
	fi
	echo "  FAIL  $name"
}

mutants_of()
{
	grep -oE '^#ifn?def BROKEN_[A-Z]+' "$1" | grep -oE 'BROKEN_[A-Z]+' | sort -u
}

check_mutant()
{
	local name=$1 mutant=$2

	verify "$name" "-D$mutant"
	mutants=$((mutants + 1))
	if grep -Eq '^pan:1: (assertion violated|invalid end state)' <<<"$report"; then
		echo "  ok    $name, $mutant is found"
		return
	fi
	errors=$((errors + 1))
	tail -n 20 <<<"$report" | sed 's/^/        /'
	echo "  FAIL  $name, $mutant is not found"
}

if [ $# = 0 ]; then
	set -- "$HERE"/*.pml
fi
for model; do
	model=$(basename "$model" .pml)
	check_model "$model"
	while read -r mutant; do
		check_mutant "$model" "$mutant"
	done < <(mutants_of "$HERE/$model.pml")
done
echo "models: $models models, $mutants mutants, $states states, $errors errors"
[ $errors = 0 ]
