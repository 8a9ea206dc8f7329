/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Enable and disable: all CPUs go, or none does. Mirrors arch/arm64/takeover.c meet(), part(),
 * refuse() and, for who calls, the driver's stop_machine(): a round begins when all CPUs have
 * returned from the one before.
 *
 * A CPU may refuse by itself, and any that waits may lose patience at any time.
 *
 * Checked: all CPUs of a round come to the same decision; what one CPU prepares is there before
 * anybody goes, and is done once; the meeting is as new for the next round; nobody waits for ever.
 *
 * BROKEN_REFUSE: a refusal replaces a decision. BROKEN_PART: the first that leaves clears up.
 */
#define NR_CPUS 3
#define ROUNDS	2

mtype = { WAITING, GO, REFUSED };

mtype decision = WAITING;
byte arrived, left, prepared;

/* Of the model: what each has decided in this round, and the barrier between rounds. */
byte gone, turned_back, returned, round;

inline refuse()
{
#ifdef BROKEN_REFUSE
	decision = REFUSED
#else
	atomic {
		if
		:: decision == WAITING -> decision = REFUSED
		:: else
		fi
	}
#endif
}

inline take_part(mine)
{
	/* meet() */
	d_step { arrived++; mine = arrived };
	if
	:: mine == NR_CPUS && decision == WAITING ->
		prepared++;
		atomic {
			if
			:: decision == WAITING -> decision = GO
			:: else
			fi
		}
	:: else
	fi;
	do
	:: decision != WAITING -> break
	:: decision == WAITING -> refuse()
	:: decision != WAITING -> break
	od;
	if
	:: decision == GO ->
		assert(prepared == 1);
		gone++
	:: else -> turned_back++
	fi;
	assert(gone == 0 || turned_back == 0);
	/* part() */
#ifdef BROKEN_PART
	d_step { left++; mine = (left == 1 -> NR_CPUS : 0) };
#else
	d_step { left++; mine = left };
#endif
	if
	:: mine == NR_CPUS ->
		arrived = 0;
		left = 0;
		decision = WAITING
	:: else
	fi
}

active [NR_CPUS] proctype cpu()
{
	byte mine, in_round = 0;

	do
	:: in_round < ROUNDS ->
		round == in_round;
		if
		:: refuse()
		:: skip
		fi;
		take_part(mine);
		in_round++;
		atomic {
			returned++;
			if
			:: returned == NR_CPUS ->
				assert(gone == NR_CPUS || turned_back == NR_CPUS);
				assert(decision == WAITING && arrived == 0 && left == 0);
				returned = 0;
				gone = 0;
				turned_back = 0;
				prepared = 0;
				round++
			:: else
			fi
		}
	:: in_round == ROUNDS -> break
	od
}
