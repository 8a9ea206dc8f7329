#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetches what the arm64 test system is made of into build/debian: Debian's
# kernel, its headers prepared for building modules from here, a static busybox,
# and the libraries to link the tool with. Nothing is installed: the packages are
# downloaded through a private apt configuration and unpacked. Does nothing,
# quickly, when all is there.
#
# usage: scripts/fetch.sh [PART...]
#
# Debian 12's kernel (6.1) and the rest, and these parts, too:
#
#   6.12     the kernel of backports and its headers
#   6.1-rt   the real-time kernel and its headers
#   boards   the firmware of the boards
#   system   a root file system to install packages into: dpkg, systemd, udev
#
# The result is described by build/debian/env.mk, which both make and a shell
# can include:
#
#   KERNEL_RELEASE KERNEL_IMAGE MODULES_DIR KDIR   (and the same with _612, _RT)
#   BUSYBOX ARM64_INCLUDE ARM64_LIB BOARD_FIRMWARE SYSTEM_ROOT
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/common.sh"

OUT=$BUILD/debian
HOST_ARCH=$(dpkg --print-architecture)
# What a finished part looks like and where. Count up to have all fetched again.
STAMP="layout 1 in $ROOT"
CONF=$APT_DIR/arm64/apt.conf
# What Cellblock's packages need of a system, what boots it, and a compiler for configurations.
# Essential packages come along.
SYSTEM=(base-files base-passwd bash bsdutils coreutils dash debianutils diffutils dpkg findutils gcc grep
	gzip hostname libc-bin libc6-dev sysvinit-utils
	init-system-helpers kmod libfdt1 libjansson4 login mawk mount ncurses-base passwd perl-base
	procps python3 python3-libfdt sed systemd systemd-sysv tar udev util-linux)

# What is in part $1.
stamp()
{
	echo "$STAMP"
	[ "$1" != system ] || echo "${SYSTEM[*]}"
}

part_done()
{
	[ "$(cat "$OUT/$1/.stamp" 2>/dev/null)" = "$(stamp "$1")" ]
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

# fetch_kernel PART SUITE FLAVOUR: a kernel, and headers that build modules on this host.
fetch_kernel()
{
	local part=$1 suite=$2 flavour=$3 dir=$OUT/$1 image headers common kbuild release

	rm -rf "$dir"
	mkdir -p "$dir"
	image=$(behind "linux-image-$flavour" "$suite")
	headers=$(behind "linux-headers-$flavour" "$suite")
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

# The packages that SYSTEM and all they depend on are, downloaded into $1.
download_system()
{
	APT_CONFIG=$CONF apt-get -qq -y --no-install-recommends --download-only \
		-o Dir::Cache::archives="$1" -o Debug::NoLocking=1 install "${SYSTEM[@]}"
}

# Unpacks package $2 below $1 and enters it into dpkg's database there as installed. Its
# scripts do not run: this machine cannot run them. See system_basics for what they would do.
register()
{
	local root=$1 deb=$2 info=$1/var/lib/dpkg/info status=$1/var/lib/dpkg/status control name

	control=$(mktemp -d "$root/../control.XXXXXX")
	dpkg-deb -e "$deb" "$control"
	name=$(sed -n 's/^Package: //p' "$control/control")
	! grep -q '^Multi-Arch: same' "$control/control" ||
		name=$name:$(sed -n 's/^Architecture: //p' "$control/control")
	dpkg-deb -X "$deb" "$root" | sed 's#^\./#/#; s#/$##; s#^$#/.#' >"$info/$name.list"
	sed 's/^Package: .*/&\nStatus: install ok installed/' "$control/control" >>"$status"
	echo >>"$status"
	rm "$control/control"
	for file in "$control"/*; do
		[ ! -f "$file" ] || cp "$file" "$info/$name.${file##*/}"
	done
	rm -r "$control"
}

# What the scripts of base-passwd, base-files, gcc, systemd and udev would have made.
system_basics()
{
	local root=$1

	cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
	cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
	echo cellblock >"$root/etc/hostname"
	: >"$root/etc/machine-id"
	ln -sf dash "$root/bin/sh"
	ln -sf mawk "$root/usr/bin/awk"
	ln -sf gcc "$root/usr/bin/cc"
}

# Merges /usr first, as Debian does before it unpacks anything.
fetch_system()
{
	local dir=$OUT/system root=$OUT/system/root name deb

	rm -rf "$dir"
	mkdir -p "$root"/var/lib/dpkg/{info,updates,triggers} "$dir/archives/partial"
	for name in bin sbin lib; do
		mkdir -p "$root/usr/$name"
		ln -s "usr/$name" "$root/$name"
	done
	say "system: a root file system with systemd"
	download_system "$dir/archives"
	for deb in "$dir"/archives/*.deb; do
		register "$root" "$deb"
	done
	rm -rf "$dir/archives"
	system_basics "$root"
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
		if part_done linux-6.1-rt; then
			kernel_env linux-6.1-rt _RT
		fi
		if part_done system; then
			echo "SYSTEM_ROOT=$OUT/system/root"
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
	6.12 | 6.1-rt) WANTED="$WANTED linux-$wanted" ;;
	boards) WANTED="$WANTED firmware" ;;
	system) WANTED="$WANTED $wanted" ;;
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
	linux-6.1) fetch_kernel "$part" "$TARGET_SUITE" arm64 ;;
	linux-6.12) fetch_kernel "$part" "$TARGET_SUITE-backports" arm64 ;;
	linux-6.1-rt) fetch_kernel "$part" "$TARGET_SUITE" rt-arm64 ;;
	userland) fetch_userland ;;
	firmware) fetch_firmware ;;
	system) fetch_system ;;
	esac
	stamp "$part" >"$OUT/$part/.stamp"
done
write_env
