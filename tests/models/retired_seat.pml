/* Retired seat: an audio thread stops inside a stream, for ever or for a very long time, and the others go on.
 *
 * Nothing tells a dead thread from a slow one. So the seat is not taken from it: one exchange changes the seat from
 * `audio` to `retired`. From then on no thread sits down, the housekeeper finishes the headers in time, and memory that
 * the thread may be using is never freed. If the thread wakes up after all, it finds the seat retired and leaves.
 *
 *   here          in the code                                meaning
 *   seat          driver/core/stream/stream.h, Stream::seat    the thread that may touch the voice; retire() and
 *                                                            stand_up() exchange it
 *   attached      driver/core/stream/stream.h, Stream::voice   the voice, which the seat guards
 *   freed         driver/core/stream/stream.cpp, clear_out()       the voice's memory is gone; of a retired stream it stays
 *   housekeeper   driver/engine, Members::fetch_left_behind() and Streams::do_housekeeping()
 *   device_epoch, wanted, write_mutex, ready, pending, written, play, released, notified   as in seat_and_reset.pml
 *
 * Two audio threads, of the lost device and of the device that follows, may each stop anywhere for any time. They look
 * whether the seat is retired, flag the header, and look again before they move the cursor. A thread that stops at the
 * flag for half a second, and then goes on, flags a header that has been given back: the exception that
 * driver/README.md describes. Here such a thread leaves that flag out. The second look and the cursor are one
 * step here, and two instructions in the code.
 *
 * The first device's thread may also die in the memory of a block, after it has finished the block before.
 *
 * Properties
 *   - A header becomes DONE once, and never by a thread whose seat has been retired.
 *   - No audio thread touches a voice that has been freed.
 *   - When reset returns, every header that was queued is DONE, whichever thread died.
 *   - In the end every block is delivered, once and in order, the count is zero and the mutex free.
 *
 * Wrong variants, and the fault that each makes
 *   retire_by_flag    a flag beside the seat retires the slot: a control thread that has just sat down finishes nothing
 *   plain_stand_up    the thread that wakes up vacates the retired seat, and comes back with an old cursor
 *   no_look           the thread that wakes up flags a header that was given back long ago
 *   no_second_look    the thread that stopped at the flag moves the cursor back: messages are told that nobody wrote
 *   free_anyway       the memory of a retired slot is freed
 *   pass_unlocked     the housekeeper and a reset finish the same header
 *   bit_by_nobody     the housekeeper's blocks are counted, and no owner is named
 *   never_counted     blocks that a thread had finished in the period in which it died are never told
 *   count_twice       a thread that wakes up counts blocks that were counted for it already
 */
#define BLOCKS 3      /* the last one is written after the reset */
#define PERIODS 2     /* of each device */
/* Blocks that a dead thread has finished and not counted. They can be told when nothing is pending. */
#define UNCOUNTED (RETIRED && pending == 0 -> released - notified : 0)  /* WRONG never_counted: #define UNCOUNTED 0 */
#define RETIRED (seat == retired)  /* WRONG retire_by_flag: #define RETIRED given_up */

mtype = { vacant, audio, control, retired };

mtype seat = vacant;
byte wanted, device_epoch;
bool write_mutex, ready, attached = true, freed;
byte written, play, released, notified, pending;

/* For the assertions and the wrong variants only. */
bool done[BLOCKS], given_up, client_ended;
byte delivered;

inline lock() { atomic { !write_mutex -> write_mutex = true } }
inline unlock() { write_mutex = false }
inline store_done(block) { assert(!done[block]); done[block] = true }
inline add_pending(n, from_zero) { atomic { from_zero = (n > 0 && pending == 0); pending = pending + n } }

/* A control thread that has tried for long enough gives the slot up. That may be at any moment. */
inline sit_down(seated) {
  wanted++;
  do
  :: atomic { seat == vacant -> seat = control }; seated = true; break
  :: atomic { seat == audio -> seat = retired }; seated = false; break  /* WRONG retire_by_flag: :: seat == audio -> given_up = true; seated = false; break */
  :: RETIRED -> seated = false; break
  od
}
inline stand_up(seated) {
  if
  :: seated -> seat = vacant
  :: else
  fi;
  wanted--
}

proctype audio_thread(byte epoch) {
  byte period, block;
  bool from_zero;
end_never:
  epoch <= device_epoch;
  for (period : 1 .. PERIODS) {
    if
    :: wanted > 0 || RETIRED -> goto next
    :: else
    fi;
    atomic {
      if
      :: seat == vacant -> seat = audio
      :: else -> goto next
      fi
    }
    if
    :: device_epoch != epoch || !attached -> goto leave
    :: else
    fi;
    from_zero = false;
    if
    :: true                            /* no block ends in this period */
    :: play < written ->
      block = play;
      assert(!freed);                  /* converts from the client's memory: it begins... */
      assert(!freed);                  /* ...and ends; in between the thread may stop */
      atomic {
        if
        :: RETIRED -> goto leave       /* WRONG no_look: :: RETIRED -> store_done(block); goto leave */
        :: else
        fi;
        play = block + 1
      }
      atomic {                         /* the flag, at which the thread may stop, too; and a second look */
        if
        :: RETIRED -> goto leave       /* WRONG no_second_look: :: RETIRED -> released = block + 1; goto leave */
        :: else -> store_done(block); released = block + 1
        fi
      }
      if
      :: epoch == 0 -> goto end_dead   /* it goes on to the next block, and never comes back */
      :: true
      fi;
      atomic {
        if
        :: RETIRED -> skip             /* WRONG count_twice: :: false -> skip */
        :: else -> from_zero = (pending == 0); pending++
        fi
      }
      if
      :: from_zero -> ready = true
      :: else
      fi
    fi;
leave:
    atomic {
      if
      :: seat == audio -> seat = vacant   /* WRONG plain_stand_up: :: seat == audio || seat == retired -> seat = vacant */
      :: else
      fi
    }
next:
    skip
  }
  goto done_playing;
end_dead:
  false;
done_playing:
  skip
}

/* The device is lost: the stream moves to the next device, or the housekeeper finishes its headers from now on. */
proctype housekeeper() {
  bool seated, own;
  byte block, n;
  sit_down(seated);
  if
  :: seated -> device_epoch = 1
  :: else
  fi;
  stand_up(seated);
end_watch:
  do
  :: RETIRED && (released < written || UNCOUNTED > 0) ->
    lock();                            /* WRONG pass_unlocked: skip; */
    own = false;
    n = UNCOUNTED;
    if
    :: RETIRED && released < written ->
      block = released;
      store_done(block);
      released = block + 1;
      n++
    :: else
    fi;
    add_pending(n, own);
    if
    :: own -> ready = true             /* WRONG bit_by_nobody: :: own -> skip */
    :: else
    fi;
    unlock();                          /* WRONG pass_unlocked: skip; */
    block = 0; n = 0; own = false
  od
}

proctype notifier() {
  byte n;
end_sleep:
  do
  :: atomic { ready -> ready = false };
    do
    :: n = pending;
      do
      :: n > 0 ->
        atomic {
          assert(notified == delivered && notified < released && done[notified]);
          notified++;
          delivered++
        }
        n--;
        atomic {
          assert(pending > 0);
          pending--;
          if
          :: pending == 0 -> goto end_sleep
          :: else
          fi
        }
      :: else -> break
      od
    od
  od
}

inline write() { lock(); written++; unlock() }

/* Lane::finish_until() looks whether the seat is retired; Lane::abandon() does not. */
inline reset() {
  lock();
  sit_down(seated);
  end = written;
  block = released;
  do
  :: block < end && seated && RETIRED -> break
  :: block < end && !(seated && RETIRED) -> store_done(block); block++
  :: block == end -> break
  od;
  n = block - released;
  if
  :: !seated -> n = n + UNCOUNTED
  :: else
  fi;
  released = block;
  if
  :: seated -> play = end
  :: else
  fi;
  add_pending(n, own);
  stand_up(seated);
  if
  :: own -> ready = true               /* hands its messages to a notifier: seat_and_reset.pml has the rest */
  :: else
  fi;
  for (block : 0 .. end - 1) { assert(done[block]) }
  unlock();
  block = 0; end = 0; n = 0; own = false
}

inline close() {
  lock();
  sit_down(seated);
  if
  :: seated -> attached = false
  :: else
  fi;
  stand_up(seated);
  if
  :: !RETIRED -> freed = true          /* WRONG free_anyway: :: true -> freed = true */
  :: else
  fi;
  unlock()
}

proctype client() {
  byte block, end, n;
  bool seated, own;
  write();
  write();
  reset();
  write();
  if
  :: delivered == BLOCKS               /* ended by the device, or by the clock */
  :: true -> reset()                   /* or by the client */
  fi;
  delivered == BLOCKS;
  close();
  client_ended = true
}

init {
  atomic {
    run audio_thread(0);
    run audio_thread(1);
    run housekeeper();
    run client();
    run notifier()
  }
  timeout ->                           /* nobody can run any more */
  assert(delivered == released && pending == 0 && !ready && !write_mutex && wanted == 0);
  assert(client_ended || (released < written && !RETIRED))  /* no device plays for ever: PERIODS */
}
