/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Enable and disable: all CPUs go, or none does. Mirrors exit/takeover.c meet(), part(),
 * refuse(), give_up() and, for who calls, the driver's stop_machine(): a round begins when all
 * CPUs have returned from the one before. But the root cell may be hostile: before the first
 * round any CPU may call by itself, and come back as late as it likes.
 *
 * A CPU may refuse by itself, and any that waits may lose patience at any time. A CPU that went
 * makes no call any more.
 *
 * CPU COLD is from a spin table: it comes and turns back like the others, by itself at any time, but
 * if it goes it parks, and the others go on only then.
 *
 * Checked: nobody goes unless all are here at once, and all do; what one CPU prepares is there
 * before anybody goes, and is done once; the meeting is as new for the next round, and nobody
 * waits for ever.
 *
 * BROKEN_REFUSE: a refusal replaces a decision. BROKEN_PART: the first that leaves clears up.
 * BROKEN_COUNT: CPUs are counted as they come and leave, and not who is here.
 * BROKEN_PARK: Linux goes on when it is decided.
 */
#define NR_CPUS 3
#define ALL	7
#define ROUNDS	2
#define COLD	2

mtype = { WAITING, GO, REFUSED };

/* Under meeting.lock: what is done with it in one go is a d_step. */
mtype decision = WAITING;
byte here, arrived, departed, prepared;
bool refused;

/* Of the model: what was decided in this round, the barrier between rounds, and who is inside. */
byte gone, turned_back, returned, round, inside;
bool parked; /* COLD can be given to a cell */

#ifdef BROKEN_COUNT
#define ALL_HERE (arrived == NR_CPUS)
#else
#define ALL_HERE (here == ALL)
#endif

inline give_up()
{
	d_step {
		if
#ifdef BROKEN_REFUSE
		:: true ->
#else
		:: decision == WAITING ->
#endif
			refused = true;
			decision = REFUSED
		:: else
		fi
	}
}

inline take_part(refusing)
{
	/* meet() */
	d_step {
		inside = inside | (1 << _pid);
		here = here | (1 << _pid);
		arrived++;
		if
		:: refusing -> refused = true
		:: else
		fi;
		if
		:: decision == WAITING && ALL_HERE ->
			if
			:: refused -> decision = REFUSED
			:: else ->
				assert(inside == ALL);
				prepared++;
				decision = GO
			fi
		:: else
		fi
	};
	do
	:: decision != WAITING -> break
	:: decision == WAITING -> give_up()
	od;
	went = (decision == GO);
#ifndef BROKEN_PARK
	/* wait_for_parked() */
	if
	:: went && _pid != COLD -> parked
	:: else
	fi;
#endif
	/* part() */
	d_step {
		assert(!went || (prepared == 1 && decision == GO));
		departed++;
		here = here & ~(1 << _pid);
		inside = inside & ~(1 << _pid);
		if
#ifdef BROKEN_PART
		:: true ->
#elif defined(BROKEN_COUNT)
		:: departed == NR_CPUS ->
#else
		:: here == 0 ->
#endif
			arrived = 0;
			departed = 0;
			refused = false;
			decision = WAITING
		:: else
		fi
	};
	if
	:: went && _pid == COLD -> parked = true
	:: else -> assert(!went || parked)
	fi
}

active [NR_CPUS] proctype cpu()
{
	bool went = false;
	byte in_round = 0;

	/* By itself. */
	if
	:: take_part(false)
	:: skip
	fi;
	do
	:: went -> break
	:: !went && in_round == ROUNDS -> break
	:: !went && in_round < ROUNDS ->
		round == in_round;
		if
		:: take_part(true)
		:: take_part(false)
		fi;
		in_round++;
		atomic {
			if
			:: went -> gone++
			:: else -> turned_back++
			fi;
			returned++;
			if
			:: returned == NR_CPUS ->
				assert(gone == NR_CPUS || turned_back == NR_CPUS);
				assert(decision == WAITING && here == 0 && !refused);
				returned = 0;
				turned_back = 0;
				round++
			:: else
			fi
		}
	od
}
