/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A live stage-2 entry changes under CPUs that use it. Mirrors mm/stage2.c replace(),
 * split(), set_entry(), stage2_unmap() and stage2_lookup(), arch/arm64/include/arch/tlb.h
 * tlb_flush_vmid(), and exit/abort.c handle_abort(): a CPU that faults looks the address up
 * under the lock of the tables, and retries if it has it.
 *
 * A walk reads the entry and fills the TLB later; the DSB after a TLBI waits for walks under way
 * (Arm ARM D8.13). A block and the table that replaces it translate alike, but may not be in
 * TLBs together (D8.13.1).
 *
 * Checked: no TLB conflict; a CPU of the cell is never refused what the cell has all the time;
 * once an unmap has returned nobody reaches the page, which has a new owner then.
 *
 * BROKEN_BREAK: the new entry without making the old one invalid. BROKEN_RETRY: looks up without
 * the lock. BROKEN_FLUSH: an unmap without a TLBI.
 */
#define NR_CPUS 2

mtype = { INVALID, BLOCK, TABLE };

mtype entry = BLOCK;
mtype tlb[NR_CPUS] = INVALID;
bool walking[NR_CPUS];
bool lock;
bool unmapping, given_away;

#define spin_lock()   atomic { !lock -> lock = true }
#define spin_unlock() lock = false

/* TLBI: gone everywhere; DSB: and walks that had seen the old entry are over. */
inline tlb_flush()
{
	d_step { tlb[0] = INVALID; tlb[1] = INVALID };
	!walking[0] && !walking[1];
	d_step { tlb[0] = INVALID; tlb[1] = INVALID }
}

inline replace(value)
{
#ifndef BROKEN_BREAK
	entry = INVALID;
	tlb_flush();
#endif
	entry = value
}

active proctype root()
{
	spin_lock();
	replace(TABLE);		/* split() */
	spin_unlock();
	if
	:: spin_lock();
		replace(BLOCK);	/* fold() */
		spin_unlock()
	:: skip
	fi;
	unmapping = true;
	spin_lock();
	entry = INVALID;
	spin_unlock();
#ifndef BROKEN_FLUSH
	tlb_flush();
#endif
	given_away = true
}

proctype cpu(byte self)
{
	mtype seen;

end:	do
	:: tlb[self] != INVALID ->
		atomic {
			if
			:: tlb[self] != INVALID -> assert(!given_away)
			:: else
			fi
		}
	:: tlb[self] == INVALID ->
		/* a walk: what it reads now it puts into the TLB later */
		d_step { walking[self] = true; seen = entry };
		d_step {
			if
			:: seen != INVALID ->
				/* any CPU may hold what another one cached: shared TLBs */
				assert(tlb[1 - self] == INVALID || tlb[1 - self] == seen);
				tlb[self] = seen
			:: else
			fi;
			walking[self] = false
		};
		if
		:: seen != INVALID
		:: else ->
#ifdef BROKEN_RETRY
			if
			:: entry == INVALID -> assert(unmapping)
			:: else
			fi
#else
			spin_lock();
			if
			:: entry == INVALID -> spin_unlock(); assert(unmapping)
			:: else -> spin_unlock()
			fi
#endif
		fi
	od
}

init
{
	atomic { run cpu(0); run cpu(1) }
}
