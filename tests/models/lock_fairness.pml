/* Lock fairness: a control thread that wants the lock gets it, however often the audio thread takes it.
 *
 * The audio thread of a clocked device faster than real time nearly always has its lock, and a lock-free
 * compare-exchange is not fair by itself. So control threads say that they wait, and the audio thread skips such a stream.
 *
 *   here     in the code                                 meaning
 *   owner      driver/core/handover/rt_lock.h, RtLock          the thread that may touch the audio state
 *   waiters   driver/core/handover/rt_lock.h, waiters         control threads that wait for it
 *
 * Property (every thread runs again and again, in any order): both control threads have had the lock.
 *
 * Wrong variants, and the fault that each makes
 *   no_waiters        the audio thread has the lock whenever a control thread tries
 *   waiters_is_flag   the first control thread takes the second one's wish back when it leaves
 */
mtype = { free, audio, control };
mtype owner = free;
byte waiters, served;

active proctype audio_thread() {
  do
  :: waiters == 0 ->                    /* WRONG no_waiters: :: true -> */
    if
    :: atomic { owner == free -> owner = audio }; owner = free
    :: owner != free
    fi
  :: waiters > 0
  od
}

active [2] proctype control_thread() {
  waiters++;                            /* WRONG waiters_is_flag: waiters = 1; */
  do
  :: atomic { owner == free -> owner = control }; break
  :: owner != free                    /* sleeps a little and tries again */
  od;
  owner = free;
  waiters--;                            /* WRONG waiters_is_flag: waiters = 0; */
  served++
}

ltl everybody_is_served { <> (served == 2) }
