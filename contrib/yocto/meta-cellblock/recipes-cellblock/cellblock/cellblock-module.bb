# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "Cellblock's driver for Linux"
require cellblock.inc
inherit module

DEPENDS += "cellblock-image"

module_make = "oe_runmake -C ${S}/driver KDIR=${STAGING_KERNEL_DIR} O=${STAGING_KERNEL_BUILDDIR} OBJ=${B}/driver \
	CROSS_COMPILE=${TARGET_PREFIX} CC='${KERNEL_CC}' LD='${KERNEL_LD}' AR='${KERNEL_AR}' \
	OBJCOPY='${KERNEL_OBJCOPY}' STRIP='${KERNEL_STRIP}' \
	IMAGE=${RECIPE_SYSROOT}${datadir}/cellblock/cellblock.bin"

do_compile() {
	unset CFLAGS CPPFLAGS CXXFLAGS LDFLAGS
	${module_make} modules
}

do_install() {
	install -D -m 644 ${B}/driver/cellblock.ko \
		${D}${nonarch_base_libdir}/modules/${KERNEL_VERSION}/updates/cellblock.ko
}

RDEPENDS:${PN} += "cellblock-image"
