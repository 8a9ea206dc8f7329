// SPDX-License-Identifier: GPL-2.0-only
/* Tile 1 of 7: see tile.h. */
#define TILE 1
#include "tile.h"
