/* SPDX-License-Identifier: GPL-2.0-only */
/* The one way to refuse (config/refuse.h), by its short names. */
#ifndef BASE_REFUSE_H
#define BASE_REFUSE_H

#include <config/refuse.h>

#define refuse	    cb_refuse
#define refuse_cell cb_refuse_cell

#endif
