/* Seat fairness: a control thread that wants the seat gets it, however often the audio thread sits down.
 *
 * The audio thread of a clocked device that rushes is hardly ever out of its seat, and nothing makes a lock-free
 * compare-exchange fair. So control threads raise `wanted`, and the audio thread skips a voice that is wanted.
 *
 *   here     in the code                        meaning
 *   seat     driver/core/handover/slot.h, Slot::seat     who may touch the voice
 *   wanted   driver/core/handover/slot.h, Slot::wanted   control threads that wait for it
 *
 * Property (every thread runs again and again, in whatever order): both control threads have had the seat.
 *
 * Wrong variants, and what each breaks
 *   no_wanted        the audio thread is in its seat whenever a control thread tries
 *   wanted_is_flag   the first control thread's leaving takes back the second one's wish
 */
mtype = { vacant, audio, control };
mtype seat = vacant;
byte wanted, served;

active proctype audio_thread() {
  do
  :: wanted == 0 ->                    /* WRONG no_wanted: :: true -> */
    if
    :: atomic { seat == vacant -> seat = audio }; seat = vacant
    :: seat != vacant
    fi
  :: wanted > 0
  od
}

active [2] proctype control_thread() {
  wanted++;                            /* WRONG wanted_is_flag: wanted = 1; */
  do
  :: atomic { seat == vacant -> seat = control }; break
  :: seat != vacant                    /* sleeps a little and tries again */
  od;
  seat = vacant;
  wanted--;                            /* WRONG wanted_is_flag: wanted = 0; */
  served++
}

ltl everybody_is_served { <> (served == 2) }
