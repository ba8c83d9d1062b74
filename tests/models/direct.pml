/* Direct completion: the audio thread calls clients itself, by the same steps as everybody (delivery.pml).
 *
 * It posts with the lock, without a ready bit, and keeps a list of the streams that it has posted. After its period it tries to
 * hold each stream of the list, and delivers. Nobody owns a listed stream before that, so any other thread may hold it
 * first: one that resets or closes it. The thread that changes the device sets a ready bit for each stream that has MORE and
 * no owner. If both come, one of them finds nothing, and that is all.
 *
 * The audio thread never takes a mutex. If the next message needs one, it hands the stream back before it takes the
 * message, and leaves it to a notifier.
 *
 *   here                          in the code                                         meaning
 *   used more held shut           driver/core/handover/delivery_state.h, DeliveryState  delivery.pml has the rest
 *   listed                        driver/core/period/device_round.h, posted_          streams that this period has posted
 *   ready                         driver/core/handover/ready_set.h, ReadySet          the notifiers' ready bits
 *   caller                        driver/core/stream/stream.h, Stream::caller         the thread that runs the callback
 *   attached, open_handle, written, released, taken                                   as in delivery.pml
 *
 * The callbacks of stream 0 may reset and close either stream, or never return. Another thread of the client resets and
 * closes stream 1, and its callbacks may close stream 0: two threads may wait for each other. A close may give up at any
 * moment. A new stream takes a place while the audio thread may still have it on its list, or has moved its cursor and
 * not posted yet.
 *
 * Properties
 *   - Every released header is delivered once, in order, and not after the close message, or it is counted as dropped. None
 *     is dropped if no close gave up.
 *   - The audio thread comes to the end of its list, unless a callback does not return. Then the streams further on are
 *     delivered by a notifier.
 *   - A place that is opened again is empty. In the end each place is free, or in use with nothing left in it.
 *
 * Wrong variants, and the fault that each makes
 *   takes_unheld       the list is taken for a right: two threads deliver
 *   close_waits        a close does not hold a listed stream, but waits for its turn: it waits for itself
 *   never_gives_up     two threads in callbacks close each other's stream, and wait for ever
 *   no_ready_bits      the change of devices sets no ready bits: streams wait for a thread that is stuck
 *   bit_moves_right    the change of devices takes the stream over for the notifier: two threads deliver
 *   caller_kept        `caller` stays when the callback has returned: a later close takes itself for nested
 *   hands_back_held    the audio thread leaves a stream to a notifier, and goes on with it
 *   takes_then_looks   it takes the message, finds that it needs the mutex, and hands back: the message is lost
 *   back_without_bit   it hands back without a ready bit, because MORE is clear: the messages that are left wait for ever
 *   forgets_the_rest   the nested close delivers nothing: messages are lost
 *   place_is_free      the nested close frees the place under the outer frame
 *   keeps_more         the place is published with a MORE of the stream before, whose ready bit was wasted
 */
#define PERIODS 2
#define AUDIO 1
#define CLIENT 2
#define NOTIFIER 3

bool used[2] = true, more[2], held[2], shut[2], ready[2], listed[2], attached[2] = true, open_handle[2] = true;
byte written[2] = 2, released[2], taken[2], caller[2];

/* For the assertions only; in_call stands for `caller`, as in delivery.pml. */
byte notified[2], dropped[2], owner[2];
bool in_call[2], closed_notified[2], gave_up, audio_ended, client_ended, stuck;

inline become_owner(s, me) { assert(owner[s] == 0); held[s] = true; more[s] = false; owner[s] = me }
inline hold(s, me, mine) {
  atomic {
    mine = (used[s] && !held[s] && !shut[s]);
    if
    :: mine -> become_owner(s, me)
    :: else
    fi
  }
}
/* Inside an atomic step. */
inline leave(s) {
  held[s] = false; owner[s] = 0;
  if
  :: !used[s] -> shut[s] = false; more[s] = false
  :: else
  fi
}
inline message(s, me) {
  assert(!closed_notified[s] && owner[s] == me && taken[s] == notified[s] + 1 && taken[s] <= released[s]);
  notified[s]++
}
inline close_message(s) {
  assert(!closed_notified[s] && notified[s] + dropped[s] == released[s] && (gave_up || dropped[s] == 0));
  closed_notified[s] = true
}
inline take(s) { taken[s]++ }

/* begins: a callback has begun. Otherwise the message is put back, and the word left. */
inline begin(s, me, begins) {
  atomic {
    begins = !shut[s];
    if
    :: begins -> in_call[s] = true; message(s, me)
    :: else
    fi
  }
  if
  :: !begins -> taken[s]--; atomic { leave(s) }
  :: else
  fi
}
inline end(s, ends) {
  atomic { ends = !shut[s]; in_call[s] = false }
  if
  :: !ends -> atomic { leave(s) }
  :: else
  fi
}

/* The audio thread with the lock. It posts there; here the post may come late, as that of a thread that slept. */
inline serve(s) {
  atomic {
    yes = false;
    if
    :: attached[s] && released[s] < written[s] -> released[s]++; yes = true
    :: true
    fi
  }
  if
  :: yes -> atomic { listed[s] = !held[s]; more[s] = true; yes = false }
  :: else
  fi
}

/* By a close that holds the word: nobody sets SHUT. */
inline notify_rest(s, me) {
  do
  :: taken[s] < released[s] -> atomic { take(s); assert(!shut[s]); message(s, me) }
  :: else -> break
  od
}

inline close(s, me) {
  atomic {
    own = (open_handle[s] && released[s] == written[s]);
    if
    :: own -> open_handle[s] = false; attached[s] = false
    :: else
    fi
  }
  if
  :: own && caller[s] == me ->         /* nested */
    in_call[s] = false;
    notify_rest(s, me);                  /* WRONG forgets_the_rest: skip; */
    atomic { close_message(s) };
    atomic { used[s] = false; more[s] = false; shut[s] = true }  /* WRONG place_is_free: atomic { used[s] = false; held[s] = false; owner[s] = 0 } */
  :: own && caller[s] != me ->
    if
    :: atomic { !held[s] -> become_owner(s, me) };  /* WRONG close_waits: :: atomic { !held[s] && !listed[s] -> become_owner(s, me) }; */
      notify_rest(s, me);
      atomic { close_message(s) };
      atomic { used[s] = false; shut[s] = false; more[s] = false; held[s] = false; owner[s] = 0 }
    :: atomic { held[s] -> shut[s] = true; gave_up = true };  /* WRONG never_gives_up: :: atomic { false -> skip }; */
      (in_call[s] || !held[s]);        /* the owner is inside the client, or has left */
      atomic { dropped[s] = released[s] - taken[s]; close_message(s) };
      atomic {
        used[s] = false; more[s] = false;
        if
        :: !held[s] -> shut[s] = false
        :: else
        fi
      }
    fi
  :: else
  fi;
  own = false
}

/* Everything that is queued is finished, and delivered if nobody holds the word. */
inline reset(s, me) {
  atomic {                             /* under the mutex, with the lock */
    if
    :: open_handle[s] && released[s] < written[s] -> released[s] = written[s]; more[s] = true
    :: else
    fi;
    mine = (open_handle[s] && !held[s] && !shut[s]);
    if
    :: mine -> become_owner(s, me)
    :: else
    fi
  }
  do
  :: mine && taken[s] < released[s] ->
    take(s);
    begin(s, me, mine);
    if
    :: mine ->
      if
      :: true
      :: me == CLIENT -> close(0, me)
      fi;
      end(s, mine)
    :: else
    fi
  :: mine && taken[s] == released[s] ->
    mine = false;
    atomic {
      if
      :: shut[s] -> leave(s)
      :: else ->
        held[s] = false; owner[s] = 0;
        if
        :: more[s] -> ready[s] = true
        :: else
        fi
      fi
    }
  :: !mine -> break
  od
}

/* The caller holds the word until yes is false. */
inline deliver(s, me) {
  do
  :: !yes -> break
  :: yes && me == AUDIO && taken[s] < released[s] ->  /* it needs the mutex: hand back */
                                       /* WRONG takes_then_looks: take(s); */
    yes = false;                       /* WRONG hands_back_held: skip; */
    atomic {
      if
      :: shut[s] -> leave(s)
      :: else -> held[s] = false; owner[s] = 0; yes = !yes
      fi
    };
    if
    :: yes -> more[s] = true; ready[s] = true; yes = false  /* WRONG back_without_bit: :: yes -> ready[s] = more[s]; yes = false */ /* WRONG hands_back_held: :: !yes -> more[s] = true; ready[s] = true; yes = true */
    :: else
    fi
  :: yes && taken[s] < released[s] ->
    take(s);
    begin(s, me, yes);
    if
    :: yes ->
      caller[s] = me;
      if
      :: true
      :: s == 0 && me == AUDIO -> reset(0, me); close(0, me)
      :: s == 0 && me == AUDIO -> reset(1, me); close(1, me)
      :: s == 0 && me == AUDIO -> close(1, me)
      :: s == 0 && me == AUDIO -> stuck = true; end_stuck: false
      fi;
      caller[s] = 0;                   /* WRONG caller_kept: skip; */
      end(s, yes)
    :: else
    fi
  :: yes && taken[s] == released[s] ->
    atomic {                           /* release; yes: again */
      if
      :: shut[s] -> leave(s); yes = false
      :: !shut[s] && more[s] -> more[s] = false
      :: else -> assert(owner[s] == me); held[s] = false; owner[s] = 0; yes = false
      fi
    }
  od
}

proctype audio_thread() {
  byte period, s;
  bool yes, own, mine;
  for (period : 1 .. PERIODS) {
    serve(0);
    serve(1);
    for (s : 0 .. 1) {
      if
      :: listed[s] ->
        listed[s] = false;
        hold(s, AUDIO, yes)            /* WRONG takes_unheld: yes = used[s]; owner[s] = AUDIO; held[s] = true */
      :: else
      fi;
      deliver(s, AUDIO)
    }
  };
  audio_ended = true
}

/* Another device takes over, because this one was slow or is stuck. It looks at each place until it has been of use. */
proctype keeper() {
  byte s;
end_keeper:
  do
  :: atomic { stuck && more[0] && !held[0] && !ready[0] -> ready[0] = true }  /* WRONG no_ready_bits: :: false -> skip */
  :: atomic { stuck && more[1] && !held[1] && !ready[1] -> ready[1] = true }  /* WRONG no_ready_bits: :: false -> skip */
  :: atomic { !stuck && !audio_ended && s == 0 && more[1] && !held[1] -> ready[1] = true; s = 1 }  /* WRONG bit_moves_right: :: atomic { !stuck && s == 0 && more[1] -> held[1] = false; owner[1] = 0; ready[1] = true; s = 1 } */
  od
}

proctype notifier() {
  byte s;
  bool yes, own, mine;
end_sleep:
  do
  :: atomic { ready[0] -> ready[0] = false; s = 0 }; goto found
  :: atomic { ready[1] -> ready[1] = false; s = 1 }; goto found
  od;
found:
  hold(s, NOTIFIER, yes);
  deliver(s, NOTIFIER);
  s = 0;
  goto end_sleep
}

/* The place of a closed stream serves another one. */
inline open_again(s) {
  atomic {
    closed_notified[s] && !used[s] && !held[s] && !shut[s] ->
    assert(owner[s] == 0 && !in_call[s]);
    used[s] = true; shut[s] = true; more[s] = false;
    written[s] = 0; taken[s] = 0; released[s] = 0; notified[s] = 0; dropped[s] = 0; closed_notified[s] = false
  };
  atomic { shut[s] = false; more[s] = false };  /* WRONG keeps_more: shut[s] = false; */
  atomic { open_handle[s] = true; attached[s] = true; written[s] = 1 }
}

proctype client() {
  bool own, mine;
  if
  :: true
  :: true -> reset(1, CLIENT); close(1, CLIENT)
  fi;
  if
  :: true
  :: open_again(0); reset(0, CLIENT)
  :: open_again(1)
  fi;
  client_ended = true
}

init {
  byte s;
  atomic {
    run audio_thread();
    run keeper();
    run notifier();
    run client()
  }
  timeout ->
  assert(client_ended && (audio_ended || stuck));
  for (s : 0 .. 1) {
    assert((s == 0 && stuck) || !held[s] && owner[s] == 0 && !shut[s] && notified[s] + dropped[s] == released[s] && (!used[s] || !more[s]))
  }
}
