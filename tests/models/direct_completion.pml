/* Direct completion: the audio thread calls clients itself, after its period, from a list of the slots it owns.
 *
 * A callback may close any stream, also one whose turn in the list is still to come: its owner is this very thread, so
 * that waiting for the owner would be waiting for itself. So `owner_thread` says who owns, from the moment that a slot
 * enters the list; a close that finds itself there delivers what is left, and the list finds the call closed.
 *
 *   here            in the code                                      meaning
 *   owned           driver/core/period/device_round.h, owned_               slots whose messages this period delivers itself
 *   owner_thread    driver/core/handover/slot.h, Slot::owner_thread           written by the owner; each thread asks: is it me?
 *   call, pending, TOKEN, attached, closing, generation, written, play, released   as in close_and_reuse.pml
 *
 * Two slots: the callbacks of the first may reset and close either stream. Another thread of the client resets and
 * closes the second one, and opens another in its place. The seat and the write mutex are not this model's business:
 * what is done under them is one step.
 *
 * Properties
 *   - Every released block is delivered once, in order, by its owner; nothing comes after WOM_CLOSE, which comes once.
 *   - Nobody waits for itself: the audio thread comes to the end of its list.
 *   - A slot that is still in the list is not opened again.
 *
 * Wrong variants, and what each breaks
 *   owner_in_callback   the owner is known only while its callback runs: a close of a slot further on waits for itself
 *   owner_kept          the owner stays written when it has left: a close believes that it owns what another delivers
 *   no_begin_exchange   the list does not look whether the call was closed meanwhile: a message after WOM_CLOSE
 *   count_cleared       the nested close clears the count: the slot is opened again while it is in the list
 *   forgets_the_rest    the nested close delivers only the message that runs: the others are never told
 */
#define PERIODS 2
#define TOKEN 16
#define AUDIO 1
#define CLIENT 2

mtype = { idle, in_call, handed, closed };

mtype call[2] = idle;
byte pending[2], written[2] = 2, play[2], released[2], notified[2], owner_thread[2], generation[2];
bool attached[2] = true, closing[2], owned[2];

/* These only serve the assertions. */
byte owner[2];
bool told_closed[2], audio_ended, client_ended;

inline done_message(s, me) {
  atomic {
    assert(!told_closed[s] && notified[s] < released[s] && owner[s] == me);
    notified[s]++
  }
}
inline close_message(s) { atomic { assert(!told_closed[s] && notified[s] == released[s]); told_closed[s] = true } }

/* The audio thread in the seat: a block ends in this period, or none does. */
inline serve(s) {
  atomic {
    if
    :: attached[s] && play[s] < written[s] ->
      play[s]++;
      released[s] = play[s];
      if
      :: pending[s] == 0 ->
        assert(owner[s] == 0);
        owner[s] = AUDIO;
        owned[s] = true;
        owner_thread[s] = AUDIO        /* WRONG owner_in_callback: skip */
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
  atomic {                             /* WRONG no_begin_exchange: gone = false; { */
    gone = (call[s] != idle);          /* WRONG no_begin_exchange: skip; */
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
      :: own -> assert(owner[s] == 0); owner[s] = me
      :: else
      fi
    :: else
    fi
  }
  gone = !own;
  do
  :: !gone -> begin(s, me); if :: !gone -> end(s) :: else fi
  :: gone -> break
  od;
  own = false; gone = false
}

inline nested_close(s, me) {
  left = pending[s];
  if
  :: call[s] == in_call -> left--      /* the message that runs is still counted, and told */
  :: else
  fi;
                                       /* WRONG forgets_the_rest: left = 0; */
  do
  :: left > 0 -> done_message(s, me); left--
  :: else -> break
  od;
  call[s] = closed;                    /* WRONG count_cleared: call[s] = closed; pending[s] = 0; owner[s] = 0; */
  close_message(s)
}

inline waiting_close(s, me) {
  atomic {
    own = (pending[s] == 0);
    pending[s] = pending[s] + TOKEN;
    if
    :: own -> assert(owner[s] == 0); owner[s] = me
    :: else
    fi
  }
  if
  :: own -> close_message(s); atomic { owner[s] = 0; pending[s] = 0 }
  :: else ->
    call[s] == handed;                 /* no client here stays in its callback: nobody gives up waiting */
    close_message(s);
    atomic { pending[s] = pending[s] - TOKEN; assert(pending[s] == 0) }
  fi;
  own = false
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
  gone = !owned[s];
  owned[s] = false;
  do
  :: gone -> break
  :: !gone ->
    begin(s, AUDIO);
    if
    :: !gone ->
      if
      :: true
      :: s == 0 -> reset(0, AUDIO); close(0, AUDIO)
      :: s == 0 -> reset(1, AUDIO); close(1, AUDIO)
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
  audio_ended = true
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
  :: told_closed[1] && pending[1] == 0 ->   /* opened again */
    atomic {
      assert(owner[1] == 0 && !owned[1]);
      generation[1]++;
      written[1] = 1; play[1] = 0; released[1] = 0; notified[1] = 0;
      call[1] = idle; closing[1] = false; told_closed[1] = false; attached[1] = true
    }
  fi;
  client_ended = true
}

init {
  byte s;
  atomic {
    run audio_thread();
    run client()
  }
  timeout ->                           /* nobody can run any more */
  assert(audio_ended && client_ended);
  for (s : 0 .. 1) { assert(pending[s] == 0 && owner[s] == 0 && notified[s] == released[s]) }
}
