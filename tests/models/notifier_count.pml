/* Notifier count: threads start for streams that open, and end some time after streams have closed.
 *
 * An open takes its slot, and then asks for as many threads as there are slots in use. The supervisor retires
 * unused threads: it adds to `to_retire` and sets the retire bit. The thread that claims the bit takes one off and ends;
 * if more are to end, it sets the bit again. An open first takes back what no thread has taken off yet. To the
 * other notifiers a thread that ends is a thread whose client never returns (wake.pml): it has handed on.
 * So is one that its client ends. The supervisor, or an open, notices that later under the lock: it counts as one of those
 * that were to end, or else is replaced.
 *
 *   here        in the code                                        meaning
 *   needed      driver/core/stream/stream_table.h, threads_needed()    slots in use
 *   lock        driver/notify/notifiers.h, Notifiers::mutex_
 *   count       driver/notify/notifiers.h, Notifiers::count_       threads that are to stay
 *   to_retire   driver/notify/notifiers.cpp, Shared::to_retire     threads that are to end and do not know yet
 *   retire_bit  driver/core/handover/ready_set.h, kRetireBit
 *   living      driver/notify/notifiers.h, Notifiers::threads_   threads that do not know that they end
 *   dead        hal/system/owned_thread.h, OwnedThread::has_ended()   threads that clients have ended, not yet noticed
 *
 * Properties
 *   - Behind its ensure() an open finds a thread for each slot in use.
 *   - No thread ends that is to stay, and none stays that is to end: the bit is set as long as one is to end.
 */
#define SLOTS 2
#define THREADS 4

byte needed = SLOTS, count = THREADS, living = THREADS, to_retire, dead, deaths;
bool retire_bit, lock;
byte closed;

inline take_lock() { atomic { !lock -> lock = true } }

/* Returns: whether there was one to take off or back, by compare-exchange. */
inline take_one(mine) { atomic { mine = (to_retire > 0); if :: mine -> to_retire-- :: else fi } }

inline take_over_from_dead(mine) {
  do
  :: dead > 0 ->
    dead--;
    take_one(mine);                          /* WRONG dead_stays: mine = false; */
    if :: mine :: else -> count-- fi         /* WRONG dead_counts: skip */
  :: else -> break
  od
}

proctype client() {
  bool mine;
  byte wanted;
  needed--;                                  /* close */
  atomic { needed++; wanted = needed }       /* open */
  take_lock();
  take_over_from_dead(mine);
  do
  :: count >= wanted -> break
  :: else ->
    take_one(mine);
    if
    :: mine -> count++
    :: else -> atomic { count++; living++; run notifier() }
    fi
  od;
  atomic { assert(count >= wanted && living + dead == count + to_retire) }
  lock = false;
  closed++
}

proctype supervisor() {
  bool mine;
  byte wanted, round;
  for (round : 1 .. 3) {
    if :: round < 3 :: else -> closed == 2 fi;  /* a death that an open has noticed may leave another open short until then */
                                             /* WRONG need_read_early: wanted = needed; */
    take_lock();
    take_over_from_dead(mine);
    wanted = needed;                         /* WRONG need_read_early: skip; */
    if
    :: count > wanted ->
                                             /* WRONG bit_first: retire_bit = true; */
      to_retire = to_retire + count - wanted;
      count = wanted;
      retire_bit = true                      /* WRONG bit_first: skip */
    :: count < wanted -> atomic { count++; living++; run notifier() }
    :: else
    fi;
    lock = false
  }
}

proctype notifier() {
  bool mine;
end_sleep:
  do
  :: atomic { retire_bit -> retire_bit = false }  /* claim */
    atomic {
      take_one(mine);                        /* WRONG blind_take_off: to_retire--; mine = true; */
      if :: mine -> living-- :: else fi
    }
    if
    :: mine ->
      if
      :: to_retire > 0 -> retire_bit = true  /* WRONG bit_once: :: to_retire > 0 -> skip */
      :: else
      fi;
      break
    :: else
    fi
  :: atomic { deaths == 0 -> deaths++; living--; dead++ }  /* its client ends it */
    break
  od
}

init {
  byte n;
  atomic {
    run client();
    run client();
    run supervisor();
    for (n : 1 .. THREADS) { run notifier() }
  }
  timeout ->                                 /* no thread can run */
  assert(closed == 2 && needed == SLOTS);
  assert(to_retire == 0 || living == 0);
  assert(living + dead == count + to_retire && living + dead >= needed)
}
