/* Wake: how a ready bit becomes a delivery, although clients block, with at most one signal a period.
 *
 * A thread that has released blocks sets MORE in the stream's word. If the word is free, it sets the stream's ready
 * bit, too: advisory, for notifiers. At the period's end the audio thread wakes at most one notifier. A notifier clears a
 * bit, gives the role up, wakes another notifier if more bits are set, and only then tries to hold the word. It may find
 * that somebody delivers already, or that nothing is left: a thread that resets or closes takes the word and leaves the
 * bit. Then it looks on, as it does after a delivery, with the role or without. The notifier with the role is
 * responsible for unclaimed bits. After it gives the role up, it looks at the bits once more.
 *
 *   here                  in the code                                           meaning
 *   more[s], held[s]      driver/core/handover/delivery_state.h, DeliveryState  delivery.pml has the rest of the word
 *   ready                 driver/core/handover/ready_set.h, ReadySet            bit s: look at stream s
 *   role                  driver/core/handover/ready_set.h, Waker::role_        free, or held by a notifier that is
 *                                                                               awake or being woken
 *   napping               driver/core/handover/ready_set.h, Waker::napping_     a notifier is in a timed sleep until
 *                                                                               shortly before the next block is due
 *                                                                               (wake = predict); no token reaches it
 *   semaphore             driver/core/handover/ready_set.h, Waker::semaphore_   the role on its way to a sleeping notifier
 *   released[s], taken[s] driver/core/stream/audio_state.h, AudioState            the cursors
 *
 * Properties
 *   - Every released block of a client that returns is delivered once and in order. This holds although the client of stream
 *     BLOCKED never returns, the audio thread has stopped, and a nap may last for ever. It is checked when no thread can
 *     run any more. So a notifier is always there for blocks that come early.
 *   - One thread at a time takes the blocks of a stream.
 *   - At most one signal a period from the audio thread; the semaphore's count never exceeds one.
 */
#define STREAMS 2
#define PERIODS 2
#define BLOCKED 0
#define NOTIFIERS 3                    /* WRONG too_few_notifiers: #define NOTIFIERS 2 */

#define BIT(s) (1 << (s))
#define NAPS 2                         /* no more naps, so that the search ends; none in a run with a reset */

byte released[STREAMS], taken[STREAMS];
bool more[STREAMS], held[STREAMS];
byte ready, semaphore;
bool role, napping;                    /* role: somebody has it */

byte naps, asleep;                     /* these and the next two bound the search, or serve the assertions */
bool audio_done, reset_done;

/* raised: the word is free, so a ready bit is needed. */
inline post(s, raised) { raised = !held[s]; more[s] = true }
inline hold(s, mine) {
  atomic {
    mine = !held[s];                   /* WRONG bit_is_claim: mine = true; */
    if
    :: mine -> assert(!held[s]); held[s] = true; more[s] = false
    :: else
    fi
  }
}
/* again: something came meanwhile; the word is still held. */
inline release(s, again) {
  again = more[s];
  more[s] = false;
  held[s] = again
}
inline notify(s) { assert(held[s] && taken[s] < released[s]); taken[s]++ }

/* The role is written by exchange alone: the later of two exchanges sees all that came before the earlier one. */
inline take_role(mine) { atomic { mine = !role; role = true } }
inline give_up_role() { atomic { role = false; has_role = false } }

/* woken: the semaphore was signalled, by the one system call. */
inline wake_one(woken) {
  take_role(woken);
  if
  :: woken -> atomic { semaphore++; assert(semaphore == 1) }
  :: else
  fi
}

proctype audio() {
  byte period, s, signals;
  bool raised, any, woken;
  for (period : 1 .. PERIODS) {
    atomic { any = false; signals = 0 };
                                       /* WRONG wake_before_bits: wake_one(woken); */
    for (s : 0 .. STREAMS - 1) {
      if
      :: true                          /* nothing ends in this period */
      :: true ->
                                       /* WRONG bit_first: released[s]++; if :: !held[s] -> ready = ready | BIT(s); any = true :: else fi; more[s] = true; */
        atomic { released[s]++; post(s, raised) };  /* WRONG bit_first: raised = false; */
        if
        :: atomic { raised -> raised = false; ready = ready | BIT(s); any = true }  /* WRONG signal_each: :: raised -> ready = ready | BIT(s); wake_one(woken); signals = signals + woken */
        :: else
        fi
      fi
    }
    if
    :: any && ready != 0 ->            /* bits that are claimed already need no wake */
      wake_one(woken);                 /* WRONG wake_before_bits: skip; */
      signals = signals + woken
    :: else
    fi;
    assert(signals <= 1)
  }
  audio_done = true
}

proctype notifier(byte me) {
  byte s;
  bool mine, has_role;

sleep:
  asleep = asleep | BIT(me);
end_sleep:
  atomic {                                   /* the role comes with it. All that sleep are alike: the first wakes up */
    semaphore > 0 && (asleep & (BIT(me) - 1)) == 0 ->
    semaphore--;
    asleep = asleep & ~BIT(me)
  }

search:
  has_role = true;
serve_on:                                    /* a notifier that is awake may claim without the role */
  atomic {
    if
    :: ready == 0 -> goto nothing
    :: ready & BIT(0) -> s = 0
    :: ready & BIT(1) -> s = 1
    fi
  }
  atomic {                                   /* one exchange clears the bit */
    mine = ((ready & BIT(s)) != 0);
    ready = ready & ~BIT(s)
  }
  if
  :: !mine -> goto serve_on
  :: else
  fi;

  if
  :: has_role -> give_up_role()              /* WRONG role_kept: :: has_role -> has_role = false */
  :: else                                    /* WRONG role_not_held: :: else -> give_up_role() */
  fi;
  if                                         /* hand on, before any client code */
  :: ready != 0 -> wake_one(mine)            /* WRONG no_hand_on: :: ready != 0 -> skip */
  :: else
  fi;

  hold(s, mine);
  if
  :: !mine -> goto serve_on                  /* somebody delivers, and sees MORE. WRONG stale_role_kept: :: !mine -> goto search */
  :: else
  fi;
  do
  :: s == BLOCKED && taken[s] < released[s] -> end_blocked: false  /* this client never returns */
  :: atomic { s != BLOCKED && taken[s] < released[s] -> notify(s) }
  :: atomic {
      taken[s] == released[s] ->
      release(s, mine);
      if
      :: !mine -> break
      :: else
      fi
    }
  od;
                                             /* WRONG role_kept: give_up_role(); */
  s = 0;
  goto serve_on;

nothing:
  if
  :: has_role -> goto drop
  :: else
  fi;
  if
  :: atomic { mine = !role;           /* take the role to wait awake for the next block: predict, spin */
              if
              :: mine -> role = true         /* WRONG adopt_any_role: :: true -> role = true; mine = true */
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
  :: atomic { naps < NAPS -> naps++ }; goto nap
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
  give_up_role();                            /* WRONG nap_in_the_role: has_role = false; */
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
  :: else -> goto serve_on                   /* a woken notifier is on its way: the first of the two claims */
  fi
}

/* A thread of the client that returns resets: it delivers what is there, and hands back what comes later. */
proctype resetting() {
  byte limit;
  bool mine, woken;
  hold(1, mine);
  if
  :: mine ->
    limit = released[1] - taken[1];
    do
    :: atomic { limit > 0 -> notify(1); limit-- }
    :: else -> break
    od;
    atomic { mine = more[1]; held[1] = false };
    if
    :: mine ->
      ready = ready | BIT(1);
      wake_one(woken)                  /* WRONG back_unwoken: skip */
    :: else
    fi
  :: else
  fi;
  reset_done = true
}

init {
  byte n, s;
  atomic {
    run audio();
    for (n : 2 .. NOTIFIERS) { run notifier(n - 1) }
    if
    :: run notifier(0); reset_done = true
    :: run resetting(); naps = NAPS    /* no naps, and one thread less is enough */
    fi
  }
  timeout ->                                 /* no thread can run */
  assert(audio_done && reset_done && semaphore == 0 && !role && ready == 0);
  for (s : 0 .. STREAMS - 1) { assert(s == BLOCKED || (taken[s] == released[s] && !held[s] && !more[s])) }
}
