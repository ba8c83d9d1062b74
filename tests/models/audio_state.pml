/* Audio state: what the audio thread touches of a stream, and how a fresh one takes its place when that thread is dead.
 *
 * The RtLock's word holds the owner and a count of acquisitions. A thread releases only its own acquisition. A control
 * thread that sees the same acquisition until its timeout seizes the lock by one compare-exchange, from {audio, n} to
 * {control, n + 1}. It seals the old audio state's `released` cursor, returns what was queued, and installs a fresh audio
 * state. The old one is never freed, so a thread that resumes in it does no harm: it no longer owns the lock, its cursor
 * is sealed, and no thread reads its clock.
 *
 *   here                        in the code                                     meaning
 *   owner, count, waiters       driver/core/handover/rt_lock.h, RtLock          the word, and the control threads that wait
 *   state, clock                driver/core/stream/stream.h, Stream::audio_state, clock  the lock guards audio state; any thread reads clock
 *   reported                    driver/core/handover/position_clock.h, PositionClock::reported_  the position is never below it
 *   written play released sealed taken next device   driver/core/stream/audio_state.h, AudioState; sealed is a bit of released
 *   finishing                   driver/core/stream/audio_state.h, AudioState      the header whose flag is being stored
 *   mutex                       driver/core/stream/stream.h, Stream::mutex
 *   used, more, held, ready     as in delivery.pml, which has the rest
 *   source                      driver/core/stream/stream.h, Stream::source     the audio state whose messages are delivered: HELD's
 *
 * A fresh audio state continues the cursors, so a block's number is its cursor in every audio state. Two audio threads,
 * of the lost device and of the next, may each stop anywhere for any time. The first may also die: in the client's
 * memory, after the flag, after the cursor, or before it leaves.
 *
 * The look at the lock and the store of the flag are one step here, and two instructions in the code: a thread that
 * stops between them past the timeout flags a header that was returned. This window cannot be closed, because the flag
 * is in the client's memory (driver/README.md). All others are closed here.
 *
 * Without memory for a fresh audio state the stream has none: headers are returned all the same, writes are refused,
 * and the supervisor retries. The callback of the last message may close the stream. Headers outside the ring are in
 * outside_the_ring.pml.
 *
 * Properties
 *   - A header becomes DONE once. The position counts it by then, and never goes back.
 *   - When reset returns, every header that was queued is DONE, whichever thread died.
 *   - Every message comes once and in order, over as many audio states as there were.
 *   - An audio state has one owner at a time, and the audio thread that works in it is that of its device; it reads no header
 *     that is DONE while it has the lock. No thread touches an audio state that has been freed.
 *   - The stream plays on: a header that is written after the thread died is played by the next device.
 */
#define BLOCKS 3      /* the last one is written after the reset */
#define PERIODS 1     /* of the first device; the second one plays while something is queued */
#define STATES 4      /* 1 is the first */
#define NONE 255

mtype = { free, audio, control };
mtype owner = free;
byte count, waiters, state = 1, clock = 1, source = 1, serving;
byte written[STATES], play[STATES], released[STATES], taken[STATES], next[STATES], device[STATES], finishing[STATES];
byte position[STATES];
byte reported, last;                   /* last: the audio state before, while there is none */
bool sealed[STATES], freed[STATES], mutex, used = true, more, held, ready, open_handle = true;

/* For the assertions only. */
bool done[BLOCKS], client_ended;
byte notified, states = 1;
bool failed;                           /* no memory, once */

inline lock() { atomic { !mutex -> mutex = true } }
inline unlock() { mutex = false }
inline store_done(b) { assert(!done[b] && (position[clock] > b || reported > b)); done[b] = true }
inline post(raised) { atomic { raised = !held; more = true } }  /* WRONG bit_once: inline post(raised) { atomic { raised = (!more && !held); more = true } } */

/* Patience may be over at any moment; the seized acquisition is the one that was seen. */
inline acquire(seized) {
  waiters++;
  if
  :: atomic { owner == free -> owner = control; count++; seized = false }
  :: atomic { owner == audio -> owner = control; count++; seized = true }
  fi
}
inline leave() { assert(owner == control); owner = free; waiters-- }

/* A fresh audio state, which no other thread knows. */
inline make_state(old) {
  fresh = states + 1; states = fresh;
  written[fresh] = written[old]; play[fresh] = written[old]; released[fresh] = written[old]; taken[fresh] = written[old];
  position[fresh] = written[old];      /* WRONG starts_at_zero: skip; */
  device[fresh] = serving              /* WRONG keeps_device: skip */
}

/* The caller has seized the lock, and has the mutex. fresh: 0 without memory. */
inline replace() {
  atomic {
    old = state;
    if
    :: make_state(old)
    :: !failed -> failed = true; fresh = 0
    fi
  }
  if
  :: fresh != 0 ->
    assert(position[fresh] >= position[clock] && position[fresh] >= reported);
    clock = fresh                      /* WRONG clock_last: skip */
  :: else -> reported = written[old]   /* a maximum. WRONG unreported: :: else -> skip */
  fi;
  atomic { sealed[old] = true; block = released[old] };  /* one read-modify-write. WRONG no_seal: block = released[old]; */
  do
  :: block < written[old] ->
    atomic {
      if
      :: finishing[old] == block + 1 && done[block] -> skip  /* a compare-exchange of the flags, which fails. WRONG no_mark: :: false -> skip */
      :: else -> store_done(block)
      fi;
      block++
    }
  :: else -> break
  od;
                                       /* WRONG clock_last: clock = fresh; */
  released[old] = written[old];
  atomic {
    next[old] = fresh;
    if
    :: fresh == 0 -> state = NONE; last = old  /* WRONG keeps_state: :: fresh == 0 -> skip */
    :: else -> state = fresh
    fi
                                       /* WRONG frees_old: ; freed[old] = true */
  };
  post(raised);                        /* WRONG replaced_unposted: raised = false; */
  if
  :: raised -> ready = true
  :: else
  fi;
  atomic { old = 0; fresh = 0; block = 0; raised = false }
}

proctype audio_thread(byte me) {
  byte period, h, block, mine;
  bool raised;
again:
end_idle:
  if
  :: me == 0 && period < PERIODS -> period++
  :: me == 1 && serving == 1 && state != NONE && play[state] < written[state] && device[state] == 1 && !sealed[state]
  :: me == 1 && !open_handle -> goto ended
  :: me == 0 && period == PERIODS -> goto ended
  fi;
  if
  :: waiters > 0 -> goto skipped
  :: else
  fi;
                                       /* WRONG device_first: if :: state != NONE && device[state] != me -> goto skipped :: else fi; */
  atomic {
    if
    :: owner == free -> owner = audio; count++; mine = count
    :: else -> goto skipped
    fi
  }
    h = state;
    if                                 /* seized before it read the audio state? Then that audio state is not its own */
    :: count != mine -> h = 0; goto woken    /* WRONG state_unlooked: :: false -> skip */
    :: else
    fi;
    if
    :: h == NONE -> goto leaves
    :: h != NONE && device[h] != me -> goto leaves  /* WRONG device_first: :: false -> skip */
    :: h != NONE && device[h] == me && (me == 0 || play[h] == written[h])  /* no block ends in this period. WRONG device_first: :: h != NONE && play[h] == written[h] */
    :: h != NONE && device[h] == me && play[h] < written[h] ->  /* WRONG device_first: :: h != NONE && play[h] < written[h] -> */
      atomic { block = play[h]; assert(!freed[h]) };  /* it reads the client's memory, and may stop there */
      if
      :: me == 0 -> goto end_dead
      :: true
      fi;
      atomic { assert(!freed[h] && !sealed[h] && !done[block] && device[h] == me || count != mine); position[h] = block + 1; finishing[h] = block + 1 };
      atomic {
        if
        :: count != mine -> goto woken   /* WRONG no_look: :: false -> skip */
        :: else -> store_done(block)
        fi
      }
      if
      :: me == 0 -> goto end_dead
      :: true
      fi;
      atomic {                         /* one compare-exchange */
        assert(!freed[h]);
        if
        :: sealed[h] || released[h] != block -> goto woken   /* WRONG no_seal: :: false -> skip */
        :: else -> released[h] = block + 1
        fi
      }
      if
      :: me == 0 -> goto end_dead
      :: true
      fi;
      atomic { play[h] = block + 1; post(raised) };  /* it may die before this, and after it */
      if
      :: me == 0 -> goto end_dead
      :: true
      fi;
      if
      :: raised -> ready = true
      :: else
      fi
    fi;
leaves:
woken:
    atomic {                           /* one compare-exchange */
      if
      :: owner == audio && count == mine -> owner = free  /* WRONG blind_release: :: true -> owner = free */
      :: else
      fi
    }
    h = 0; block = 0; mine = 0; raised = false;
skipped:
  goto again;
end_dead:
  false;
ended:
  skip
}

/* The device is lost, and another one takes over. */
proctype supervisor() {
  bool seized, raised, left_behind;
  byte old, fresh, block;
  serving = 1;
  atomic {                             /* moves the stream over, if the lock is free */
    left_behind = (owner != free);
    if
    :: !left_behind && state != NONE -> device[state] = 1
    :: else
    fi
  }
  if
  :: left_behind ->                    /* some ticks later */
    lock();                            /* WRONG seized_unlocked: skip; */
    acquire(seized);
    if
    :: state == NONE
    :: state != NONE && seized -> replace()  /* WRONG same_state: :: state != NONE && seized -> device[state] = 1 */
    :: state != NONE && !seized -> device[state] = 1
    fi;
    leave();
    unlock()                           /* WRONG seized_unlocked: skip */
  :: else
  fi;
end_watch:
  atomic { state == NONE && !mutex && open_handle -> mutex = true };  /* WRONG tries_once: false; */
  atomic { make_state(last); clock = fresh };
  atomic { owner == free -> state = fresh };  /* under the lock, which no thread keeps while there is no audio state */
  next[last] = fresh;                  /* WRONG late_chained: skip; */
  unlock()
}

/* Under the mutex. An audio state that was seized is never freed. */
inline detach() {
  lock();
  if
  :: open_handle ->
    acquire(seized);
    atomic { old = state; state = NONE; open_handle = false };
    leave()
  :: else
  fi;
  unlock()
}
/* The caller holds the word. */
inline free_states() {
  atomic {
    if
    :: old != NONE && old != 0 && !seized -> freed[old] = true
    :: else
    fi;
    old = 0; seized = false
  }
}

/* Inside a callback or not. It delivers what is left, which is nothing here. */
inline close() {
  detach();
  atomic { !held -> held = true };     /* no callback runs here for long */
  free_states();
  atomic { used = false; held = false }
}

proctype notifier() {
  byte following, end, old;
  bool seized, nested;
end_sleep:
  do
  :: atomic { ready -> ready = false };
    atomic {
      if
      :: used && !held -> held = true; more = false
      :: else -> goto end_sleep
      fi
    }
    do
    :: true ->
      assert(!freed[source]);
      following = next[source];        /* before the look at the cursor */ /* WRONG released_first: end = released[source]; */
      end = released[source];          /* WRONG released_first: following = next[source]; */
      if
      :: taken[source] < end ->
        atomic {
          assert(taken[source] == notified && done[notified]);
          taken[source]++;
          notified++;
          following = 0; end = 0
        };
        if
        :: notified < BLOCKS || !open_handle
        :: notified == BLOCKS && open_handle ->  /* the callback closes the stream */
          detach();
          atomic { nested = (old != 0) };
          if
          :: nested -> free_states(); used = false; atomic { held = false; nested = false }; goto end_sleep  /* WRONG frees_in_call: :: nested -> atomic { used = false; held = false; nested = false }; free_states() */
          :: else
          fi
        fi
      :: taken[source] >= end && following != 0 -> atomic { source = following; following = 0; end = 0 }
      :: taken[source] >= end && following == 0 ->
        atomic {
          end = 0;
          if
          :: more -> more = false
          :: else -> held = false; goto end_sleep
          fi
        }
      fi
    od
  od
}

/* Without an audio state it is refused, and the client writes again. */
inline write() {
  atomic {
    !mutex && state != NONE ->
    assert(!sealed[state] || failed);
    written[state]++
  }
}

inline reset() {
  lock();
  acquire(seized);
  block = 0;
  if
  :: state == NONE
  :: state != NONE && seized -> replace()  /* WRONG same_state: :: false -> skip */
  :: state != NONE && !seized ->        /* WRONG same_state: :: state != NONE -> */
    old = state;
    position[old] = written[old];
    block = released[old];
    do
    :: block < written[old] -> store_done(block); block++
    :: else -> break
    od;
    play[old] = block;
    released[old] = block;
    post(raised);
    if
    :: raised -> ready = true          /* its messages go to a notifier here; delivery.pml has the rest */
    :: else
    fi;
    old = 0; raised = false
  fi;
  leave();
  atomic {
    for (block : 0 .. BLOCKS - 2) { assert(done[block]) }
    unlock();
    block = 0
  }
}

proctype client() {
  byte block, old, fresh;
  bool seized, raised;
  reset();
  write();
  notified == BLOCKS;                      /* by the device, or by the thread that replaced the audio state */
  if
  :: close()
  :: !open_handle                      /* the callback of the last message */
  fi;
  client_ended = true
}

init {
  atomic {
    written[1] = BLOCKS - 1;
    run audio_thread(0);
    run audio_thread(1);
    run supervisor();
    run client();
    run notifier()
  }
  timeout ->                           /* no thread can run */
  assert(client_ended && !held && (!ready || !used) && !mutex && waiters == 0 && notified == BLOCKS)
}
