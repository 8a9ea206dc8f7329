#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetches what the arm64 test system is made of into build/debian: Debian's
# kernel, its headers prepared for building modules from here, a static busybox,
# and the libraries to link the tool with. Nothing is installed: the packages are
# downloaded through a private apt configuration and unpacked. Does nothing,
# quickly, when all is there.
#
# usage: scripts/fetch.sh          Debian 12's kernel (6.1) and the rest
#        scripts/fetch.sh 6.12     the backports kernel and its headers, too
#        scripts/fetch.sh boards   the firmware of the boards, too
#
# The result is described by build/debian/env.mk, which both make and a shell
# can include:
#
#   KERNEL_RELEASE KERNEL_IMAGE MODULES_DIR KDIR   (and the same with _612)
#   BUSYBOX ARM64_INCLUDE ARM64_LIB BOARD_FIRMWARE
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/common.sh"

OUT=$BUILD/debian
HOST_ARCH=$(dpkg --print-architecture)
# What a finished part looks like and where. Count up to have all fetched again.
STAMP="layout 1 in $ROOT"
CONF=$APT_DIR/arm64/apt.conf

part_done()
{
	[ "$(cat "$OUT/$1/.stamp" 2>/dev/null)" = "$STAMP" ]
}

# An apt that believes in an arm64 machine on which nothing is installed.
make_apt_conf()
{
	local dir=$APT_DIR/arm64 mirror

	mirror=$(debian_mirror)
	mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	cat >"$dir/sources.list" <<-END
		deb [signed-by=$KEYRING] $mirror $TARGET_SUITE main
		deb [signed-by=$KEYRING] $mirror $TARGET_SUITE-backports main
	END
	cat >"$CONF" <<-END
		APT::Architecture "arm64";
		APT::Architectures { "arm64"; "$HOST_ARCH"; };
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Dir::State "$dir/state";
		Dir::State::status "$dir/status";
		Dir::Cache "$dir/cache";
		Dir::Cache::pkgcache "pkgcache.bin";
		Dir::Cache::srcpkgcache "srcpkgcache.bin";
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
	END
	APT_CONFIG=$CONF apt-get -qq update
}

# The one real package that metapackage $1, of suite $2, stands for.
behind()
{
	APT_CONFIG=$CONF apt-cache -t "$2" depends --important "$1" |
		sed -n 's/^ *Depends: \(linux-[a-z]*-[0-9][^ ]*\)$/\1/p' | head -n 1
}

# Of package $1 in suite $2, the dependency whose name starts with $3.
dependency()
{
	APT_CONFIG=$CONF apt-cache -t "$2" depends --important "$1" |
		sed -n "s/^ *Depends: <*\\($3[^ :>]*\\)[^ ]*\$/\\1/p" | head -n 1
}

# Downloads packages of suite $1 and unpacks them below $2.
unpack()
{
	local suite=$1 dir=$2 debs
	shift 2

	debs=$(mktemp -d "$APT_DIR/debs.XXXXXX")
	(cd "$debs" && APT_CONFIG=$CONF apt-get -qq -t "$suite" download "$@")
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$dir"
	done
	rm -rf "$debs"
}

# fetch_kernel PART SUITE: a kernel, and headers that build modules on this host.
fetch_kernel()
{
	local part=$1 suite=$2 dir=$OUT/$1 image headers common kbuild release

	rm -rf "$dir"
	mkdir -p "$dir"
	image=$(behind linux-image-arm64 "$suite")
	headers=$(behind linux-headers-arm64 "$suite")
	[ -n "$image$headers" ] || die "no arm64 kernel in $suite"
	common=$(dependency "$headers" "$suite" 'linux-headers-[^ ]*-common')
	kbuild=$(dependency "$headers" "$suite" linux-kbuild-)
	release=${image#linux-image-}
	say "$part: Linux $release"
	unpack "$suite" "$dir" "$image" "$headers" "$common" "$kbuild:$HOST_ARCH"

	# The headers name their other half, and modules their headers, absolutely.
	sed -i "s#^include /usr/src#include $dir/usr/src#" \
		"$dir/usr/src/linux-headers-$release/Makefile"
	# With it, building a module makes BTF and wants pahole.
	rm -f "$dir/usr/src/linux-headers-$release/vmlinux"
	depmod_tree "$dir" "$release"
	echo "$release" >"$dir/release"
}

depmod_tree()
{
	PATH=$PATH:/sbin:/usr/sbin depmod -b "$1" "$2"
}

fetch_userland()
{
	local dir=$OUT/userland

	rm -rf "$dir"
	mkdir -p "$dir"
	unpack "$TARGET_SUITE" "$dir" busybox-static libfdt-dev libfdt1 \
		libjansson-dev libjansson4
}

# TF-A and U-Boot, which the tests of the boards run.
fetch_firmware()
{
	local dir=$OUT/firmware

	rm -rf "$dir"
	mkdir -p "$dir"
	unpack "$TARGET_SUITE" "$dir" arm-trusted-firmware u-boot-rpi u-boot-qemu
}

kernel_env()
{
	local dir=$OUT/$1 suffix=$2 release image

	release=$(cat "$dir/release")
	image=$dir/boot/vmlinuz-$release
	echo "KERNEL_RELEASE$suffix=$release"
	echo "KERNEL_IMAGE$suffix=$image"
	echo "MODULES_DIR$suffix=$dir/lib/modules/$release"
	echo "KDIR$suffix=$dir/usr/src/linux-headers-$release"
}

write_env()
{
	{
		echo "# Made by scripts/fetch.sh."
		kernel_env linux-6.1 ""
		if part_done linux-6.12; then
			kernel_env linux-6.12 _612
		fi
		echo "BUSYBOX=$OUT/userland/bin/busybox"
		echo "ARM64_INCLUDE=$OUT/userland/usr/include"
		echo "ARM64_LIB=$OUT/userland/usr/lib/aarch64-linux-gnu"
		if part_done firmware; then
			echo "BOARD_FIRMWARE=$OUT/firmware/usr/lib"
		fi
	} >"$OUT/env.mk.new"
	mv "$OUT/env.mk.new" "$OUT/env.mk"
}

WANTED="linux-6.1 userland"
for wanted; do
	case $wanted in
	6.12) WANTED="$WANTED linux-6.12" ;;
	boards) WANTED="$WANTED firmware" ;;
	*) die "unknown argument: $wanted" ;;
	esac
done

all_done()
{
	local part

	[ -f "$OUT/env.mk" ] || return 1
	for part in $WANTED; do
		part_done "$part" || return 1
	done
}

all_done && exit 0
take_lock fetch
all_done && exit 0
mkdir -p "$OUT"
make_apt_conf
for part in $WANTED; do
	part_done "$part" && continue
	case $part in
	linux-6.1) fetch_kernel "$part" "$TARGET_SUITE" ;;
	linux-6.12) fetch_kernel "$part" "$TARGET_SUITE-backports" ;;
	userland) fetch_userland ;;
	firmware) fetch_firmware ;;
	esac
	echo "$STAMP" >"$OUT/$part/.stamp"
done
write_env
