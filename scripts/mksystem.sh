#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes the disk of a Debian system in which packages are installed, with systemd as init, and
# the initramfs that mounts it: build/system-disk/{root.img,initramfs.cpio}. What fetch.sh has unpacked
# is copied and gets the driver that DKMS built, the packages of `make deb` and an attacker in /root, a shell of
# root's on the console that the tests talk to, and what they look at Linux with.
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
. "$ROOT/scripts/common.sh"
# shellcheck disable=SC1091	# made by fetch.sh
. "$BUILD/debian/env.mk"

OUT=$BUILD/system-disk
SIZE=512M
# What nobody reads there, and units that would only take an emulator's time.
UNUSED=(usr/share/doc usr/share/man usr/share/locale usr/share/info usr/share/i18n
	usr/lib/gcc/aarch64-linux-gnu/12/lto1 usr/bin/aarch64-linux-gnu-lto-dump-12)
MASKED=(getty.target serial-getty@.service systemd-firstboot.service modprobe@.service
	systemd-tmpfiles-setup.service systemd-tmpfiles-clean.timer systemd-update-utmp.service
	systemd-pstore.service systemd-random-seed.service systemd-user-sessions.service
	dev-hugepages.mount dev-mqueue.mount sys-kernel-tracing.mount systemd-repart.service
	sys-kernel-debug.mount sys-kernel-config.mount proc-sys-fs-binfmt_misc.automount
	systemd-binfmt.service systemd-modules-load.service systemd-sysctl.service
	systemd-journal-flush.service systemd-update-utmp-runlevel.service
	systemd-network-generator.service systemd-ask-password-wall.path
	systemd-ask-password-console.path dpkg-db-backup.timer systemd-logind.service)

# Not a getty: logging in takes PAM, which nobody has configured.
console_unit()
{
	cat <<-'END'
		[Unit]
		Description=Shell on the console
		After=multi-user.target

		[Service]
		Type=idle
		WorkingDirectory=/root
		Environment=HOME=/root TERM=dumb SYSTEMD_COLORS=0
		ExecStart=/bin/bash -i
		StandardInput=tty
		StandardOutput=tty
		StandardError=tty
		TTYPath=/dev/ttyAMA0
		Restart=always
		KillSignal=SIGHUP

		[Install]
		WantedBy=multi-user.target
	END
}

# At boot, events of the devices that are there only for these: of hundreds, nobody waits.
coldplug()
{
	cat <<-'END'
		[Service]
		ExecStart=
		ExecStart=udevadm trigger --type=devices --action=add --subsystem-match=block
	END
}

mask_units()
{
	local root=$1 units=$1/etc/systemd/system generators=$1/etc/systemd/system-generators name

	for name in "${MASKED[@]}"; do
		ln -s /dev/null "$units/$name"
	done
	# They run at each daemon-reload, and have nothing to generate here.
	mkdir -p "$generators"
	for name in "$root"/lib/systemd/system-generators/*; do
		ln -s /dev/null "$generators/${name##*/}"
	done
	mkdir -p "$units/systemd-udev-trigger.service.d"
	coldplug >"$units/systemd-udev-trigger.service.d/cb.conf"
}

# What the scripts of the Python packages would have done, if the Python here is of the same version.
compile_python()
{
	local root=$1 python

	python=python$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
	[ -d "$root/usr/lib/$python" ] || return 0
	/usr/bin/python3 -m compileall -q -s "$root" -p / "$root/usr/lib/$python" \
		"$root/usr/lib/python3/dist-packages"
}

configure()
{
	local root=$1 units=$1/etc/systemd/system

	mkdir -p "$units/multi-user.target.wants"
	console_unit >"$units/console.service"
	ln -s ../console.service "$units/multi-user.target.wants/console.service"
	mask_units "$root"
	ln -s /lib/systemd/system/multi-user.target "$units/default.target"
	echo "PS1='cb# '" >"$root/root/.bashrc"
	install -D "$ROOT/scripts/rootfs/usr/lib/cb-agent" "$root/usr/lib/cb-agent"
	make --no-print-directory -s -C "$ROOT/tests/system/guest" health DESTDIR="$root"
	cp "$BUILD"/tests/inmates/violate.bin "$root/root"
	cp "$BUILD"/deb/cell*-[dt]*_all.deb "$BUILD"/deb/cell{block,ctl}_*_arm64.deb "$root/root"
}

add_driver()
{
	local modules=$1/lib/modules/$KERNEL_RELEASE

	mkdir -p "$modules/updates/dkms"
	cp "$MODULES_DIR"/modules.{order,builtin,builtin.modinfo} "$modules"
	"$ROOT/scripts/dkms.sh" "$KERNEL_RELEASE" "$KDIR" "$modules/updates/dkms/cellblock.ko" \
		>"$OUT/dkms.log" 2>&1 || {
		cat "$OUT/dkms.log" >&2
		die "DKMS does not build the driver"
	}
	PATH=$PATH:/sbin:/usr/sbin depmod -b "$1" "$KERNEL_RELEASE"
}

[ -d "${SYSTEM_ROOT-}" ] || die "there is no system to copy: run scripts/fetch.sh system"
rm -rf "$OUT"
mkdir -p "$OUT"
cp -a "$SYSTEM_ROOT" "$OUT/root"
(cd "$OUT/root" && rm -rf "${UNUSED[@]}")
add_driver "$OUT/root"
compile_python "$OUT/root"
configure "$OUT/root"
# Everything in it is root's, whoever makes it.
export PATH=$PATH:/sbin:/usr/sbin
fakeroot sh -e <<END
chown -R 0:0 "$OUT/root"
mke2fs -q -t ext4 -O ^has_journal -d "$OUT/root" "$OUT/root.img" "$SIZE"
END
rm -rf "$OUT/root"
MODULES="virtio_pci virtio_mmio virtio_blk virtio_net crc32c_generic ext4" \
	"$ROOT/scripts/mkrootfs.sh" "$OUT/initramfs.cpio"
