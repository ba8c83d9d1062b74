/* Seat and reset: how control threads take one stream from the audio thread, and which thread tells the client.
 *
 * The seat says who may touch the voice: the audio thread for one period, or a control thread. Its holder releases
 * blocks and stores DONE in their headers in the same step. Reset releases all accepted blocks, also those that wait
 * outside a full ring, and counts all of them into `pending`. It delivers the messages itself if the slot had no owner.
 * Another control thread moves the stream to a new device, while the old one may still call, late.
 *
 *   here             in the code                                       meaning
 *   seat             driver/core/stream/stream.h, Stream::seat           the thread that may touch the voice
 *   wanted           driver/core/stream/stream.h, Stream::wanted         control threads that wait (see seat_fairness.pml)
 *   device_epoch     driver/core/stream/stream.h, Stream::device_epoch   the open device that may serve the slot
 *   pending, ready   driver/core/stream/stream.h, ready_set.h          as in completion_and_wake.pml, which has the wakes;
 *                                                                      here a notifier waits for the bit itself
 *   accepted         driver/core/stream/stream.h, Stream::waiting_          blocks accepted; those from `written` on wait
 *   write_mutex      driver/core/stream/stream.h, Stream::mutex       serialises writers, and reset with them
 *   written, play, released, notified   driver/core/ring/block_ring.h, the ring's cursors
 *
 * Blocks are numbered as they were accepted. Headers that reset returns from outside the ring have the numbers
 * between the ring's old end and its new beginning.
 *
 * Properties
 *   - A header becomes DONE once, and no audio thread reads its memory afterwards.
 *   - An audio thread touches the voice only while its own device serves the slot.
 *   - When reset returns, every header that was queued is DONE; its message is delivered, or a thread owns the slot.
 *   - Messages are in order, each once, each after DONE, and never nested: not even by a reset inside the callback.
 *   - In the end every released block is delivered, the count is zero, the seat and the mutex are free, and no header
 *     waits outside a ring that has room.
 *
 * Wrong variants, and the fault that each makes
 *   seat_by_force        a control thread that gave up waiting takes the seat: client memory is read after DONE
 *   epoch_before_seat    the device changes between the look and the seat: a dead device's thread touches the voice
 *   bit_after_seat       a reset between standing up and the ready bit finds nobody to own the blocks
 *   flags_by_notifier    two threads flag one header
 *   no_claim             reset leaves a slot that is ready but unowned to a notifier, and returns without messages
 *   no_hand_back         blocks released while reset delivered belong to nobody
 *   overflow_uncounted   headers from outside the ring are not counted: the count is zero before all are delivered
 *   ring_of_one          the owner's look at the list may be one message old: a header stays outside the empty ring
 *   subtract_first       the count is zero during the callback: a reset inside it delivers, nested
 */
#define RING 2        /* blocks the ring holds */ /* WRONG ring_of_one: #define RING 1 */
#define PERIODS 2     /* of each device */
#define BLOCKS 3      /* all but one by the client before its reset, one by another thread at any time */

mtype = { vacant, audio, control };

mtype seat = vacant;
byte wanted, device_epoch;
bool write_mutex, ready;
byte accepted, written, play, released, notified, pending;

/* These only serve the assertions. */
bool done[BLOCKS], in_callback, nested_reset_used, client_ended, housekeeper_ended;
byte owner, delivered;  /* owner: 0 nobody, 1 the client thread, 2 a notifier */

inline lock() { atomic { !write_mutex -> write_mutex = true } }
inline unlock() { write_mutex = false }

inline take_seat() {
  wanted++;
  atomic { seat == vacant -> seat = control }  /* WRONG seat_by_force: atomic { seat != control -> seat = control } */
}
inline leave_seat() { seat = vacant; wanted-- }

/* The one store that ends the driver's use of a header. */
inline store_done(block) { assert(!done[block]); done[block] = true }

inline add_pending(n, from_zero) { atomic { from_zero = (n > 0 && pending == 0); pending = pending + n } }
inline subtract_pending(last) {
  atomic {
    assert(pending > 0);
    pending--;
    last = (pending == 0);
    if
    :: last -> owner = 0
    :: else
    fi
  }
}

inline become_owner(me) { assert(owner == 0); owner = me }

proctype audio_thread(byte epoch) {
  byte period, block;
  bool from_zero, sat;
  epoch <= device_epoch;
  for (period : 1 .. PERIODS) {
    if
    :: wanted > 0 -> goto next
    :: else
    fi;
                    /* WRONG epoch_before_seat: if :: device_epoch != epoch -> goto next :: else fi; */
    atomic {
      sat = (seat == vacant);
      if
      :: sat -> seat = audio
      :: else -> goto next
      fi
    }
    if
    :: device_epoch != epoch -> goto stand_up   /* WRONG epoch_before_seat: :: false */
    :: else
    fi;
    from_zero = false;
    if
    :: true                            /* no block ends in this period */
    :: play < written ->
      block = play;
      assert(!done[block] && epoch == device_epoch);  /* converts from the client's memory: it begins... */
      assert(!done[block] && epoch == device_epoch);  /* ...and ends */
      play = block + 1;
      store_done(block);               /* WRONG flags_by_notifier: skip; */
      released = block + 1;
      add_pending(1, from_zero);
      if
      :: from_zero -> ready = true     /* WRONG bit_after_seat: :: from_zero -> skip */
      :: else
      fi
    fi;
stand_up:
    seat = vacant;
                                       /* WRONG bit_after_seat: if :: from_zero -> ready = true :: else fi; */
next:
    skip
  }
}

/* Everything of a reset but the messages. messages: how many the caller must deliver; 0: somebody else is the owner. */
inline release_everything(me, messages) {
  queued = accepted;                   /* what the caller knows to be queued */
  lock();
  take_seat();
  end = accepted;
  block = play;                        /* WRONG flags_by_notifier: block = notified; */
  do
  :: block < end -> store_done(block); block++
  :: else -> break
  od;
  count = end - released;              /* WRONG overflow_uncounted: count = written - released; */
  play = end;
  written = end;                       /* the ring and the list outside it are empty */
  released = end;
  add_pending(count, own);
  if
  :: own -> become_owner(me)
  :: else ->
    atomic {
      own = ready;                     /* WRONG no_claim: own = false; */
      ready = ready && !own;
      if
      :: own -> become_owner(me)
      :: else -> assert(owner != 0 || delivered >= end)
      fi
    }
  fi;
  messages = (own -> pending : 0);     /* under the seat nobody adds, and only the owner subtracts */
  leave_seat();
  unlock();
  for (block : 0 .. BLOCKS - 1) { assert(block >= queued || done[block]) }
  own = false; block = 0; count = 0; queued = 0; end = 0
}

/* The ring is filled from the list. Under the mutex. */
inline refill() {
  do
  :: written < accepted && written - notified < RING -> written++
  :: else -> break
  od
}

inline take() { block = notified; notified++ }

/* One message by the slot's owner, which takes the mutex only while headers wait outside the ring. */
inline deliver_one(me) {
  if
  :: written == accepted -> take()
  :: else -> lock(); take(); refill(); unlock()
  fi;
                     /* WRONG flags_by_notifier: if :: !done[block] -> store_done(block) :: else fi; */
  atomic {
    assert(!in_callback && owner == me && done[block] && block == delivered && block < released);
    in_callback = true;
    delivered++
  }
  block = 0;
                                       /* WRONG subtract_first: subtract_pending(last); */
  if                                   /* the client's code, which may reset its own stream */
  :: true
  :: !nested_reset_used ->
    nested_reset_used = true;
    release_everything(me, nested_messages);
    assert(nested_messages == 0)       /* the message that runs is still counted, so the slot has its owner */
  fi;
  in_callback = false;
  subtract_pending(last)               /* WRONG subtract_first: skip */
}

inline write() { lock(); accepted++; refill(); unlock() }

proctype notifier() {
  byte block, end, queued, count, nested_messages;
  bool own, last;
sleep:
end_sleep:
  atomic { ready -> ready = false; become_owner(2) }
deliver:
  deliver_one(2);
  if
  :: !last -> goto deliver
  :: else -> last = false; goto sleep
  fi
}

proctype client() {
  byte number, block, end, queued, count, messages, nested_messages;
  bool own, last;
  for (number : 1 .. BLOCKS - 1) { write() }
  release_everything(1, messages);
  last = (messages == 0);
  do
  :: messages > 0 && !last -> deliver_one(1); messages--
  :: else -> break
  od;
  if
  :: last
  :: else ->                           /* what is left came later: hand the slot back */
    atomic { ready = true; owner = 0 } /* WRONG no_hand_back: owner = 0; */
  fi;
  client_ended = true
}

/* Another thread of the same client. */
proctype writer() { write() }

/* The device was lost and another takes over. */
proctype housekeeper() {
  take_seat();
  device_epoch = 1;
  leave_seat();
  housekeeper_ended = true
}

init {
  atomic {
    run audio_thread(0);
    run audio_thread(1);
    run client();
    run writer();
    run housekeeper();
    run notifier()
  }
  timeout ->                           /* nobody can run any more */
  assert(client_ended && housekeeper_ended && delivered == released && pending == 0 && !ready);
  assert(seat == vacant && wanted == 0 && owner == 0 && !write_mutex);
  assert(written == accepted || written - notified == RING)
}
