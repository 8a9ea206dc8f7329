// SPDX-License-Identifier: GPL-2.0-only
/* Tile 7 of 7: see tile.h. */
#define TILE 7
#include "tile.h"
