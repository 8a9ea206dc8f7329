# SPDX-License-Identifier: GPL-2.0-only
"""Describes a machine to Cellblock: checks the hardware, makes configurations and checks them."""
