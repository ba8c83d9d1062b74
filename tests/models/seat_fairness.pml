/* Seat fairness: a control thread that wants the seat gets it, however often the audio thread sits down.
 *
 * The audio thread of a clocked device faster than real time is nearly always in its seat, and a lock-free
 * compare-exchange is not fair by itself. So control threads raise `wanted`, and the audio thread skips a wanted voice.
 *
 *   here     in the code                                 meaning
 *   seat     driver/core/stream/stream.h, Stream::seat     the thread that may touch the voice
 *   wanted   driver/core/stream/stream.h, Stream::wanted   control threads that wait for it
 *
 * Property (every thread runs again and again, in any order): both control threads have had the seat.
 *
 * Wrong variants, and the fault that each makes
 *   no_wanted        the audio thread is in its seat whenever a control thread tries
 *   wanted_is_flag   the first control thread takes the second one's wish back when it leaves
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
