/* Open and end: an open meets the end of the driver (DRV_DISABLE), which closes every stream.
 *
 * The handle is valid before the client is notified of the open, because the client may use it inside that callback. So the
 * thread that ends the driver may find a stream whose client has not been notified yet. It leaves the close to the opening
 * thread, which looks whether the driver ends after it has notified the client.
 *
 *   here             in the code                      meaning
 *   handle, opening   driver/core/stream/stream.h, Stream   guarded by the mutex: each atomic step here
 *   ending           driver/control/streams.h, Streams::ending_
 *
 * Two streams are opened in one place, one after the other. The client may close the first one itself, even inside the
 * callback of its open.
 *
 * Properties
 *   - WOM_CLOSE comes after the callback of WOM_OPEN has returned, or from inside it, and once.
 *   - When all threads have ended, every stream is closed.
 */
byte handle, opening;
bool ending;

/* These only serve the assertions. */
bool opened[3], closed[3], inside[3];

inline try_close(h, own) {
  atomic {
    if
    :: h != 0 && handle == h ->
      handle = 0;
      assert(!closed[h] && (opened[h] || (inside[h] && own)));
      closed[h] = true
    :: else
    fi
  }
}

proctype opener(byte h) {
  bool over;
end_refused:                           /* the driver has ended, or the place stays taken */
  atomic { handle == 0 && !ending -> opening = h; handle = h }
  inside[h] = true;
  if
  :: true
  :: h == 1 -> try_close(h, true)      /* by the client, inside the callback: the place is free again */
  fi;
  opened[h] = true;
                                       /* WRONG looks_first: over = ending; */
  atomic {
    if
    :: opening == h -> opening = 0       /* WRONG clears_any: :: opening = 0 */
    :: else                            /* WRONG clears_any: :: false */
    fi;
    over = ending                      /* WRONG looks_first: skip */ /* WRONG never_looks: over = false */
  }
  if
  :: over -> try_close(h, false)
  :: else
  fi
}

proctype ender() {
  byte found;
  ending = true;
  atomic {
    found = handle;
    if
    :: found != 0 && found == opening -> found = 0   /* WRONG close_at_once: :: false -> skip */
    :: else
    fi
  }
  try_close(found, false)
}

init {
  atomic { run opener(1); run opener(2); run ender() }
  timeout ->
  assert(handle == 0 && (!opened[1] || closed[1]) && (!opened[2] || closed[2]))
}
