/* Completion and wake: how a released block becomes one message to its client, even if other clients block.
 *
 * The audio thread counts the blocks that it releases into their slot's `pending`. The thread that raises a count from
 * zero sets the slot's ready bit. At the period's end the audio thread wakes at most one notifier. A notifier claims a
 * slot by clearing its bit, owns it until the count is zero again, and holds no role while it calls the client. Then it
 * goes on to claim slots, with the role or without. The notifier with the role is responsible for slots that nobody has
 * claimed. After it gives the role up, it looks at the bits once more.
 *
 *   here          in the code                                           meaning
 *   pending[s]    driver/core/stream/stream.h, Stream::pending            blocks released whose message has not returned
 *   ready         driver/core/handover/ready_set.h, ReadySet            bit s: slot s has messages and no owner
 *   role          driver/core/handover/ready_set.h, Waker::role_        held by nobody, or by a notifier that is awake
 *                                                                       or being woken
 *   napping       driver/core/handover/ready_set.h, Waker::napping_     a notifier is in a timed sleep until shortly
 *                                                                       before the next block is due (wake = predict);
 *                                                                       no token reaches it
 *   semaphore     driver/core/handover/ready_set.h, Waker::semaphore_   the role on its way to a sleeping notifier
 *   released[s]   driver/core/ring/block_ring.h, released               cursors of the slot's ring
 *   notified[s]   driver/core/ring/block_ring.h, notified
 *
 * Properties
 *   - Every released block of a client that returns is delivered once and in order. This holds although the client of
 *     slot BLOCKED never returns, the audio thread has stopped, and a nap may last for ever. It is checked when no
 *     thread can run any more. So a notifier is always there for blocks that come early.
 *   - A slot has at most one owner, and pending never falls below zero.
 *   - At most one signal a period from the audio thread; the semaphore's count never exceeds one.
 *
 * Wrong variants (the lines that `check` puts in place of others), and the fault that each makes
 *   no_second_look     the searcher sleeps without looking at the bits again: a wake is lost
 *   look_too_early     the same look before the role is visibly given up, as with a plain store and load
 *   no_hand_on         the next slot waits for a client that never returns
 *   role_kept          as no_hand_on: nobody can be woken while one notifier is inside a callback
 *   wake_before_bits   the woken notifier finds nothing, and bits that are set afterwards wake nobody
 *   signal_each_slot   two system calls in a period
 *   subtract_first     the count is zero during the callback: a second owner comes in
 *   up_to_cursor       a block is delivered before it was counted: the count falls below zero
 *   role_not_held      a notifier that has claimed a second slot without the role gives the role up all the same
 *   blind_wake_up      after its nap a notifier searches without a look whether another one searches already
 *   nap_in_the_role    the role is kept during the nap: blocks that come early signal nobody
 *   nap_unlooked       no second look before the nap: a block that was set ready by then waits for the nap's end
 *   everybody_naps     two notifiers are in a timed sleep, and none in the semaphore
 *   adopt_any_role     a notifier that has delivered takes the role for the next block, though it is travelling
 *   too_few_notifiers  only as many notifiers as slots: one is inside a client, the other one naps
 */
#define SLOTS 2
#define PERIODS 2
#define BLOCKED 0
#define NOTIFIERS 3                    /* WRONG too_few_notifiers: #define NOTIFIERS 2 */

#define BIT(s) (1 << (s))
mtype = { nobody, searching };
#define NAPS 1                         /* a notifier naps no more often, so that the search ends */

byte pending[SLOTS], released[SLOTS], notified[SLOTS];
byte ready;
mtype role = nobody;
byte semaphore;
bool napping;

byte owners[SLOTS], delivered[SLOTS];  /* these two are for the assertions only */
bool audio_done;

inline set_ready(s) { ready = ready | BIT(s) }
inline claim(s, mine) { atomic { mine = ((ready & BIT(s)) != 0); ready = ready & ~BIT(s) } }

/* The role is written by exchange alone: the later of two exchanges sees all that came before the earlier one. */
inline take_role(mine) { atomic { mine = (role != searching); role = searching } }
inline give_up_role() { role = nobody }

/* woken: the semaphore was signalled, by the one system call. */
inline wake_one(woken) {
  take_role(woken);
  if
  :: woken -> atomic { semaphore++; assert(semaphore == 1) }
  :: else
  fi
}

inline add_pending(s, from_zero) { atomic { from_zero = (pending[s] == 0); pending[s]++ } }
inline subtract_pending(s, last) {
  atomic {
    assert(pending[s] > 0);
    pending[s]--;
    last = (pending[s] == 0);
    if
    :: last -> owners[s]--
    :: else
    fi
  }
}

proctype audio() {
  byte period, s, signals;
  bool from_zero, raised, woken;
  for (period : 1 .. PERIODS) {
    raised = false;
    signals = 0;
                                       /* WRONG wake_before_bits: wake_one(woken); */
    for (s : 0 .. SLOTS - 1) {
      if
      :: true                          /* nothing ends in this period */
      :: true ->
        released[s]++;
        add_pending(s, from_zero);
        if
        :: from_zero ->
          set_ready(s);
          raised = true;               /* WRONG signal_each_slot: wake_one(woken); signals = signals + woken */
        :: else
        fi
      fi
    }
    if
    :: raised && ready != 0 ->         /* slots that are claimed already need no wake-up */
      wake_one(woken);                 /* WRONG wake_before_bits: skip; */
      signals = signals + woken
    :: else
    fi;
    assert(signals <= 1)
  }
  audio_done = true
}

/* One message: the client's callback. The block's entry in the ring is free before the client is called. */
inline deliver_one(s) {
  block = notified[s];
  notified[s] = block + 1;
  if
  :: s == BLOCKED -> end_blocked: false      /* this client never returns */
  :: else
  fi;
  atomic { assert(block == delivered[s]); delivered[s]++ }
}

proctype notifier() {
  byte s, block, naps;
  bool mine, last, role_is_mine;

sleep:
end_sleep:
  atomic { semaphore > 0 -> semaphore-- }    /* the role came with it */

search:
  role_is_mine = true;
serve_on:                                    /* a notifier that is awake may claim without the role */
  if
  :: ready == 0 -> goto nothing
  :: ready & BIT(0) -> s = 0
  :: ready & BIT(1) -> s = 1
  fi;
  claim(s, mine);
  if
  :: !mine -> goto serve_on
  :: else -> atomic { assert(owners[s] == 0); owners[s]++ }
  fi;

  if
  :: role_is_mine -> give_up_role()          /* WRONG role_kept: :: role_is_mine */
  :: else                                    /* WRONG role_not_held: :: else -> give_up_role() */
  fi;
  role_is_mine = false;
  if                                         /* hand on, before any client code */
  :: ready != 0 -> wake_one(mine)            /* WRONG no_hand_on: :: ready != 0 -> skip */
  :: else
  fi;

deliver:                                     /* WRONG subtract_first: deliver: subtract_pending(s, last); */
  deliver_one(s);
  subtract_pending(s, last);                 /* WRONG subtract_first: skip; */
  if
  :: !last -> goto deliver                   /* WRONG up_to_cursor: :: notified[s] != released[s] -> goto deliver */
  :: else                                    /* touches nothing of the slot any more */
  fi;
                                             /* WRONG role_kept: give_up_role(); */
  goto serve_on;

nothing:
  if
  :: role_is_mine -> goto drop
  :: else
  fi;
  if
  :: atomic { mine = (role == nobody);       /* take the role to wait awake for the next block: predict, spin */
              if
              :: mine -> role = searching    /* WRONG adopt_any_role: :: true -> role = searching; mine = true */
              :: else
              fi }
  :: mine = false
  fi;
  if
  :: mine -> goto search
  :: else -> goto sleep
  fi;

drop:
  if
  :: naps < NAPS -> naps++; goto nap
  :: true
  fi;
park:
                                             /* WRONG look_too_early: mine = (ready != 0); give_up_role(); */
  give_up_role();                            /* WRONG look_too_early: skip; */
  if                                         /* WRONG no_second_look: goto sleep; if */
  :: ready != 0 -> take_role(mine)           /* WRONG look_too_early: :: mine -> take_role(mine) */
  :: else -> mine = false
  fi;
  if
  :: mine -> goto search
  :: else -> goto sleep
  fi;

nap:
  atomic { mine = !napping; napping = true };      /* WRONG everybody_naps: mine = true; */
  if
  :: !mine -> goto park
  :: else
  fi;
  give_up_role();                            /* WRONG nap_in_the_role: skip; */
  if                                         /* the second look, as above */
  :: ready != 0 -> skip                      /* WRONG nap_unlooked: :: false */
  :: else ->
    if
    :: true                                  /* the time is over */
    :: true -> end_nap: false                /* or it never will be over */
    fi
  fi;
  napping = false;
  take_role(mine);                           /* WRONG blind_wake_up: take_role(mine); mine = true; */
  if
  :: mine -> goto search
  :: else -> role_is_mine = false; goto serve_on   /* a woken notifier is on its way: the first of the two claims */
  fi
}

init {
  byte n, s;
  atomic {
    run audio();
    for (n : 1 .. NOTIFIERS) { run notifier() }
  }
  timeout ->                                 /* nobody can run any more */
  assert(audio_done && semaphore == 0 && role == nobody);
  for (s : 0 .. SLOTS - 1) { assert(s == BLOCKED || (delivered[s] == released[s] && pending[s] == 0)) }
}
