#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Static checks of everything in the tree. Prints one line a check, and what it found;
# fails if anything was found. Needs what setup.sh and fetch.sh provide.
#
# usage: scripts/lint.sh [CHECK...]	all of them by default
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
cd "$ROOT"
. scripts/common.sh
# shellcheck disable=SC1091	# made by fetch.sh
. "$BUILD/debian/env.mk"

OUT=$BUILD/lint
JOBS=$(nproc)
CROSS=aarch64-linux-gnu-
[ "$(uname -m)" != aarch64 ] || CROSS=
CHECKS=(files reference format shell python sparse sparse-driver cppcheck tidy tidy-driver analyzer
	stack image floors)

# Files of the tree with one of these name endings.
tree_files()
{
	local name args=()

	for name; do
		args+=(-o -name "$name")
	done
	find . \( -path ./build -o -path ./.git -o -name __pycache__ -o -name .pytest_cache \) \
		-prune -o -type f \( "${args[@]:1}" \) -print | sort
}

check_files()
{
	tree_files '*.[chS]' '*.dtso' '*.lds' '*.py' '*.sh' '*.bash' '*.mk' Makefile Kbuild rules \
		'*.service' '*.rules' '*.sysusers' '*.prerm' \
		'*.md' '*.svg' init shrc cb-agent cellctl-config cellctl-collect .clang-format \
		.clang-tidy | xargs /usr/bin/python3 tests/static/check_files.py
}

check_reference()
{
	/usr/bin/python3 scripts/reference.py --check
}

check_shell()
{
	tree_files '*.sh' '*.bash' | xargs shellcheck -e SC1091	# what is sourced is elsewhere
	shellcheck scripts/rootfs/init scripts/rootfs/usr/lib/cb-agent .ci/run \
		tools/cellctl-config/cellctl-collect
	shellcheck -s dash -e SC2034 scripts/rootfs/etc/shrc	# PS1 is for the shell
}

# Finds errors of syntax, too.
check_python()
{
	tree_files '*.py' | xargs /usr/bin/python3 -m pyflakes
}

# run_sparse FILE... -- FLAG...
run_sparse()
{
	local files=()

	while [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	shift
	for file in "${files[@]}"; do
		sparse -m64 --arch=arm64 -std=gnu11 -nostdinc -DCELLBLOCK_VERSION='"0"' \
			-isystem "$(${CROSS}gcc -print-file-name=include)" "$@" "$file"
	done
}

check_sparse()
{
	local libc=/usr/aarch64-linux-gnu/include

	[ -n "$CROSS" ] || libc=/usr/include
	# What only assembly uses is declared nowhere else.
	run_sparse hypervisor/*/*.c hypervisor/arch/arm64/*.c lib/*/*.c -- -ffreestanding -Wno-decl -DFILE_NUMBER=0 \
		-Ilib -Ihypervisor -Ihypervisor/arch/arm64/include -Iinclude
	run_sparse inmates/*/*.c tests/inmates/*.c tests/inmates/*/*.c -- -ffreestanding -Iinmates/include -Iinclude \
		-isystem "$ARM64_INCLUDE"
	run_sparse tools/*/*.c hypervisor/arch/host/*.c -- -D_GNU_SOURCE -Ihypervisor/arch/host/include \
		-Ihypervisor/arch/arm64/include -Ilib -Ihypervisor -Iinclude -Itools/cellctl \
		-isystem "$libc" -idirafter "$ARM64_INCLUDE"
	run_sparse tests/firmware/*.c -- -ffreestanding
	# It does not know arrays of variable size among parameters, which regex.h has.
	run_sparse tests/system/guest/*.c -- -D__STDC_NO_VLA__ -Iinclude -isystem "$libc" \
		-idirafter "$ARM64_INCLUDE"
}

# Debian's headers come without the kernel to take BTF from.
check_sparse-driver()
{
	make -s -C driver KDIR="$KDIR" OBJ="$OUT/driver" 2>&1 | grep -v '^Skipping BTF'
	make -s -C "$KDIR" M="$OUT/driver" ARCH=arm64 CROSS_COMPILE="$CROSS" CELLBLOCK="$ROOT" \
		C=2 modules 2>&1 | grep -vE '^  |^Skipping BTF'
	[ -f "$OUT/driver/cellblock.ko" ]
}

# Not findings: GNU C's arithmetic on void pointers, differences of linker symbols, and
# the register variables of an SMC, which only the assembly behind them reads.
check_cppcheck()
{
	cppcheck --quiet -j"$JOBS" --std=c11 --platform=unix64 --inline-suppr \
		--enable=warning,portability,performance \
		--suppress=missingIncludeSystem --suppress=arithOperationsOnVoidPointer \
		--suppress=comparePointers --suppress='constStatement:*/smc.h' \
		--suppress='constStatement:*/module/hostile.c' \
		--template='{file}:{line}: {severity}: {message} [{id}]' \
		-D__aarch64__ -D__GNUC__=12 -Iinclude -Ilib -Ihypervisor -Iinmates/include \
		-Ihypervisor/arch/arm64/include lib hypervisor driver tools inmates tests
}

# run_tidy FILE... -- FLAG...: the checks of .clang-tidy, a file a process.
run_tidy()
{
	local files=()

	while [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	# It counts warnings that it does not show, too. What one says is printed at once.
	# shellcheck disable=SC2016	# of the other shell
	printf '%s\n' "${files[@]}" |
		xargs -P "$JOBS" -I {} bash -c 'echo "$(clang-tidy --quiet "$0" "$@" 2>&1)"' {} "$@" |
		grep -v '^$' |
		grep -v ' warnings\? \(and [0-9]* errors\? \)\?generated\.$' || true
}

check_tidy()
{
	local target="--target=aarch64-linux-gnu" libc=/usr/aarch64-linux-gnu/include

	[ -n "$CROSS" ] || libc=/usr/include
	run_tidy hypervisor/*/*.c hypervisor/arch/arm64/*.c lib/*/*.c -- $target -std=gnu11 -ffreestanding \
		-mgeneral-regs-only -DCELLBLOCK_VERSION='"0"' -DFILE_NUMBER=0 -Ilib -Ihypervisor \
		-Ihypervisor/arch/arm64/include -Iinclude
	run_tidy inmates/*/*.c tests/inmates/*.c tests/inmates/*/*.c -- $target -std=gnu11 -ffreestanding -Iinmates/include -Iinclude \
		-isystem "$ARM64_INCLUDE"
	run_tidy tests/firmware/*.c -- $target -std=gnu11 -ffreestanding -mgeneral-regs-only
	run_tidy tests/system/guest/*.c -- $target -std=gnu11 -Iinclude -isystem "$libc" \
		-idirafter "$ARM64_INCLUDE"
	run_tidy tools/*/*.c -- -std=gnu11 -D_GNU_SOURCE -DCELLBLOCK_VERSION='"0"' \
		-Ihypervisor/arch/host/include -Ihypervisor/arch/arm64/include -Ilib -Ihypervisor -Iinclude \
		-Itools/cellctl
	# fuzz_ioctl.c needs kernel headers that its Makefile makes up.
	run_tidy hypervisor/arch/host/*.c tests/unit/*.c tests/fuzz/fuzz_[!i]*.c tests/fuzz/fuzz_insn.c \
		tests/fuzz/input.c -- -std=gnu11 -D_GNU_SOURCE \
		-Ihypervisor/arch/host/include -Itests/unit -Ihypervisor/arch/arm64/include -Ilib -Ihypervisor -Iinclude \
		-DBOOTFILE_DIRECTORY='"/run"' -DBUS_DIRECTORY='"/run"' -DCPU_DIRECTORY='"/run"' -Itools/cellctl -Itools
}

# With the flags that the kernel's build gives gcc, but for those that clang does not have.
check_tidy-driver()
{
	local file flags=()

	make -s -C driver KDIR="$KDIR" OBJ="$OUT/driver" 2>&1 | grep -v '^Skipping BTF'
	eval "flags=($(sed -n '1s/^[^=]*:= *[^ ]* //p' "$OUT/driver/.main.o.cmd"))"
	for file in "${!flags[@]}"; do
		case ${flags[file]} in
		-W* | -mabi=* | -fconserve-stack | -fno-allow-* | -fpatchable-* | -ftrivial-* | -mstack-* | \
			-c | -o | "$OUT"/driver/*)
			unset "flags[file]"
			;;
		-I./*) flags[file]=-I$KDIR/${flags[file]#-I./} ;;
		esac
	done
	run_tidy driver/*.c -- --target=aarch64-linux-gnu "${flags[@]}" -Ilib
}

# Configurations and the ABI are tables, laid out by hand.
check_format()
{
	tree_files '*.[ch]' | grep -vE '^\./(configs|include)/|/insn_table\.h$' |
		xargs clang-format --dry-run -Werror
}

check_analyzer()
{
	local make="make -s -j$JOBS --no-print-directory"

	$make -C hypervisor O="$OUT/hypervisor" EXTRA_CFLAGS=-fanalyzer
	$make -C inmates O="$OUT/inmates" CC="${CROSS}gcc -fanalyzer" >/dev/null
	$make -C tests/inmates O="$OUT/test-inmates" CC="${CROSS}gcc -fanalyzer" >/dev/null
	$make -C tests/firmware O="$OUT/firmware" CC="${CROSS}gcc -fanalyzer"
	$make -C tools/cellctl CC="${CROSS}gcc" O="$OUT/cellctl" \
		EXTRA_CFLAGS="-isystem $ARM64_INCLUDE -fanalyzer" \
		LDFLAGS="-static -L$ARM64_LIB" >/dev/null
	$make -C tools/cellcheck O="$OUT/cellcheck" EXTRA_CFLAGS=-fanalyzer >/dev/null
}

# The image that is installed, and clang's.
IMAGES=("$BUILD/hypervisor" "$BUILD/check/hypervisor-clang")

make_images()
{
	make -s --no-print-directory -C hypervisor O="${IMAGES[0]}"
	make -s --no-print-directory -C hypervisor O="${IMAGES[1]}" CC=clang
}

# Leaves stack.txt beside each image.
check_stack()
{
	local image

	make_images
	for image in "${IMAGES[@]}"; do
		/usr/bin/python3 tests/static/check_stack.py "$image/cellblock.elf" \
			--usage "$image" >"$image/stack.txt"
	done
	note=": $(head -n 1 "${IMAGES[0]}/stack.txt" | sed 's/^ *//')"
}

check_image()
{
	local image

	make_images
	for image in "${IMAGES[@]}"; do
		/usr/bin/python3 tests/static/check_image.py "$image/cellblock.elf"
	done
}

check_floors()
{
	make_images
	/usr/bin/python3 tests/static/check_floors.py "${IMAGES[0]}"
}

failed=0
mkdir -p "$OUT"
[ $# -gt 0 ] || set -- "${CHECKS[@]}"
for check; do
	log=$OUT/$check.log
	note=
	if "check_$check" >"$log" 2>&1 && [ ! -s "$log" ]; then
		echo "  ok    $check$note"
	else
		sed 's/^/        /' "$log"
		echo "  FAIL  $check"
		failed=$((failed + 1))
	fi
done
[ "$failed" = 0 ]
