// SPDX-License-Identifier: GPL-2.0-only
/* Tile 2 of 7: see tile.h. */
#define TILE 2
#include "tile.h"
