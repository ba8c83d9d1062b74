/* Claiming a header: a write reads and marks the client's header before it takes any lock, because that access
 * may fault, block or unwind.
 *
 *   here             in the code                                         meaning
 *   in_queue, done   driver/core/ring/client_header.h, kInQueue, kDone   the header's flags, one word
 *   touch            driver/core/stream/client_access.cpp, touch_pages() the client's memory: it may not arrive
 *   open, mutex      driver/core/stream/stream.h, Stream                      the handle; the mutex
 *   begin, undo      driver/core/stream/client_access.h, Submission
 *
 * Two threads write the same header. A third closes the stream. The audio thread finishes queued headers.
 *
 * Properties
 *   - A header is queued once at a time, and never in a stream that was closed.
 *   - A write that is refused leaves the header as it was.
 *   - A close ends, although a writer never comes out of the client's memory.
 *
 * Wrong variants, and the fault that each makes
 *   load_then_store     the mark is no read-modify-write: both writers queue the header
 *   touch_in_mutex      the memory is touched with the mutex held: close waits for ever
 *   handle_once         the handle is not looked at again in the mutex: the header is queued in a closed stream
 *   no_undo             a refused header stays marked: the client can never write it again
 */
bool in_queue, done, open = true, mutex;

/* These only serve the assertions. */
byte queued, accepted, refused, ended;
bool close_ended, stalled;

inline lock() { atomic { !mutex -> mutex = true } }
inline unlock() { mutex = false }

inline touch() {
  if
  :: true
  :: stalled = true; goto gone         /* stands still, or jumps out */
  fi
}

proctype writer() {
  bool marked, was_done;
  if
  :: !open -> goto left                /* an unknown handle: the header is not looked at */
  :: else
  fi;
  if
  :: in_queue -> goto left             /* WAVERR_STILLPLAYING */
  :: else
  fi;
  touch();                             /* WRONG touch_in_mutex: skip; */
  atomic {                             /* WRONG load_then_store: { */
    marked = !in_queue;                /* WRONG load_then_store: marked = !in_queue; was_done = false; */
    if
    :: marked -> was_done = done; in_queue = true; done = false
    :: else
    fi
  }
  if
  :: !marked -> goto left
  :: else
  fi;
  lock();
                                       /* WRONG touch_in_mutex: touch(); */
  if
  :: open ->                           /* WRONG handle_once: :: true -> */
    atomic { queued++; accepted++; assert(queued == 1 && open) }
    unlock()
  :: !open ->                          /* WRONG handle_once: :: false -> */
    unlock();
    atomic {
      assert(in_queue && queued == 0);
      in_queue = false;                /* WRONG no_undo: skip; */
      done = was_done
    }
  fi;
left:
  ended++;
gone:
  skip
}

proctype closer() {
  bool closed;
  do
  :: closed -> break
  :: else ->
    lock();
    if
    :: queued == 0 -> open = false; closed = true
    :: else                            /* WAVERR_STILLPLAYING */
    fi;
    unlock();
    if
    :: !closed -> queued == 0          /* until what is queued has been played */
    :: else
    fi
  od;
  close_ended = true
}

proctype audio_thread() {
end_idle:
  do
  :: atomic { queued > 0 -> queued--; assert(in_queue && !done); in_queue = false; done = true }
  od
}

init {
  atomic { run writer(); run writer(); run closer(); run audio_thread() }
  timeout ->
  assert(close_ended && !mutex && queued == 0 && !in_queue);
  assert(stalled || ended == 2)
}
