# SPDX-License-Identifier: GPL-2.0-only
SUMMARY = "cellctl, and what makes and checks configurations"
require cellblock.inc
inherit pkgconfig useradd systemd

DEPENDS = "dtc jansson zlib"

make_tool = "oe_runmake CC='${CC}' CFLAGS='${CFLAGS}' EXTRA_CFLAGS='${CPPFLAGS}' LDFLAGS='${LDFLAGS}'"

do_compile() {
	${make_tool} -C ${S}/tools/cellctl O=${B}/tools/cellctl VERSION=${PV} PREFIX=${prefix}
	${make_tool} -C ${S}/tools/cellcheck O=${B}/tools/cellcheck
}

do_install() {
	cellblock_install UNITS=${systemd_system_unitdir} UDEV=${nonarch_base_libdir}/udev/rules.d \
		install-config install-cellctl ${@bb.utils.contains('DISTRO_FEATURES', 'systemd', 'install-system', '', d)}
}

USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system cellblock"
SYSTEMD_SERVICE:${PN} = "cellblock.service"
SYSTEMD_AUTO_ENABLE = "disable"

FILES:${PN} += "${prefix}/lib/cellblock ${datadir} ${systemd_unitdir} ${nonarch_base_libdir} ${prefix}/lib/sysusers.d"
CONFFILES:${PN} = "${sysconfdir}/cellblock/cellblock.conf"
# The Python tools run where configurations are made: on the target only if it makes some.
RRECOMMENDS:${PN} = "python3-core python3-json python3-dtc python3-pyelftools"
RDEPENDS:${PN} = "cellblock-module"
