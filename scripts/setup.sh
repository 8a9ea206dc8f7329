#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs the Debian packages that building, testing and linting need. Does
# nothing, quickly, when they are there. Debian 12's own QEMU is too old: a newer
# one comes from backports, through a private apt configuration below build/apt,
# so that the machine's own stays as it is.
#
# usage: scripts/setup.sh          install what is missing
#        scripts/setup.sh --bench  the same, and what the plots of the bench need
#        scripts/setup.sh --boards the same, and what makes the boards' boot media
#        scripts/setup.sh --deb    the same, and what the Debian packages are built with
#        scripts/setup.sh --check  only say what is missing, exit 1 if anything is
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/common.sh"

# `virt` has a second non-secure PL011, for a cell's console, since this version.
QEMU_MIN=9.1

PACKAGES=(
	gcc libc6-dev binutils make
	clang libclang-rt-dev lld llvm clang-format clang-tidy
	device-tree-compiler libfdt-dev libjansson-dev zlib1g-dev libcmocka-dev
	python3 python3-pytest python3-pytest-xdist python3-libfdt python3-pyelftools
	python3-jsonschema
	cpio e2fsprogs kmod util-linux scdoc zsh
	sparse cppcheck cloc shellcheck pyflakes3 spin
)

if [ "$(dpkg --print-architecture)" != arm64 ]; then
	PACKAGES+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
fi

case ${1-} in
--bench) PACKAGES+=(gnuplot-nox) ;;
--boards) PACKAGES+=(mtools u-boot-tools) ;;
--deb) PACKAGES+=(dpkg-dev debhelper dh-dkms dkms fakeroot lintian) ;;
esac

# Prints those of the given packages that are not installed.
missing()
{
	local p

	for p; do
		all_installed "$p" || echo "$p"
	done
}

# One dpkg-query for all: the usual case, and it takes a few milliseconds.
all_installed()
{
	local status

	status=$(dpkg-query -W -f '${db:Status-Status}\n' "$@" 2>/dev/null) || return 1
	[ "$(echo "$status" | grep -c '^installed$')" -ge $# ]
}

qemu_ok()
{
	local version

	version=$(dpkg-query -W -f '${Version}' qemu-system-arm 2>/dev/null) || return 1
	[ -n "$version" ] && dpkg --compare-versions "${version#*:}" ge "$QEMU_MIN"
}

# install_packages [APT-OPTION...] -- PACKAGE...
install_packages()
{
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get --no-install-recommends -y -qq install "$@"
}

# Would these apt options install a QEMU that is new enough?
qemu_offered()
{
	local version

	version=$(apt-cache "$@" policy qemu-system-arm 2>/dev/null |
		sed -n 's/^ *Candidate: //p')
	[ -n "$version" ] && dpkg --compare-versions "${version#*:}" ge "$QEMU_MIN"
}

install_qemu()
{
	local suite dir=$APT_DIR/host opts=()

	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")-backports
	if qemu_offered; then
		install_packages -- qemu-system-arm
		return
	fi
	opts=(-t "$suite")
	if ! qemu_offered "${opts[@]}"; then
		say "QEMU >= $QEMU_MIN from $suite"
		mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
		private_sources "$dir/sources.list.d" \
			"deb [signed-by=$KEYRING] $(debian_mirror) $suite main"
		opts+=(-o Dir::Etc::sourcelist=/dev/null
			-o Dir::Etc::sourceparts="$dir/sources.list.d"
			-o Dir::State::lists="$dir/lists"
			-o Dir::Cache="$dir/cache"
			-o APT::Sandbox::User=root
			-o Acquire::Languages=none)
		as_root apt-get "${opts[@]}" -qq update
	fi
	install_packages "${opts[@]}" -- qemu-system-arm
	if [ "$(id -u)" != 0 ] && [ -d "$dir" ]; then
		as_root chown -R "$(id -u)" "$dir"
	fi
}

all_done()
{
	all_installed "${PACKAGES[@]}" && qemu_ok
}

if all_done; then
	exit 0
fi

mapfile -t MISSING < <(missing "${PACKAGES[@]}")
if [ "${1-}" = --check ]; then
	qemu_ok || MISSING+=("qemu-system-arm >= $QEMU_MIN")
	printf 'missing: %s\n' "${MISSING[@]}"
	exit 1
fi

take_lock setup
if [ ${#MISSING[@]} -gt 0 ]; then
	say "installing ${MISSING[*]}"
	install_packages -- "${MISSING[@]}" || {
		say "refreshing the package lists"
		as_root apt-get -qq update
		install_packages -- "${MISSING[@]}"
	}
fi
qemu_ok || install_qemu
all_done || die "packages are still missing"
