// SPDX-License-Identifier: GPL-2.0-only
/* Tile 3 of 7: see tile.h. */
#define TILE 3
#include "tile.h"
