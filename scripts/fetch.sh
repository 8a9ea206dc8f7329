#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetches what the arm64 test system is made of into build/debian: Debian's
# kernel, its headers prepared for building modules from here, a static busybox,
# and the libraries to link the tool with. Nothing is installed: the packages are
# downloaded through a private apt configuration and unpacked. Does nothing,
# quickly, when all is there.
#
# usage: scripts/fetch.sh [PART...]	the first kernel, what userland needs, and these parts:
#
#   NAME     another kernel of the table below, and its headers
#   kernels  all of them
#   boards   the firmware of the boards
#   system   a root file system to install packages into: dpkg, systemd, udev
#
#        scripts/fetch.sh --kernels	prints the names of the table
#
# The result is described by build/debian/env.mk, which both make and a shell
# can include:
#
#   KERNEL_RELEASE KERNEL_IMAGE MODULES_DIR KDIR   of the first kernel
#   KERNELS                                        names of the others that are there, with ":" between
#   KERNEL_RELEASE_6_1_rt ...                      the same of each; what is no letter or digit is "_"
#   DEVICE_TREES                                   of the newest kernel that is there
#   BUSYBOX ARM64_INCLUDE ARM64_LIB BOARD_FIRMWARE SYSTEM_ROOT
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/common.sh"

OUT=$BUILD/debian
HOST_ARCH=$(dpkg --print-architecture)
# What a finished part looks like and where. Count up to have all fetched again.
STAMP="layout 1 in $ROOT"
# The kernels that tests boot, the newest last: a name, the suite that it comes from, and its
# flavour there. Which versions these are, Debian says; the names of the newest do not change with them.
KERNELS=(
	"6.1         bookworm            arm64"
	"6.1-rt      bookworm            rt-arm64"
	"6.12-bpo    bookworm-backports  arm64"
	"6.12        trixie              arm64"
	"6.12-rt     trixie              rt-arm64"
	"6.12-16k    trixie              arm64-16k"
	"newest-rt   trixie-backports    rt-arm64"
	"newest-16k  trixie-backports    arm64-16k"
	"newest      trixie-backports    arm64"
)
KERNEL_STAMP="kernel layout 1"
# What Cellblock's packages need of a system, what boots it, and a compiler for configurations.
# Essential packages come along.
SYSTEM=(base-files base-passwd bash bsdutils coreutils dash debianutils diffutils dpkg findutils gcc grep
	gzip hostname libc-bin libc6-dev sysvinit-utils
	init-system-helpers kmod libfdt1 libjansson4 login mawk mount ncurses-base passwd perl-base
	procps python3 python3-libfdt python3-pyelftools sed systemd systemd-sysv tar udev util-linux zlib1g)

# What the test system consists of besides our own programs, and their libraries.
USERLAND=(busybox-static libfdt-dev libfdt1 libjansson-dev libjansson4 zlib1g-dev zlib1g)

# The names of the kernels.
kernel_names()
{
	printf '%s\n' "${KERNELS[@]%% *}"
}

# The suite and flavour of kernel $1; none if there is no such kernel.
kernel_source()
{
	printf '%s\n' "${KERNELS[@]}" | awk -v name="$1" '$1 == name { print $2, $3 }'
}

# What is in part $1.
stamp()
{
	echo "$STAMP"
	case $1 in
	system) echo "${SYSTEM[*]}" ;;
	userland) echo "${USERLAND[*]}" ;;
	linux-*) echo "$KERNEL_STAMP: $(kernel_source "${1#linux-}")" ;;
	esac
}

part_done()
{
	[ "$(cat "$OUT/$1/.stamp" 2>/dev/null)" = "$(stamp "$1")" ]
}

# The release that suite $1 belongs to.
release_of()
{
	echo "${1%-backports}"
}

# Makes CONF an apt that believes in an arm64 machine on which nothing is installed, with the
# packages of suite $1 and those beside it. Each release has one of its own: nothing is mixed.
use_suite()
{
	local release dir mirror

	release=$(release_of "$1")
	dir=$APT_DIR/arm64-$release
	CONF=$dir/apt.conf
	[ -z "${UPDATED[$release]-}" ] || return 0
	mirror=$(debian_mirror)
	mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	cat >"$dir/sources.list" <<-END
		deb [signed-by=$KEYRING] $mirror $release main
		deb [signed-by=$KEYRING] $mirror $release-backports main
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
	APT_CONFIG=$CONF apt-get -qq --error-on=any update ||
		die "no packages of $release from $mirror: is the package debian-archive-keyring up to date?"
	UPDATED[$release]=1
}
declare -A UPDATED

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

# Which packages have the image and the device trees that package $1 of suite $2 stands for: newer
# kernels have packages of their own for these, and for the modules, which need not be there.
image_packages()
{
	local image=$1 suite=$2 binary

	binary=$(dependency "$image" "$suite" linux-binary-)
	if [ -n "$binary" ]; then
		echo "$binary"
		dependency "$image" "$suite" linux-base-
	else
		echo "$image"
	fi
}

# fetch_kernel PART SUITE FLAVOUR: a kernel, and headers that build modules on this host.
fetch_kernel()
{
	local part=$1 suite=$2 flavour=$3 dir=$OUT/$1 image headers common kbuild release packages

	rm -rf "$dir"
	mkdir -p "$dir/usr/lib"
	ln -s usr/lib "$dir/lib"
	use_suite "$suite"
	image=$(behind "linux-image-$flavour" "$suite")
	headers=$(behind "linux-headers-$flavour" "$suite")
	if [ -z "$image" ] || [ -z "$headers" ]; then
		die "no kernel $flavour in $suite"
	fi
	common=$(dependency "$headers" "$suite" 'linux-headers-[^ ]*-common')
	kbuild=$(dependency "$headers" "$suite" linux-kbuild-)
	release=${image#linux-image-}
	say "$part: Linux $release"
	mapfile -t packages < <(image_packages "$image" "$suite")
	unpack "$suite" "$dir" "${packages[@]}" "$headers" "$common" "$kbuild:$HOST_ARCH"

	prepare_headers "$dir" "$release"
	wrap_host_tools "$dir/usr/lib/$kbuild" "$suite" "$kbuild"
	[ ! -d "$dir/lib/modules/$release/kernel" ] || depmod_tree "$dir" "$release"
	echo "$release" >"$dir/release"
}

# Makes the headers of release $2 below $1 work there. They name their other half, and modules their
# headers, absolutely; and the compiler of their release, of which this host may have another.
prepare_headers()
{
	local headers=$1/usr/src/linux-headers-$2

	sed -i -E "s#^(include |KBUILD_OUTPUT *= *)/usr/src#\\1$1/usr/src#" "$headers/Makefile"
	sed -i -E 's#(\$\(CROSS_COMPILE\)gcc)-[0-9.]+$#\1#' "$headers/.kernelvariables"
	# With it, building a module makes BTF and wants pahole, of the same version.
	rm -f "$headers/vmlinux"
	# shellcheck disable=SC2016	# make's
	echo 'override PAHOLE_VERSION = $(CONFIG_PAHOLE_VERSION)' >>"$headers/.kernelvariables"
	fit_compiler "$headers/include"
}

# The configuration in $1 says what the compiler of the kernel's release can do; let it say that of
# this host's, as the kernel's own build would.
fit_compiler()
{
	local gcc=aarch64-linux-gnu-gcc version files=("$1/config/auto.conf" "$1/generated/autoconf.h")
	local aligned=CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT

	version=$("$gcc" -dumpfullversion | awk -F. '{ printf "%d%02d%02d", $1, $2, $3 }')
	sed -i -E "s#^(.*CONFIG_GCC_VERSION[ =])[0-9]+\$#\\1$version#" "${files[@]}"
	"$gcc" -fmin-function-alignment=8 -E -x c /dev/null >/dev/null 2>&1 ||
		sed -i -E "/^(#define )?${aligned}[ =]/d" "${files[@]}"
}

# Does program $1 find here all that it is linked with?
runs_here()
{
	! ldd "$1" 2>&1 | grep -q 'not found'
}

# Makes the programs of this host below $1, from package $3 of suite $2, work also where the C library is
# older than the one that they were built with: each becomes a script that runs it by its own
# release's loader, with its own release's libraries, under the same name.
wrap_host_tools()
{
	local dir=$1 suite=$2 kbuild=$3 libraries tool loader

	find "$dir" -type f -perm -100 -exec sh -c 'head -c 4 "$1" | grep -q ELF' sh {} \; -print >"$dir/programs"
	while read -r tool; do
		runs_here "$tool" && continue
		libraries=$OUT/libraries-$(release_of "$suite")
		part_done "${libraries##*/}" || fetch_libraries "$libraries" "$suite" "$kbuild"
		loader=$(find "$libraries" -type f -name 'ld-linux*' | head -n 1)
		mv "$tool" "$tool.elf"
		# shellcheck disable=SC2016	# the script's own
		printf '#!/bin/sh\nexec %s --argv0 "$0" --library-path %s "$0.elf" "$@"\n' \
			"$loader" "${loader%/*}" >"$tool"
		chmod 755 "$tool"
		runs_wrapped "$tool" || die "$tool: does not run with the libraries in $libraries"
	done <"$dir/programs"
	rm "$dir/programs"
}

# The same for a program that has been wrapped.
runs_wrapped()
{
	local loader

	loader=$(sed -n 's/^exec \([^ ]*\) .*/\1/p' "$1")
	! "$loader" --library-path "${loader%/*}" --list "$1.elf" 2>&1 | grep -q 'not found'
}

# libraries_among PACKAGES --recurse|--no-recurse: libraries of this host that they depend on.
libraries_among()
{
	local package words=()

	for package in $1; do
		words+=("${package%:"$HOST_ARCH"}:$HOST_ARCH")
	done
	APT_CONFIG=$CONF apt-cache depends --important "$2" "${words[@]}" |
		sed -nE "s/^( *Depends: )?((lib|zlib)[^ :]*)(:$HOST_ARCH)?\$/\\2:$HOST_ARCH/p" | sort -u
}

# fetch_libraries DIR SUITE PACKAGE: what PACKAGE, of this host's architecture, is linked with.
fetch_libraries()
{
	local dir=$1 suite=$2 package=$3 direct all

	mapfile -t direct < <(libraries_among "$package" --no-recurse)
	mapfile -t all < <(libraries_among "${direct[*]}" --recurse)
	rm -rf "$dir"
	mkdir -p "$dir"
	unpack "$suite" "$dir" "${all[@]}"
	stamp "${dir##*/}" >"$dir/.stamp"
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
	use_suite "$TARGET_SUITE"
	unpack "$TARGET_SUITE" "$dir" "${USERLAND[@]}"
	# zlib lies in /lib, and its link leads there: with neither, its archive would be linked.
	cp -a "$dir"/lib/aarch64-linux-gnu/libz.so.* "$dir"/usr/lib/aarch64-linux-gnu/
	ln -sf libz.so.1 "$dir"/usr/lib/aarch64-linux-gnu/libz.so
}

# TF-A and U-Boot, which the tests of the boards run.
fetch_firmware()
{
	local dir=$OUT/firmware

	rm -rf "$dir"
	mkdir -p "$dir"
	use_suite "$TARGET_SUITE"
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
	use_suite "$TARGET_SUITE"
	download_system "$dir/archives"
	for deb in "$dir"/archives/*.deb; do
		register "$root" "$deb"
	done
	rm -rf "$dir/archives"
	system_basics "$root"
}

# kernel_env PART SUFFIX: its variables.
kernel_env()
{
	local dir=$OUT/$1 suffix=$2 release image

	release=$(cat "$dir/release")
	image=$dir/boot/vmlinuz-$release
	[ -f "$image" ] || image=$dir/lib/modules/$release/vmlinuz
	echo "KERNEL_RELEASE$suffix=$release"
	echo "KERNEL_IMAGE$suffix=$image"
	[ ! -d "$dir/lib/modules/$release/kernel" ] || echo "MODULES_DIR$suffix=$dir/lib/modules/$release"
	echo "KDIR$suffix=$dir/usr/src/linux-headers-$release"
}

write_env()
{
	local name first names=() trees

	first=$(kernel_names | head -n 1)
	echo "# Made by scripts/fetch.sh."
	for name in $(kernel_names); do
		part_done "linux-$name" || continue
		trees=$OUT/linux-$name/usr/lib/linux-image-$(cat "$OUT/linux-$name/release")
		if [ "$name" = "$first" ]; then
			kernel_env "linux-$name" ""
		else
			kernel_env "linux-$name" "_${name//[^[:alnum:]]/_}"
			names+=("$name")
		fi
	done
	echo "KERNELS=$(IFS=: && echo "${names[*]}")"
	echo "DEVICE_TREES=$trees"
	if part_done system; then
		echo "SYSTEM_ROOT=$OUT/system/root"
	fi
	echo "BUSYBOX=$OUT/userland/bin/busybox"
	echo "ARM64_INCLUDE=$OUT/userland/usr/include"
	echo "ARM64_LIB=$OUT/userland/usr/lib/aarch64-linux-gnu"
	if part_done firmware; then
		echo "BOARD_FIRMWARE=$OUT/firmware/usr/lib"
	fi
}

if [ "${1-}" = --kernels ]; then
	kernel_names
	exit
fi

WANTED="linux-$(kernel_names | head -n 1) userland"
for wanted; do
	case $wanted in
	kernels) WANTED="$WANTED $(kernel_names | sed 's/^/linux-/' | tr '\n' ' ')" ;;
	boards) WANTED="$WANTED firmware" ;;
	system) WANTED="$WANTED $wanted" ;;
	*)
		[ -n "$(kernel_source "$wanted")" ] || die "unknown argument: $wanted"
		WANTED="$WANTED linux-$wanted"
		;;
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
for part in $WANTED; do
	part_done "$part" && continue
	case $part in
	linux-*)
		# shellcheck disable=SC2046	# two words
		fetch_kernel "$part" $(kernel_source "${part#linux-}")
		;;
	userland) fetch_userland ;;
	firmware) fetch_firmware ;;
	system) fetch_system ;;
	esac
	stamp "$part" >"$OUT/$part/.stamp"
done
write_env >"$OUT/env.mk.new"
mv "$OUT/env.mk.new" "$OUT/env.mk"
