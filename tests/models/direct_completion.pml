/* Direct completion: the audio thread as its own notifier. It calls clients itself, after its period, from a list of
 * the slots that it has marked.
 *
 * A callback may close any stream, also one whose turn in the list is still to come. And a callback may never return:
 * then another device takes over, and the streams further on in the list must not wait for that client. So a marked
 * slot belongs to nobody yet. Its bit in a second set, `owed`, is claimed by one thread: by the audio thread when
 * the slot's turn comes, by a thread that resets or closes the stream, or by the thread that changes the device, which
 * passes it on to the notifiers.
 *
 *   here           in the code                                           meaning
 *   listed         driver/core/period/device_round.h, marked_            slots that this period has to serve
 *   owed           driver/core/stream/stream_table.h, StreamTable::owed    marked by an audio thread, not yet claimed
 *   ready          driver/core/stream/stream_table.h, StreamTable::ready   the notifiers' set, as in
 *                                                                        completion_and_wake.pml
 *   owner_thread   driver/core/stream/stream.h, Stream::owner_thread       written by the owner; each thread compares it
 *                                                                        with itself
 *   call, pending, TOKEN, attached, closing, generation, written, play, released   as in close_and_reuse.pml
 *
 * Two slots: the callbacks of the first may reset and close either stream, or never return. Another thread of the
 * client resets and closes the second one, and opens another in place of either. This model has no seat and no write
 * mutex: the work under them is one step.
 *
 * Properties
 *   - Every released block is delivered once, in order, by its owner; nothing comes after WOM_CLOSE, which comes once.
 *   - Nobody waits for itself: the audio thread comes to the end of its list.
 *   - A callback that never returns keeps no message of another stream back.
 *   - A slot that has an owner is not opened again.
 *
 * Wrong variants, and the fault that each makes
 *   takes_unclaimed     the list does not claim: a message is delivered by two threads
 *   close_claims_not    a close takes no bit: a close of a slot further on in the list waits for itself
 *   moved_without_claim the change of devices does not claim: two owners
 *   not_moved           the change of devices leaves the bits: the streams further on wait for a dead thread
 *   owner_kept          the owner stays written after it has left: a close takes another owner's messages for its own
 *   count_cleared       the nested close clears the count: the slot is opened again while its owner is inside
 *   hands_over_and_stays     the slot is left to the notifiers while its callback runs: two owners
 *   counts_before_the_claim  a close takes the count from before its claim: the owner has told some of them since
 *   forgets_the_rest    the nested close delivers only the message that runs: the others are never told
 */
#define PERIODS 2
#define TOKEN 16
#define AUDIO 1
#define CLIENT 2
#define NOTIFIER 3

mtype = { idle, in_call, handed, closed };

mtype call[2] = idle;
byte pending[2], written[2] = 2, play[2], released[2], notified[2], owner_thread[2], generation[2];
bool attached[2] = true, closing[2], listed[2], owed[2], ready[2];

/* These only serve the assertions. */
byte owner[2];
bool told_closed[2], audio_ended, client_ended, stuck;

inline done_message(s, me) {
  atomic {
    assert(!told_closed[s] && notified[s] < released[s] && owner[s] == me);
    notified[s]++
  }
}
inline close_message(s) { atomic { assert(!told_closed[s] && notified[s] == released[s]); told_closed[s] = true } }
inline become_owner(s, me) { assert(owner[s] == 0); owner[s] = me }

/* The audio thread in the seat: a block ends in this period, or none does. */
inline serve(s) {
  atomic {
    if
    :: attached[s] && play[s] < written[s] ->
      play[s]++;
      released[s] = play[s];
      if
      :: pending[s] == 0 -> assert(owner[s] == 0 && !owed[s] && !ready[s]); listed[s] = true; owed[s] = true
      :: else
      fi;
      pending[s]++
    :: true
    fi
  }
}

inline leave_closed_slot(s) {
  atomic { owner_thread[s] = 0; owner[s] = 0; pending[s] = 0 }
  gone = true
}

inline begin(s, me) {
  atomic {
    gone = (call[s] != idle);
    if
    :: !gone -> call[s] = in_call
    :: else
    fi
  }
  if
  :: gone -> leave_closed_slot(s)
  :: else -> owner_thread[s] = me; done_message(s, me)
  fi
}

inline end(s) {
  owner_thread[s] = 0;                 /* WRONG owner_kept: skip; */
  atomic {                             /* the first look at the slot: the stream may be gone */
    gone = (call[s] != in_call);
    if
    :: !gone -> call[s] = idle
    :: else
    fi
  }
  if
  :: gone -> leave_closed_slot(s)
  :: else ->
    atomic {
      pending[s]--;
      gone = (pending[s] == 0 || pending[s] == TOKEN);
      if
      :: gone -> owner[s] = 0
      :: else
      fi;
      if
      :: pending[s] == TOKEN && call[s] == idle -> call[s] = handed
      :: pending[s] == TOKEN && call[s] != idle -> pending[s] = 0
      :: else
      fi
    }
  fi
}

/* The messages that nobody owns yet, if there are any. Two sets, one after the other: a bit moves from the first to
 * the second only. */
inline claim(s, me) {
  atomic {
    own = owed[s];
    owed[s] = false;
    if
    :: own -> become_owner(s, me)
    :: else
    fi
  }
  if
  :: !own ->
    atomic {
      own = ready[s];
      ready[s] = false;
      if
      :: own -> become_owner(s, me)
      :: else
      fi
    }
  :: else
  fi
}

/* Everything that is queued is finished; own: nobody delivered, so the caller does. */
inline reset(s, me) {
  atomic {
    own = false;
    if
    :: attached[s] ->
      own = (pending[s] == 0 && released[s] < written[s]);
      pending[s] = pending[s] + written[s] - released[s];
      play[s] = written[s];
      released[s] = written[s];
      if
      :: own -> become_owner(s, me)
      :: else
      fi
    :: else
    fi
  }
  if
  :: !own -> claim(s, me)
  :: else
  fi;
  gone = !own;
  do
  :: !gone -> begin(s, me); if :: !gone -> end(s) :: else fi
  :: gone -> break
  od;
  own = false; gone = false
}

inline nested_close(s, me) {
  left = pending[s] - 1;               /* the message that runs is still counted, and told */
                                       /* WRONG forgets_the_rest: left = 0; */
  do
  :: left > 0 -> done_message(s, me); left--
  :: else -> break
  od;
  call[s] = closed;                    /* WRONG count_cleared: call[s] = closed; pending[s] = 0; */
  close_message(s)
}

inline waiting_close(s, me) {
  atomic {
    own = (pending[s] == 0);
    left = pending[s];                 /* for counts_before_the_claim alone */
    pending[s] = pending[s] + TOKEN;
    if
    :: own -> become_owner(s, me)
    :: else
    fi
  }
  if
  :: !own -> claim(s, me)              /* WRONG close_claims_not: :: !own -> skip */
  :: else
  fi;
  if
  :: own ->
    left = pending[s] - TOKEN;         /* WRONG counts_before_the_claim: skip; */
    do
    :: left > 0 -> done_message(s, me); left--
    :: else -> break
    od;
    close_message(s);
    atomic { owner[s] = 0; pending[s] = 0 }
  :: else ->
    call[s] == handed;                 /* who is waited for comes out of its callback here: nobody gives up */
    close_message(s);
    atomic { pending[s] = pending[s] - TOKEN; assert(pending[s] == 0) }
  fi;
  own = false; left = 0
}

inline close(s, me) {
  atomic {
    mine = (!closing[s] && released[s] == written[s]);
    if
    :: mine -> closing[s] = true; attached[s] = false
    :: else
    fi
  }
  if
  :: mine && owner_thread[s] == me -> nested_close(s, me)
  :: mine && owner_thread[s] != me -> waiting_close(s, me)
  :: else
  fi;
  mine = false
}

/* One client's messages, by the audio thread. Those of slot 0 do things. */
inline call_client(s) {
  gone = true;
  if
  :: listed[s] ->
    listed[s] = false;
    atomic {
      own = owed[s];                   /* WRONG takes_unclaimed: own = true; */
      owed[s] = false;
      if
      :: own -> become_owner(s, AUDIO)
      :: else
      fi;
      gone = !own;
      own = false
    }
  :: else
  fi;
  do
  :: gone -> break
  :: !gone ->
    if
    :: true -> begin(s, AUDIO)
    :: true ->                         /* the next message needs a mutex: a notifier tells it */
      gone = true;                     /* WRONG hands_over_and_stays: begin(s, AUDIO); */
      atomic { owner[s] = 0; ready[s] = true }
    fi;
    if
    :: !gone ->
      if
      :: true
      :: s == 0 -> reset(0, AUDIO); close(0, AUDIO)
      :: s == 0 -> reset(1, AUDIO); close(1, AUDIO)
      :: s == 0 -> close(1, AUDIO)
      :: s == 0 -> stuck = true; goto does_not_return
      fi;
      gone = false;
      end(s)
    :: else
    fi
  od;
  gone = false
}

proctype audio_thread() {
  byte period, left;
  bool gone, own, mine;
  for (period : 1 .. PERIODS) {
    serve(0);
    serve(1);
    call_client(0);                    /* in the order of the list: any order is as good */
    call_client(1)
  }
  audio_ended = true;
does_not_return:
  skip
}

/* The thread that puts another device in the place of this one, because it was slow or is stuck. */
proctype keeper() {
  bool own;
  byte s;
  if
  :: stuck
  :: true                              /* it was slow, no more; or it is found too early, and another one takes over */
  fi;
again:
  for (s : 0 .. 1) {
    atomic {
      own = owed[s];                   /* WRONG not_moved: own = false; */
      owed[s] = (owed[s] && !own)      /* WRONG moved_without_claim: skip */
    }
    if
    :: own -> ready[s] = true; own = false
    :: else
    fi
  }
  if
  :: stuck && (owed[0] || owed[1]) -> goto again   /* WRONG not_moved: :: false -> skip */
  :: !stuck && !audio_ended -> (stuck || audio_ended); goto again
  :: else
  fi
}

proctype notifier() {
  bool gone;
  byte s;
end_sleep:
  do
  :: atomic { ready[0] -> ready[0] = false; become_owner(0, NOTIFIER); s = 0 }; goto deliver
  :: atomic { ready[1] -> ready[1] = false; become_owner(1, NOTIFIER); s = 1 }; goto deliver
  od;
deliver:
  begin(s, NOTIFIER);
  if
  :: !gone -> end(s)
  :: else
  fi;
  if
  :: !gone -> goto deliver
  :: else -> gone = false; s = 0; goto end_sleep
  fi
}

/* The place of a closed stream serves another one. */
inline open_again(s) {
  atomic {
    told_closed[s] && pending[s] == 0 ->
    assert(owner[s] == 0 && !owed[s] && !ready[s]);
    generation[s]++;
    written[s] = 1; play[s] = 0; released[s] = 0; notified[s] = 0;
    call[s] = idle; closing[s] = false; told_closed[s] = false; attached[s] = true
  }
}

proctype client() {
  byte left;
  bool gone, own, mine;
  if
  :: true
  :: true -> reset(1, CLIENT)
  fi;
  if
  :: true
  :: reset(1, CLIENT); close(1, CLIENT)
  fi;
  if
  :: true
  :: open_again(0)
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
  timeout ->                           /* nobody can run any more */
  assert(client_ended && (audio_ended || stuck));
  for (s : 0 .. 1) {
    assert((s == 0 && stuck) || (pending[s] == 0 && owner[s] == 0 && notified[s] == released[s] && !owed[s] && !ready[s]))
  }
}
