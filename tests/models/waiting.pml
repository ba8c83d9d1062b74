/* Waiting: headers that do not fit into the ring wait in a list, and the thread that makes room moves them in.
 *
 * A writer that finds the ring full puts its header into the list, counts it in `waiting`, and looks at the ring once
 * more. The owner takes an entry, so that there is room, and then looks whether a header waits. Both write `waiting` by
 * a read-modify-write: the second of the two sees the first one's earlier work. A processor may delay a plain store for
 * a while: `notified` and, in a wrong variant, `waiting` are delayed here, and `memory` publishes them at any moment. A
 * read-modify-write publishes the earlier stores of its own thread.
 *
 * The audio thread holds a loop open for as long as more of it may come: a waiting header is about to come. Here the
 * last headers are such a loop, as long as the ring. None of them is done before the loop's end has come in.
 *
 *   here                      in the code
 *   written, notified, play   driver/core/ring/block_ring.h, the cursors
 *   waiting                   driver/core/stream/stream.h, Stream::waiting
 *   list, refill              driver/core/stream/stream.cpp, waiting_ and refill(), under the mutex
 *   the owner's steps         driver/core/stream/stream.h, Stream::take()
 *   the audio thread's look   driver/core/stream/playback_state.cpp, PlaybackState::more_of_loop_may_come()
 *
 * Properties
 *   - All headers arrive, although only the writer and the owner move them in.
 *   - When the audio thread finds that nothing waits and nothing is in the ring, it has played all that was written
 *     before that look.
 *
 * Wrong variants, and the fault that each makes
 *   look_before_room     the owner looks at the list before it has made room: a header queued in between waits for ever
 *   owner_loads          the owner's look is a load, and its room is still on the way when the writer looks
 *   writer_stores        the writer's count is a store, and still on the way when the writer looks at the ring
 *   no_second_look       the writer does not look at the ring after it has counted its header as waiting
 *   leaves_first         the count becomes zero before the last header is in the ring
 *   ring_before_list     the audio thread looks at the ring before it looks at the list, and not afterwards
 */
#define SIZE 2
#define BLOCKS 5

byte written, play, pending, taken, list, notified, waiting;
byte notified_kept, waiting_kept;        /* stores on their way to memory */
bool notified_is_kept, waiting_is_kept, locked;
byte shown, asked;                       /* headers written for all to see; these only serve the assertion */

inline show_room() {
  if
  :: notified_is_kept -> notified = notified_kept; notified_is_kept = false
  :: else
  fi
}
inline show_list() {
  if
  :: waiting_is_kept -> waiting = waiting_kept; waiting_is_kept = false
  :: else
  fi
}
inline lock() { atomic { !locked -> locked = true } }
inline unlock() { atomic { show_list(); locked = false } }

/* Under the lock. */
inline say_what_waits(n) {
  atomic { waiting = n; shown = written + list }  /* WRONG writer_stores: waiting_kept = n; waiting_is_kept = true; shown = written + list; */
}

inline refill() {
  do
  :: list > 0 && written - notified < SIZE ->
                                       /* WRONG leaves_first: say_what_waits(list - 1); */
    written++;
    list--
  :: else -> break
  od;
  say_what_waits(list)
}

active proctype writer() {
  byte accepted;
  do
  :: accepted < BLOCKS ->
    lock();
    accepted++;
    if
    :: list == 0 && written - notified < SIZE -> atomic { written++; shown = written }
    :: else ->
      list++;
      say_what_waits(list);
      refill()                         /* WRONG no_second_look: skip */
    fi;
    unlock()
  :: else -> break
  od
}

active proctype owner() {
  byte seen;
  do
  :: taken < BLOCKS ->
    pending > 0;
                                       /* WRONG look_before_room: seen = waiting; */
    atomic { notified_kept = taken + 1; notified_is_kept = true };
    taken++;
    atomic { show_room(); seen = waiting };  /* WRONG look_before_room: skip; */  /* WRONG owner_loads: seen = waiting; */
    if
    :: seen > 0 -> atomic { !locked -> show_room(); locked = true }; refill(); unlock()
    :: else
    fi;
    atomic { show_room(); pending-- }  /* the client was notified: a read-modify-write */
  :: else -> break
  od
}

active proctype audio_thread() {
  do
  :: play < written ->
    atomic {
      play++;
      if
      :: play <= BLOCKS - SIZE -> pending++
      :: play == BLOCKS -> pending = pending + SIZE
      :: else                          /* inside the loop, whose headers are held until its end */
      fi
    }
  :: else ->                           /* dry */
    if
    :: atomic { waiting == 0 -> asked = shown };  /* WRONG ring_before_list: :: play == written; atomic { waiting == 0 -> asked = shown }; assert(play >= asked) */
      if
      :: play == written -> assert(play >= asked)
      :: else
      fi
    :: waiting != 0
    fi
  :: play == BLOCKS -> break
  od
}

active proctype memory() {
  do
  :: atomic { notified_is_kept -> show_room() }
  :: atomic { waiting_is_kept -> show_list() }
  :: taken == BLOCKS -> break
  od
}

ltl all_arrive { <> (taken == BLOCKS) }
