################################################################################
#
# cellblock: SPDX-License-Identifier: GPL-2.0-only
#
################################################################################

# The tree that this directory is part of.
CELLBLOCK_SITE = $(abspath $(BR2_EXTERNAL_CELLBLOCK_PATH)/../..)
CELLBLOCK_SITE_METHOD = local
# CELLBLOCK_VERSION is Buildroot's: "custom", for what it does not fetch.
CELLBLOCK_RELEASE = $(shell cat $(CELLBLOCK_SITE)/VERSION)
CELLBLOCK_LICENSE = GPL-2.0-only, GPL-2.0-only or BSD-2-Clause (ABI headers)
CELLBLOCK_LICENSE_FILES = COPYING
CELLBLOCK_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude /build
CELLBLOCK_DEPENDENCIES = dtc jansson zlib

CELLBLOCK_BUILD = $(@D)/build
CELLBLOCK_TOOL_OPTS = CC="$(TARGET_CC)" CFLAGS="$(TARGET_CFLAGS)" LDFLAGS="$(TARGET_LDFLAGS)"

# The driver has the SHA-256 of the image that it belongs to. Its sources, and the check of configurations,
# are linked into one directory.
define CELLBLOCK_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D)/hypervisor O=$(CELLBLOCK_BUILD)/hypervisor \
		CROSS_COMPILE="$(TARGET_CROSS)"
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D)/driver links OBJ=$(@D)/module
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D)/tools/cellctl O=$(CELLBLOCK_BUILD)/tools/cellctl \
		VERSION=$(CELLBLOCK_RELEASE) $(CELLBLOCK_TOOL_OPTS)
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D)/tools/cellcheck O=$(CELLBLOCK_BUILD)/tools/cellcheck \
		$(CELLBLOCK_TOOL_OPTS)
endef

CELLBLOCK_MODULE_SUBDIRS = module
CELLBLOCK_MODULE_MAKE_OPTS = CELLBLOCK=$(@D) \
	IMAGE_SHA256=`sha256sum <$(CELLBLOCK_BUILD)/hypervisor/cellblock.bin | cut -c1-64`

CELLBLOCK_INSTALL = $(TARGET_MAKE_ENV) $(MAKE) -C $(@D) BUILD=$(CELLBLOCK_BUILD) DESTDIR=$(TARGET_DIR) PREFIX=/usr
CELLBLOCK_PARTS = install-image install-cellctl \
	$(if $(BR2_PACKAGE_CELLBLOCK_CONFIG_TOOLS),install-config)

define CELLBLOCK_INSTALL_TARGET_CMDS
	$(CELLBLOCK_INSTALL) $(CELLBLOCK_PARTS)
endef

define CELLBLOCK_INSTALL_INIT_SYSTEMD
	$(CELLBLOCK_INSTALL) install-system UNITS=/usr/lib/systemd/system UDEV=/usr/lib/udev/rules.d
endef

define CELLBLOCK_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 755 $(CELLBLOCK_PKGDIR)/S80cellblock $(TARGET_DIR)/etc/init.d/S80cellblock
	$(INSTALL) -D -m 755 $(@D)/system/cell-unit.sh $(TARGET_DIR)/usr/lib/cellblock/cell-unit
	$(INSTALL) -D -m 644 $(@D)/system/cellblock.rules \
		$(TARGET_DIR)/etc/udev/rules.d/60-cellblock.rules
	$(INSTALL) -d $(TARGET_DIR)/etc/cellblock/cells
endef

define CELLBLOCK_USERS
	- - cellblock -1 * - - - Cellblock
endef

# What the driver asks of Linux.
define CELLBLOCK_LINUX_CONFIG_FIXUPS
	$(call KCONFIG_ENABLE_OPT,CONFIG_HOTPLUG_CPU)
	$(call KCONFIG_ENABLE_OPT,CONFIG_FW_LOADER)
endef

$(eval $(kernel-module))
$(eval $(generic-package))
