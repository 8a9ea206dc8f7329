// SPDX-License-Identifier: GPL-2.0-only
/* Tile 6 of 7: see tile.h. */
#define TILE 6
#include "tile.h"
