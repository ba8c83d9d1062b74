/* Delivery: one word of a stream says who may call its client, and when its place in the table is free.
 *
 * The word has four bits. USED: a stream has this place. MORE: something was released since a thread last took the
 * messages over. HELD: one thread delivers; it alone takes messages and calls the client. SHUT: no callback may begin,
 * because the stream is being opened or closed. The messages are between two cursors. A spurious bit does no harm: the
 * owner of the word looks at the cursors.
 *
 * A close waits for the owner of the word. Its timeout of a second restarts whenever the owner takes another message.
 * Then it gives up: SHUT. DRV_DISABLE has less time, so its close may give up at any moment. An owner only reads SHUT,
 * before and after each callback: the look is where a callback begins. So a closer that has set SHUT fences all threads
 * of the process. A look before the fence is seen with the message that was taken for it; a look after it finds SHUT.
 * Then the closer waits until the owner has left, or is inside the client: it says so after its look, and takes that
 * back before the next. The wait has a limit, because a thread can be killed.
 *
 *   here                          in the code                                       meaning
 *   used more held shut           driver/core/handover/delivery_state.h, DeliveryState  one atomic step here is one
 *                                                                                   read-modify-write, or one look
 *   in_call                       driver/core/stream/stream.h, Stream::caller       a thread is inside the client
 *   ready                         driver/core/handover/ready_set.h, ReadySet        the stream's ready bit: advisory
 *   written, released, taken      driver/core/stream/audio_state.h, AudioState        the cursors
 *   taken-- before a leave        driver/core/stream/stream.h, Stream::put_back()   adds one to `returned` instead
 *   lane                          driver/core/stream/stream.h, Stream::source       the stream whose audio state it is; 0: freed
 *   attached, rt_lock             driver/core/stream/stream.h, audio state and its lock  audio_state.pml has the rest
 *   open_handle, mutex            driver/core/stream/stream.h, Stream::handle, mutex
 *   slow                          the thread that holds the word has stopped, for longer than a closer's patience
 *
 * Two streams use the place, one after the other. Their clients write, reset and close; so may callbacks. An owner may
 * stop once, in a callback or between two, and resumes much later; the notifier perhaps never.
 * Headers outside the ring are in outside_the_ring.pml, wakes in wake.pml.
 *
 * With direct completion the audio thread calls the client itself, by the same steps. It posts under the lock, without a
 * ready bit, and holds the word after its period if no other thread does. It never takes a mutex. If the next message
 * needs one, it hands the stream back to a notifier before it takes the message.
 *
 * Properties
 *   - One thread at a time takes messages. Each message comes once, in order, and never inside another callback, except
 *     those that a close inside the callback delivers.
 *   - When reset returns, the messages of all released headers have been delivered, or a thread has the word, and does not
 *     leave before it has delivered them or handed them on.
 *   - Nothing is delivered after the close message, which comes once, and nothing to the place's next stream.
 *   - Every accepted header is delivered or counted as dropped, exactly. If a thread stops for long between two callbacks,
 *     the count may be one too small here, and wrong by one in the code, which reads two counters. No header is dropped while the owner delivers messages, unless the driver is ending.
 *   - Close ends, even if a thread was killed.
 *   - A place that is opened is empty: no thread holds it, or touches the ring of the stream before.
 *   - In the end no message is left, and no MORE in a place in use, for which a thread that waits for the end of the
 *     messages would wait for ever.
 */
#define BLOCKS 1          /* of each stream, by its client's first thread; another thread writes one at any time */
#define STREAMS 2
#define NOTIFIER 3
#define ANOTHER 4         /* clients are 1 and 2 */
#define AUDIO 5
#define ALL 15

bool used, more, held, shut, in_call;
bool direct;              /* then there is no other thread of a client */
bool ready, attached, mutex, rt_lock, open_handle;
byte written, released, taken, lane;

/* These only serve the assertions, and `slow` the closer's patience. */
byte generation, owner, promised, accepted[STREAMS + 1], notified[STREAMS + 1], dropped[STREAMS + 1];
bool closed_notified[STREAMS + 1], late[STREAMS + 1], client_ended[STREAMS + 1], hurried, slow, stopped, killed;

/* After the cursor has moved. raised: the word is free, so a ready bit is needed, even if MORE was set. */
inline post(raised) { atomic { raised = !held; more = true } }

inline hold(me, mine) {
  atomic {
    mine = (used && !held && !shut);   /* WRONG bit_is_claim: mine = (used && !shut); */
    if
    :: mine -> assert(owner == 0); held = true; more = false; owner = me
    :: else
    fi
  }
}
/* The owner's last step, after the closer has given up, or has closed inside the callback. */
inline leave() {
  atomic {
    assert(shut);
    held = false; owner = 0;
    if
    :: !used -> shut = false; more = false
    :: else
    fi
  }
}
/* again: something came meanwhile; the word is still held. */
inline release(again) {
  atomic {
    again = false;
    if
    :: shut -> leave()                 /* WRONG release_unshut: :: false -> skip */
    :: !shut && more -> again = true; more = false  /* WRONG release_blind: :: false -> skip */
    :: else -> assert(taken >= promised); held = false; owner = 0
    fi
  }
}
inline message(stream) {
  assert(stream == generation && !closed_notified[stream]);
  assert(taken == notified[stream] + 1 && taken <= released);
  notified[stream]++
}
inline close_message(stream) { atomic { assert(stream == generation && !closed_notified[stream]); closed_notified[stream] = true } }

inline begin(mine) {
                                       /* WRONG calls_too_early: in_call = true; */
  atomic {
    mine = !shut;                      /* WRONG looks_too_early: skip; */
    if
    :: mine -> message(stream)
    :: else
    fi
  }
  in_call = mine
}
inline end(mine) {
  in_call = false;                     /* WRONG calls_too_late: skip; */
  mine = !shut;                        /* WRONG end_unlooked: mine = true; */
                                       /* WRONG calls_too_late: in_call = false; */
}

/* The owner stops here, for long; the notifier perhaps for ever. */
inline may_stop(me) {
  if
  :: true
  :: atomic { !stopped -> stopped = true; slow = true };
    if
    :: slow = false
    :: me == NOTIFIER -> killed = true; goto end_killed
    fi
  fi
}

/* Reset, in the mutex and with the lock: all that is queued becomes DONE. */
inline finish_all(raised) {
  atomic {
    !mutex && !rt_lock -> mutex = true; raised = false;
    if
    :: open_handle && attached && released < written -> released = written; raised = true
    :: else
    fi
  }
}
/* close: the part that both kinds have. mine: this call closes the stream. */
inline begin_close(mine) {
                                       /* WRONG unlocked_check: mine = (open_handle && released == written); */
  atomic {
    !mutex ->
    mine = (open_handle && released == written);  /* WRONG unlocked_check: skip; */
    if
    :: mine -> open_handle = false; mutex = true
    :: else
    fi
  };
  if
  :: mine -> atomic { !rt_lock -> attached = false; mutex = false }
  :: else
  fi
}
inline reset_in_callback(yes) {        /* the word is held by this very thread, so no message is delivered here */
  finish_all(yes);
  if
  :: yes -> post(yes)
  :: else
  fi;
  atomic { yes = false; mutex = false }
}
/* The thread is the owner already: it takes the call over from the frame below. */
inline close_in_callback(yes) {
  begin_close(yes);
  if
  :: yes ->
    in_call = false;
    do
    :: taken < released -> taken++; yes = true; begin(yes); assert(yes); end(yes); assert(yes)  /* WRONG forgets_the_rest: :: false -> skip */
    :: else -> break
    od;
    atomic { close_message(stream); lane = 0 };
    atomic { used = false; more = false; shut = true }  /* WRONG nested_clears: atomic { used = false; more = false; held = false; owner = 0 } */
  :: else
  fi;
  yes = false
}

/* Delivers up to `limit` messages. The caller holds the word. gone: it holds it no more, and touches nothing. */
inline deliver(me, limit) {
  atomic { stream = generation; gone = false };
  do
  :: !gone && limit > 0 && taken < released ->
                                       /* WRONG looks_too_early: yes = !shut; */
    atomic { assert(lane == stream); taken++; limit = (limit == ALL -> ALL : limit - 1) };   /* there is room in the ring before the client is called */
    may_stop(me);
    begin(yes);
    if
    :: !yes ->
                                       /* WRONG leaves_first: leave(); */
      atomic { assert(lane == stream); taken-- };  /* WRONG no_put_back: skip; */
      leave();                         /* WRONG leaves_first: skip; */
      gone = true
    :: else ->
      if                               /* the client's code */
      :: may_stop(me)
      :: reset_in_callback(yes)
      :: reset_in_callback(yes); close_in_callback(yes)
      fi;
      end(yes);
      if
      :: !yes -> leave(); gone = true
      :: else -> may_stop(me)
      fi
    fi
  :: else -> break
  od;
  atomic { yes = false; stream = 0 }
}

proctype notifier() {
  byte stream, limit;
  bool gone, mine, yes;
end_sleep:
  do
  :: atomic { ready -> ready = false };
    hold(NOTIFIER, mine);
    do
    :: mine ->
      limit = ALL;
      deliver(NOTIFIER, limit);
      mine = false;
      if
      :: !gone -> release(mine)
      :: else
      fi
    :: else -> break
    od;
    atomic { gone = false; limit = 0 }
  od;
end_killed:
  false
}

/* By the audio thread, which posted a message. The next one may need the mutex. */
inline call_client() {
  hold(AUDIO, mine);
  do
  :: mine ->
    if
    :: limit = ALL
    :: limit = 0
    fi;
    deliver(AUDIO, limit);
    mine = false;
    if
    :: !gone && taken < released ->
                                       /* WRONG takes_then_looks: taken++; */
      more = true;                     /* WRONG back_without_bit: skip; */
      atomic {
        if
        :: shut -> leave()
        :: else -> assert(held); held = false; owner = 0; yes = more  /* WRONG hands_back_held: :: else -> held = false; owner = 0; yes = more; mine = true */
        fi
      };
      if
      :: yes -> ready = true
      :: else
      fi
    :: !gone && taken == released -> release(mine)
    :: else
    fi
  :: else -> break
  od;
  atomic { gone = false; yes = false; limit = 0 }
}

proctype audio_thread() {
  byte period, stream, limit;
  bool raised, gone, mine, yes;
  for (period : 1 .. 2) {
    if
    :: true                            /* nothing ends in this period */
    :: true ->
      atomic {
        if
        :: !rt_lock && attached && released < written -> rt_lock = true
        :: else -> goto next
        fi
      };
                                       /* WRONG post_first: post(raised); */
      released++;                      /* the header is DONE, and the cursor moves */
                                       /* WRONG post_after_lock: rt_lock = false; */
      post(raised);                    /* WRONG post_first: skip; */
      if
      :: raised && !direct -> ready = true  /* and one wake at the period's end: wake.pml */
      :: raised && direct -> rt_lock = false; call_client(); goto next
      :: else
      fi;
      rt_lock = false                  /* WRONG post_after_lock: skip */
    fi;
next:
    skip
  }
  goto done;
end_killed:
  false;
done:
  skip
}

inline open() {
  atomic {
    !used && !held && !shut ->         /* WRONG reuse_while_held: !used -> */
    used = true; more = false;
    shut = true                        /* WRONG open_unshut: skip */
  }
  atomic { generation++; written = 0; taken = 0; promised = 0 };
  released = 0;
  atomic { assert(owner == 0 && !attached && !in_call); lane = generation; attached = true };
                                       /* WRONG handle_first: open_handle = true; */
  atomic { shut = false; more = false };
  open_handle = true                   /* WRONG handle_first: skip */
}

inline write() {
  atomic {
    !mutex ->
    if
    :: open_handle -> written++; accepted[generation]++
    :: else
    fi
  }
}

inline reset(me) {
  finish_all(yes);
  if
  :: yes -> post(yes)
  :: else
  fi;
  atomic {
    mine = false;
    if
    :: open_handle ->
      hold(me, mine);                  /* WRONG reset_unheld: if :: yes -> ready = true :: else fi; */
      assert(mine || held || taken == released);
      limit = (mine -> released - taken : 0);
      promised = released              /* the owner of the word delivers these, or hands them on */
    :: else
    fi;
    mutex = false
  };
  if
  :: mine ->
    deliver(me, limit);
    if
    :: !gone ->
      atomic {
        yes = more;
        if
        :: shut -> leave(); yes = false  /* WRONG back_unshut: :: false -> skip */
        :: else -> assert(yes || taken >= promised); held = false; owner = 0
        fi
      };
      if
      :: yes -> ready = true           /* newer messages: a notifier's. WRONG no_hand_back: :: yes -> skip */
      :: else
      fi
    :: else
    fi
  :: else
  fi;
  atomic { gone = false; mine = false; yes = false; limit = 0 }
}

/* The closer waits. mine: it holds the word. Otherwise SHUT is set. */
inline wait_to_hold(me, mine) {
  seen = taken;
  do
  :: atomic { !held -> held = true; more = false; assert(owner == 0); owner = me; mine = true }; break
  :: held && taken != seen -> seen = taken  /* a second is over, and there was progress. WRONG patience_once: :: held && taken != seen -> goto gives_up */
  :: held && slow -> goto gives_up     /* a second is over, without progress. WRONG never_gives_up: :: false -> skip */
  :: held -> hurried = true; goto gives_up  /* the driver is ending. WRONG never_gives_up: :: false -> skip */
  od;
  goto decided;
gives_up:
  atomic {
    if
    :: !held -> held = true; more = false; assert(owner == 0); owner = me; mine = true
    :: else ->
      shut = true;                     /* WRONG silent_give_up: skip; */
      mine = false
    fi
  };
decided:
  seen = 0
}

inline close(me) {
  begin_close(mine);
  if
  :: mine ->
    wait_to_hold(me, mine);
    if
    :: mine ->
      limit = ALL;
      deliver(me, limit);
      assert(!gone);
      close_message(generation);
      lane = 0;                        /* WRONG frees_last: skip; */
      atomic { used = false; more = false; shut = false; held = false; owner = 0 }
                                       /* WRONG frees_last: lane = 0; */
    :: else ->
      if
      :: !held                         /* it has left */
      :: in_call                       /* it is inside the client, and takes nothing more */
      :: held && slow -> late[generation] = !in_call  /* the wait has a limit. WRONG waits_for_ever: :: false -> skip */
                                       /* WRONG counts_at_once: :: true */
      fi;
      dropped[generation] = released - taken;
      close_message(generation);
      if
      :: !held -> lane = 0             /* WRONG frees_under_it: :: true -> lane = 0 */
      :: else                          /* it stays until the place is opened again */
      fi;
      atomic {
        used = false; more = false;
        if
        :: !held -> shut = false
        :: else
        fi
      }
    fi
  :: else
  fi;
  atomic { stream = 0; gone = false; yes = false; mine = false; limit = 0 }
}

proctype client(byte me) {
  byte n, stream, limit, seen;
  bool mine, gone, yes;
end_before:
  generation == me - 1 && (me == 1 || closed_notified[me - 1]);
  if
  :: killed && held -> goto ended      /* this place is lost; an open finds another one */
  :: open()
  fi;
  for (n : 1 .. BLOCKS) { write() }
  do
  :: closed_notified[me] -> break
  :: !closed_notified[me] && me < STREAMS -> reset(me); close(me)  /* again, if a header was written in between */
  :: me == STREAMS -> break            /* it stays open */
  :: me == STREAMS -> reset(me); break
  od;
ended:
  client_ended[me] = true;
  goto done;
end_killed:
  false;
done:
  skip
}

/* Another thread of whatever client is there. */
proctype another() {
  byte stream, limit;
  bool mine, gone, yes;
  write();
  reset(ANOTHER);
  goto done;
end_killed:
  false;
done:
  skip
}

init {
  byte n;
  atomic {
    run audio_thread();
    run client(1);
    run client(2);
    if
    :: direct = true
    :: run another()
    fi;
    run notifier()
  }
  timeout ->                           /* no thread can run */
  assert(client_ended[1] && client_ended[2] && !mutex && !rt_lock && (killed || !held && owner == 0 && !shut));
  for (n : 1 .. generation) {
    if
    :: closed_notified[n] ->
      assert(notified[n] + dropped[n] == accepted[n] || (late[n] && notified[n] + dropped[n] + 1 == accepted[n]));
      assert(dropped[n] == 0 || hurried || stopped)
    :: else -> assert(n == generation && used && open_handle && (killed || !more && taken == released && notified[n] == taken))
    fi
  }
}
