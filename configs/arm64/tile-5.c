// SPDX-License-Identifier: GPL-2.0-only
/* Tile 5 of 7: see tile.h. */
#define TILE 5
#include "tile.h"
