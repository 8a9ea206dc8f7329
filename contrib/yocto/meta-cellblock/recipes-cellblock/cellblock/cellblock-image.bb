# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "Cellblock's EL2 image, which the driver loads as firmware"
require cellblock.inc

do_compile() {
	# Not with the flags of Linux' programs: its own Makefile says for which CPUs it is.
	oe_runmake -C ${S}/hypervisor O=${B}/hypervisor CROSS_COMPILE=${TARGET_PREFIX} \
		CC='${TARGET_PREFIX}gcc ${TOOLCHAIN_OPTIONS}'
}

do_install() {
	cellblock_install FIRMWARE=${nonarch_base_libdir}/firmware install-image
}

# The driver has the SHA-256 of the image that it belongs to.
sysroot_stage_all:append() {
	install -D -m 644 ${B}/hypervisor/cellblock.bin ${SYSROOT_DESTDIR}${datadir}/cellblock/cellblock.bin
}

FILES:${PN} = "${nonarch_base_libdir}/firmware/cellblock.bin"
# Not Linux' code, nor linked with anything of the distribution's: EL2 has nobody to strip or check it for.
INSANE_SKIP:${PN} += "arch"
