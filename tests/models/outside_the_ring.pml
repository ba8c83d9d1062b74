/* Outside the ring: headers for which the ring had no room, while messages are delivered, reset and dropped.
 *
 * Such headers wait in a list. The thread that takes a message makes room, and moves the first of them in, under the
 * mutex. A reset flags all of them, and moves them to a second list, `returned`, each with the ring cursor at which its
 * turn comes. So the messages of a stream are those between two cursors and those in `returned`. A thread that may not
 * begin a callback puts its message back, wherever that came from: here it moves the ring's cursor back by one, in the
 * code it adds one to the size of `returned` (Stream::put_back()). It was the last to take one, so that only the number
 * counts from then on. The entry may hold another header already.
 *
 *   here                      in the code
 *   ring, written, released, taken, next   driver/core/stream/audio_state.h, AudioState
 *   state, source             driver/core/stream/stream.h, Stream::audio_state, source: the newest audio state, the one being delivered
 *   waiting, returned         driver/core/stream/stream.h, Stream::waiting_, returned_, and their sizes
 *   in_call                   driver/core/stream/stream.h, Stream::caller
 *   more, held, shut          driver/core/handover/delivery_state.h, DeliveryState; delivery.pml has the rest
 *   mutex                     driver/core/stream/stream.h, Stream::mutex
 *
 * The supervisor may replace the audio state (audio_state.pml). Then the headers in the list are given back, too, and the
 * lists stay the stream's. The cursors of the fresh audio state begin where those of the old one end. So a header of `returned`
 * has one turn, in whichever audio state, and the number of messages needs the newest audio state and the one that is being delivered.
 *
 * One stream. Its client writes, resets, writes again, resets again and closes; another thread of the client may reset,
 * too. The close may give up at any moment, or when the notifier has stopped. The notifier may stop once, between two
 * callbacks, and go on later, or never. The audio thread works in one step here.
 *
 * Properties
 *   - Each header's message comes once, and in the order of the writes.
 *   - No header waits outside a ring that has room, for longer than a message takes.
 *   - Delivered and dropped together are all that were accepted. If a thread stops for long between two callbacks, one
 *     may be missing. No message is dropped while the notifier delivers others, unless the driver is ending.
 *   - Close ends.
 */
#define RING 1
#define BLOCKS 4
#define STATES 2      /* each with a ring of its own */
#define ALL 15
#define CLIENT 1
#define NOTIFIER 2

byte ring[STATES], written[STATES], released[STATES], taken[STATES], next[STATES], state, source;
chan waiting = [BLOCKS] of { byte };          /* numbers of headers */
chan returned = [BLOCKS] of { byte, byte };   /* and the cursor at which their turn comes */
bool mutex, more, held, shut, in_call, ready, open_handle = true;

/* These only serve the assertions, and `slow` the closer's patience. */
byte accepted, notified, dropped;
bool slow, stopped, killed, late, hurried, closed, client_ended;

/* The cursors go on counting in a fresh audio state. */
#define LEFT (released[state] - taken[source] + len(returned))  /* WRONG counts_the_source: #define LEFT (released[source] - taken[source] + len(returned)) */

inline lock() { atomic { !mutex -> mutex = true } }
inline refill() {
  do
  :: len(waiting) > 0 && written[state] - taken[state] < RING -> waiting?number; ring[state] = number; written[state]++  /* WRONG no_refill: :: false -> skip */
  :: else -> break
  od;
  number = 0
}

inline write() {
  atomic {
    !mutex ->
    if
    :: len(waiting) == 0 && written[state] - taken[state] < RING -> ring[state] = accepted; written[state]++
    :: else -> waiting!accepted
    fi;
    accepted++
  }
}

proctype audio_thread() {
end_idle:
  do
  :: atomic { open_handle && !mutex && released[state] < written[state] -> released[state]++; ready = (ready || !held); more = true }
  od
}

inline post(raised) { atomic { raised = !held; more = true } }
inline hold(mine) {
  atomic {
    mine = !held && !shut;
    if
    :: mine -> held = true; more = false
    :: else
    fi
  }
}
inline leave() { held = false }

/* In the mutex, or when nothing is in the lists. some: there is a message. */
inline take_next(end) {
  some = false;
  if
  :: len(returned) > 0 ->
    returned?<message, turn>;
    some = (turn == taken[source])             /* WRONG list_first: some = true */
  :: else
  fi;
  if
  :: some -> returned?message, turn
  :: !some && taken[source] < end -> some = true; message = ring[source]; taken[source]++
  :: else
  fi;
  turn = 0
}
/* The next message: from the list at its turn, otherwise from the ring. It takes the mutex only while headers are
 * outside the ring, and may be killed in it. (While the handle is open, every call of the client would wait then.) */
inline take(me) {
  do
  :: following = next[source];         /* before the look at the cursor: audio_state.pml */
    end = released[source];
    if
    :: taken[source] == end && following != 0 -> source = following
    :: else -> break
    fi
  od;
  following = 0;
  if
  :: atomic { len(waiting) + len(returned) == 0 -> take_next(end) }
  :: atomic {
      len(waiting) + len(returned) > 0 && !mutex ->
      take_next(released[source]);
      refill();
      if
      :: !open_handle && me == NOTIFIER && !stopped -> mutex = true; stopped = true; slow = true; killed = true; goto end_killed
      :: true
      fi
    }
  fi;
  end = 0;
  if
  :: len(waiting) > 0 -> atomic { !mutex -> refill() } /* after the room was made: tests/memory_model, stream_waits */
  :: else
  fi
}
/* Also if the message came from the list: only the number counts from now on, and this needs no mutex. */
inline put_back() {
  atomic { taken[source]-- }           /* WRONG keeps_the_entry: atomic { taken[source]--; assert(written[source] - taken[source] <= RING); ring[source] = message } */
}

/* Delivers up to `limit` messages. The caller holds the word. gone: it holds it no more. */
inline deliver(me, limit) {
  gone = false;
  do
  :: !gone && limit > 0 ->
    take(me);
    if
    :: !some -> break
    :: some -> atomic { some = false; limit = (limit == ALL -> ALL : limit - 1) }
    fi;
    if
    :: true
    :: atomic { me == NOTIFIER && !stopped -> stopped = true; slow = true };
      if
      :: slow = false
      :: killed = true; goto end_killed
      fi
    fi;
    atomic {
      gone = shut;
      if
      :: !gone -> assert(message == notified && !closed); notified++
      :: else
      fi
    };
    if
    :: gone -> put_back(); leave()
    :: else ->
      in_call = true;
      in_call = false;
      gone = shut;
      if
      :: gone -> leave()
      :: else
      fi
    fi;
    message = 0
  :: else -> break
  od
}

proctype notifier() {
  byte limit, message, turn, number, end, following;
  bool gone, mine, some;
end_sleep:
  do
  :: atomic { ready -> ready = false };
    hold(mine);
    do
    :: mine ->
      limit = ALL;
      deliver(NOTIFIER, limit);
      mine = false;
      atomic {
        if
        :: gone
        :: !gone && shut -> leave()
        :: !gone && !shut && more -> more = false; mine = true
        :: else -> held = false
        fi;
        gone = false; limit = 0
      }
    :: else -> break
    od
  od;
end_killed:
  false
}

inline reset() {
  atomic {                             /* in the mutex and with the lock */
    !mutex -> mine = false;
    if
    :: open_handle ->
      released[state] = written[state];
      do
      :: len(waiting) > 0 -> waiting?number; returned!number, written[state]
      :: else -> break
      od;
      number = 0;
      more = true;
      mine = !held;
      if
      :: mine -> held = true; more = false
      :: else
      fi
    :: else
    fi;
    limit = (mine -> LEFT : 0)         /* WRONG resets_the_ring: limit = (mine -> released[state] - taken[source] : 0) */
  };
  if
  :: mine ->
    deliver(CLIENT, limit);
    if
    :: !gone ->
      atomic {
        mine = more;
        if
        :: shut -> leave(); mine = false
        :: else -> held = false
        fi
      };
      if
      :: mine -> ready = true
      :: else
      fi
    :: else
    fi
  :: else
  fi;
  atomic { gone = false; mine = false; limit = 0 }
}

inline close() {
  atomic {
    !mutex -> mine = (open_handle && released[state] == written[state] && len(waiting) == 0);
    open_handle = (open_handle && !mine)
  };
  if
  :: mine ->
    atomic { seen = LEFT; cursor = taken[source] };
    do
    :: atomic { !held -> held = true; more = false }; break
    :: atomic { held && LEFT != seen -> seen = LEFT; cursor = taken[source] }  /* there was progress. WRONG watches_the_cursor: :: held && LEFT != seen && taken[source] == cursor -> goto gives_up */
    :: held && slow -> goto gives_up
    :: held -> hurried = true; goto gives_up
    od;
    limit = ALL;
    deliver(CLIENT, limit);
    assert(!gone && LEFT == 0);
    goto delivers;
gives_up:
    atomic {
      if
      :: held -> shut = true
      :: else -> held = true; goto gives_up_not
      fi
    };
    if
    :: !held
    :: in_call
    :: held && slow -> late = !in_call
    fi;
                                       /* WRONG counts_in_the_mutex: !mutex; */
    dropped = LEFT;                    /* WRONG counts_the_ring: dropped = released[state] - taken[source]; */
    goto delivers;
gives_up_not:
    limit = ALL;
    deliver(CLIENT, limit);
delivers:
    closed = true
  :: else
  fi;
  atomic { gone = false; mine = false; limit = 0; seen = 0; cursor = 0 }
}

/* The audio thread has died, and the supervisor replaces the audio state: under the mutex, with the lock seized. */
proctype supervisor() {
  byte number;
  bool raised;
end_idle:
  atomic { open_handle && !mutex -> mutex = true };
  released[state] = written[state];
  do
  :: len(waiting) > 0 -> atomic { waiting?number; returned!number, written[state] }
  :: else -> break
  od;
  atomic { number = 0; written[1] = written[0]; released[1] = written[0]; taken[1] = written[0] };  /* WRONG begins_at_zero: number = 0; */
  atomic { next[0] = 1; state = 1 };
  post(raised);
  if
  :: raised -> ready = true
  :: else
  fi;
  mutex = false
}

proctype client() {
  byte limit, message, turn, number, end, following, seen, cursor;
  bool gone, mine, some;
  write(); write(); write();
  reset();
  do
  :: closed -> break
  :: !closed && accepted < BLOCKS -> write()
  :: !closed && accepted == BLOCKS -> reset(); close()
  :: !closed -> break                  /* it stays open */
  od;
  client_ended = true;
  goto done;
end_killed:
  false;
done:
  skip
}

init {
  atomic { run audio_thread(); run notifier(); run supervisor(); run client() }
  timeout ->                           /* no thread can run */
  assert(client_ended);
  assert(!closed || notified + dropped == accepted || late && notified + dropped + 1 == accepted);
  assert(!closed || dropped == 0 || hurried || stopped);
  assert(closed || notified == accepted && len(waiting) == 0 || stopped)
}
