/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two CPUs of a cell that park, start and are stopped, and the root cell that asks them to.
 * Mirrors: gic/request.c cpu_request(); exit/park.c cpu_parked(), serve(), cpu_start(); gic/gicv3.c
 * gicv3_wake(), gicv3_acknowledge_wake(), gicv3_cpu_reset(); cell/operations.c cell_start(),
 * cell_destroy(); cell/life.c cell_start_cpu(), cell_request_stop(), cell_try_stop(),
 * finish_stop(), turn_off(); exit/psci.c cpu_on(); exit/abort.c, where handle_abort() looks at REQUEST_STOP.
 *
 * An SGI takes its time: it is in flight, then pending, and two of them may become one. A
 * guest does what it likes until stage 2 is taken away; its next instruction then faults.
 *
 * Checked: the root cell's stop and destroy always end (a CPU that sleeps for ever is an invalid
 * end state); a guest runs only while its cell is to run, and never sees the SGI while it goes on
 * running; memory is cleared only when no guest of the cell runs.
 *
 * BROKEN_ACKNOWLEDGE: clears the SGI also if none was seen. BROKEN_BOOT: a stop that comes while
 * the boot CPU cleans memory is not looked for. BROKEN_ORDER: the SGI before the request.
 * BROKEN_RESET: pending SGIs are cleared while the sender of one may be about to send it.
 */
#define NR_CPUS	    2
#define ROUNDS	    2

#define STOP	    1
#define CLEAR	    2
#define START	    4
#define BOOT	    8

mtype = { OFF, PENDING, ON };
mtype = { LOADING, RUNNING, STOPPED };
mtype = { NONE, ORDERLY, RESTART };

byte requests[NR_CPUS];
bool in_flight[NR_CPUS];	/* the management SGI on its way */
bool pending[NR_CPUS];		/* and in the redistributor */
bool in_guest[NR_CPUS];
bool lock;			/* cell->lock */
bool shot = true;		/* stage 2 is taken away, TLBs are flushed */
bool cleared;
mtype power[NR_CPUS] = OFF;
mtype state = LOADING;
mtype stopping = NONE;

#define spin_lock()   atomic { !lock -> lock = true }
#define spin_unlock() lock = false
#define none_runs     (power[0] == OFF && power[1] == OFF)

inline cpu_request(cpu, what)
{
#ifdef BROKEN_ORDER
	in_flight[cpu] = true;
	requests[cpu] = requests[cpu] | what
#else
	requests[cpu] = requests[cpu] | what;
	in_flight[cpu] = true
#endif
}

inline cell_start_cpu()
{
	requests[0] = 0;
	requests[1] = 0;
	power[0] = PENDING;
	cpu_request(0, BOOT)
}

inline finish_stop()
{
	if
	:: stopping == ORDERLY -> state = STOPPED
	:: stopping == RESTART ->
		stopping = NONE;
		shot = false;
		cell_start_cpu()
	:: stopping == NONE
	fi
}

inline turn_off(cpu)
{
	power[cpu] = OFF;
	if
	:: state == RUNNING && none_runs -> finish_stop()
	:: else
	fi
}

/* The SGI goes to all here, to itself as well: that is only one more to cope with. */
inline cell_request_stop(reason)
{
	spin_lock();
	if
	:: stopping == NONE || stopping == RESTART -> stopping = reason
	:: else
	fi;
	requests[0] = requests[0] | STOP;
	requests[1] = requests[1] | STOP;
	shot = true;
	in_flight[0] = true;
	in_flight[1] = true;
	spin_unlock()
}

active proctype gic()
{
end:	do
	:: atomic { in_flight[0] -> in_flight[0] = false; pending[0] = true }
	:: atomic { in_flight[1] -> in_flight[1] = false; pending[1] = true }
	od
}

proctype cpu(byte self)
{
	byte taken;
	byte other = 1 - self;

	goto idle;
parked:
	in_guest[self] = false;
	pending[self] = false;		/* gic_cpu_reset() */
	requests[self] = requests[self] & ~STOP;
	spin_lock();
	turn_off(self);
	spin_unlock();
idle:
	/* gic_acknowledge_wake() and cpu_wait() */
#ifdef BROKEN_ACKNOWLEDGE
	if
	:: pending[self] -> pending[self] = false
	:: !pending[self] -> pending[self] = false; goto end_wfi
	fi;
#else
	if
	:: pending[self] -> pending[self] = false
	:: !pending[self] -> goto end_wfi
	fi;
#endif
	goto acknowledged;
end_wfi:
	pending[self];
	goto idle;
acknowledged:
	skip;
	d_step { taken = requests[self]; requests[self] = 0 };
	if
	:: taken & STOP ->
		spin_lock();
		if
		:: stopping != NONE -> turn_off(self)
		:: else
		fi;
		spin_unlock();
		taken = taken & CLEAR
	:: else
	fi;
	if
	:: taken & CLEAR ->
		assert(!in_guest[0] && !in_guest[1]);
		cleared = true
	:: else
	fi;
	if
	:: taken & START -> goto start
	:: else
	fi;
	if
	:: taken & BOOT ->
#ifdef BROKEN_BOOT
		requests[self] = requests[self] & ~STOP;
		goto start
#else
		if
		:: !(requests[self] & STOP) -> goto start
		:: else
		fi
#endif
	:: else
	fi;
	goto idle;
start:
#ifdef BROKEN_RESET
	pending[self] = false;
	spin_lock();
	power[self] = ON;
	spin_unlock();
#else
	spin_lock();
	power[self] = ON;
	spin_unlock();
	/* reset_el1() takes longer than an SGI that has been sent */
	atomic { !in_flight[self] -> pending[self] = false };
#endif
	in_guest[self] = true;
end_guest:
	do
	:: shot ->			/* the next fetch faults */
		in_guest[self] = false;
		assert(requests[self] & STOP);
		goto parked
	:: atomic { !shot -> assert(state == RUNNING) };
		if
		:: goto parked		/* CPU_OFF */
		:: cell_request_stop(RESTART);
			goto parked
		:: pending[self] ->	/* a WFI, waited for at EL2 */
			assert(shot)
		:: spin_lock();		/* CPU_ON */
			if
			:: stopping == NONE && power[other] == OFF ->
				power[other] = PENDING;
				cpu_request(other, START)
			:: else
			fi;
			spin_unlock()
		:: shot			/* a loop without end */
		fi
	od
}

inline stop_cell()
{
	if
	:: state == RUNNING && (stopping == NONE || stopping == RESTART) ->
		cell_request_stop(ORDERLY)
	:: else
	fi;
	do
	:: state != RUNNING -> break
	:: state == RUNNING && none_runs ->
		spin_lock();
		if
		:: state == RUNNING && none_runs -> finish_stop()
		:: else
		fi;
		spin_unlock()
	:: state == RUNNING && (stopping == NONE || stopping == RESTART) ->
		cell_request_stop(ORDERLY)
	od
}

active proctype root()
{
	byte round = 0;

	run cpu(0);
	run cpu(1);
	do
	:: round < ROUNDS ->
		round++;
		shot = false;
		spin_lock();
		stopping = NONE;
		state = RUNNING;
		cell_start_cpu();
		spin_unlock();
		stop_cell()
	:: round == ROUNDS -> break
	od;
	cpu_request(0, CLEAR);
	cleared
}
