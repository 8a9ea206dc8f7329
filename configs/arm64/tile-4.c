// SPDX-License-Identifier: GPL-2.0-only
/* Tile 4 of 7: see tile.h. */
#define TILE 4
#include "tile.h"
