/* Close and reuse: how a stream ends while its callback may be running, and when its slot may serve another one.
 *
 * Close detaches the voice under the seat and adds a token of its own to `pending`. If the slot had no owner, the
 * closer delivers the messages that are left. Otherwise it waits until the owner hands the slot over, and gives up
 * after a second. The word `call` decides every meeting of the two. A callback may also close its own stream, which is
 * the third ending.
 *
 *   here             in the code                                          meaning
 *   call             driver/core/stream/stream.h, Stream::call              idle, in_call, handed (by the owner), closed
 *   pending, TOKEN   driver/core/stream/stream.h, pending, kCloserToken   messages not yet returned; the closer's token
 *   attached         driver/core/stream/stream.h, Stream::device_epoch      the voice, which the seat guards
 *   seat, wanted, ready, written, play, released, notified   as in seat_and_reset.pml
 *   write_mutex      driver/core/stream/stream.h, Stream::mutex
 *   closing          driver/core/stream/stream.h, Stream::handle               set to 0: the handle is invalid from now on
 *   generation       the number of the stream that the slot serves, to tell the messages of two streams apart
 *
 * Properties
 *   - Nothing is delivered after WOM_CLOSE, nothing to the slot's next stream, and WOM_CLOSE comes exactly once.
 *   - With a patient closer every accepted block's message is delivered. With a closer that gives up after a second,
 *     each message is delivered or counted as dropped.
 *   - When the slot is opened again it is empty: no owner, no ready bit, no count, no thread in the seat.
 *   - Close never succeeds with headers queued: the audio thread finds none in a detached voice.
 *
 * Wrong variants, and the fault that each makes
 *   no_begin_exchange   the owner looks at `call`, then begins: a callback runs after WOM_CLOSE
 *   no_look_after       the owner does not look at `call` when the client has returned: it goes on in a closed stream
 *   closer_only_looks   the closer gives up without writing it to `call`: a callback begins after WOM_CLOSE
 *   check_unlocked      headers are looked for outside the mutex: a write gets in between, and is lost
 *   reuse_while_pending the slot is opened again while its last owner is still inside
 */
#define BLOCKS 2      /* by each stream */
#define STREAMS 2     /* one after the other, in one slot */
#define NOTIFIERS 2
#define TOKEN 16

mtype = { vacant, audio, control };
mtype = { idle, in_call, handed, closed };

mtype seat = vacant, call = idle;
byte pending, written, play, released, notified, generation;
bool wanted, ready, attached, write_mutex, closing;

/* For the assertions only. owner: 0 nobody, 1 the client thread, from 2 on notifiers. */
byte owner, accepted[STREAMS + 1], delivered[STREAMS + 1];
bool told_closed[STREAMS + 1], dropped[STREAMS + 1], client_ended, patient;

inline lock() { atomic { !write_mutex -> write_mutex = true } }
inline unlock() { write_mutex = false }
inline take_seat() { wanted = true; atomic { seat == vacant -> seat = control } }
inline leave_seat() { seat = vacant; wanted = false }
inline become_owner(me) { assert(owner == 0); owner = me }

inline done_message(stream) {
  atomic {
    assert(stream == generation && !told_closed[stream] && notified < released);
    notified++;
    delivered[stream]++
  }
}
inline close_message(stream) { atomic { assert(!told_closed[stream]); told_closed[stream] = true } }

/* mine: the caller raised the count from zero, or took the ready bit of a slot that nobody owned. */
inline add_pending_and_claim(me, n, mine) {
  atomic {
    mine = (n > 0 && pending == 0);
    pending = pending + n;
    if
    :: mine -> become_owner(me)
    :: else
    fi
  }
  if
  :: !mine ->
    atomic {
      mine = ready;
      ready = false;
      if
      :: mine -> become_owner(me)
      :: else
      fi
    }
  :: else
  fi
}

proctype audio_thread() {
  byte period;
  bool from_zero;
  for (period : 1 .. 3) {
    if
    :: wanted -> goto next
    :: else
    fi;
    atomic {
      if
      :: seat == vacant -> seat = audio
      :: else -> goto next
      fi
    }
    if
    :: attached && play < written ->
      play++;
      released = play;
      atomic { from_zero = (pending == 0); pending++ }
      if
      :: from_zero -> ready = true
      :: else
      fi
    :: true                            /* nothing ends in this period */
    fi;
    assert(attached || play == written);
    seat = vacant;
next:
    skip
  }
}

/* The beginning of both kinds of close. mine: this call closes the stream. */
inline begin_close(mine) {
  lock();                              /* WRONG check_unlocked: skip; */
  mine = (!closing && released == written);   /* otherwise MMSYSERR_INVALHANDLE or WAVERR_STILLPLAYING */
                                       /* WRONG check_unlocked: lock(); */
  if
  :: mine -> closing = true; take_seat(); attached = false; leave_seat()
  :: else
  fi;
  unlock()
}

inline close_in_callback(stream) {
  begin_close(mine);
  if
  :: mine ->
    left = pending - 1;                /* the message that runs is still counted */
    do
    :: left > 0 -> done_message(stream); left--
    :: else -> break
    od;
    call = closed;
    close_message(stream)
  :: else
  fi
}

/* An owner's last step in a slot whose stream has been closed meanwhile. */
inline leave_closed_slot(stream) {
  atomic {
    if
    :: delivered[stream] < accepted[stream] -> dropped[stream] = true; assert(!patient)
    :: else
    fi;
    pending = 0;
    owner = 0
  }
  gone = true
}

/* The owner's step. gone: the slot no longer belongs to it. */
inline deliver_one(stream) {
  stream = generation;
  gone = false;
  atomic {                             /* WRONG no_begin_exchange: mine = (call == idle); { */
    mine = (call == idle);             /* WRONG no_begin_exchange: skip; */
    if
    :: mine -> call = in_call; done_message(stream)   /* a callback has begun when this exchange has succeeded */
    :: else
    fi
  }
  if
  :: !mine -> leave_closed_slot(stream)
  :: else ->
    if                                 /* the client's code */
    :: true
    :: close_in_callback(stream)
    fi;
    atomic {                           /* the first look at the slot: the stream may be gone */
      mine = (call == in_call);        /* WRONG no_look_after: mine = true; */
      if
      :: mine -> call = idle
      :: else
      fi
    }
    if
    :: !mine -> leave_closed_slot(stream)
    :: else ->
      atomic {
        pending--;
        left = pending;
        if
        :: left == 0 -> owner = 0; gone = true
        :: else
        fi
      }
      if
      :: left == TOKEN ->              /* only the closer is left: hand the slot over */
        atomic {
          mine = (call == idle);
          if
          :: mine -> call = handed; owner = 0; gone = true
          :: else
          fi
        }
        if
        :: !mine -> leave_closed_slot(stream)
        :: else
        fi
      :: else
      fi
    fi
  fi;
  left = 0;
  mine = false
}

proctype notifier(byte me) {
  byte stream, left;
  bool mine, gone;
sleep:
end_sleep:
  atomic { ready -> ready = false; become_owner(me) }
deliver:
  deliver_one(stream);
  if
  :: !gone -> goto deliver
  :: else -> stream = 0; gone = false; goto sleep
  fi
}

inline open() {
  atomic {
    seat == vacant && pending == 0 ->  /* WRONG reuse_while_pending: seat == vacant -> */
    seat = control
  }
  atomic {
    assert(!ready && owner == 0 && pending == 0 && !wanted && !write_mutex && !attached);
    generation++;
    written = 0; play = 0; released = 0; notified = 0;
    call = idle; closing = false; attached = true
  }
  seat = vacant
}

inline write() {
  lock();
  if
  :: !closing -> written++; accepted[generation]++
  :: else                              /* MMSYSERR_INVALHANDLE */
  fi;
  unlock()
}

/* There is one writer here, so there is no newer message to hand back (seat_and_reset.pml has that). */
inline reset() {
  lock();
  take_seat();
  mine = false;
  if
  :: attached ->
    left = written - released;
    play = written;
    released = written;
    add_pending_and_claim(1, left, mine)
  :: else
  fi;
  leave_seat();
  unlock();
  if
  :: mine -> do :: deliver_one(stream); if :: gone -> break :: else fi od
  :: else
  fi
}

inline close() {
  begin_close(mine);
  if
  :: !mine                             /* a callback was first */
  :: else ->
    stream = generation;
    add_pending_and_claim(1, TOKEN, mine);
    if
    :: mine ->
      left = pending - TOKEN;
      do
      :: left > 0 -> done_message(stream); left--
      :: else -> break
      od;
      close_message(stream);
      atomic { owner = 0; pending = 0 }
    :: else ->
      if
      :: call == handed
      :: !patient                      /* a second has passed */
      fi;
      atomic {
        mine = (call == handed);
        if
        :: !mine -> call = closed      /* WRONG closer_only_looks: :: !mine -> skip */
        :: else
        fi
      }
      close_message(stream);
      if
      :: mine -> atomic { pending = pending - TOKEN; assert(pending == 0) }
      :: else                          /* the owner leaves when it comes back */
      fi
    fi
  fi
}

proctype client() {
  byte number, block, stream, left;
  bool mine, gone;
  for (number : 1 .. STREAMS) {
    open();
    for (block : 1 .. BLOCKS) { write() }
    reset();
    close();
    block = 0; stream = 0; left = 0; mine = false; gone = false
  }
  client_ended = true
}

init {
  byte n;
  if
  :: patient = true
  :: patient = false
  fi;
  atomic {
    run audio_thread();
    run client();
    for (n : 1 .. NOTIFIERS) { run notifier(n + 1) }
  }
  timeout ->                           /* nobody can run any more */
  assert(client_ended && pending == 0 && !ready && seat == vacant && owner == 0 && !write_mutex);
  for (n : 1 .. STREAMS) { assert(told_closed[n] && (dropped[n] || delivered[n] == accepted[n])) }
}
