/* Ring wrap: the cursors of the block ring run out of bits and begin again, without an effect.
 *
 * The cursors count on without end, modulo 2^32 in the code and modulo 8 here; an entry's index is the cursor modulo
 * the ring's size. Only differences of cursors are compared, and for equality or against the size. The writers keep a
 * copy of `notified`, the lock's holder one of `written`. An old copy errs on the safe side: the ring
 * looks too full, or too empty.
 *
 *   here                                in the code
 *   written, play, released, notified   driver/core/ring/block_ring.h, the cursors
 *   notified_seen, written_seen         driver/core/ring/block_ring.h, the copies
 *   pending                             driver/core/ring/block_ring.h, has_released(): blocks that the owner may take
 *
 * Properties
 *   - The blocks that are played, and those that are taken, are the written ones, in order, none twice or written over.
 *   - A ring with room does not stay full, and a ring with blocks does not stay empty: all blocks arrive.
 *
 * Wrong variants, and the fault that each makes
 *   cursors_compared     cursors are compared by size: when they begin again the ring is full for ever, or never
 *   one_too_many         the ring takes one block more than it has entries
 *   copy_after_advance   the owner frees an entry before it has read it
 *   advance_before_write the writer shows an entry before it is whole
 *   ring_of_three        a size that does not divide the cursors' range: two neighbours have the same entry
 *   old_copy_forever     the writers do not look again when their copy says full
 */
#define SIZE 2        /* WRONG ring_of_three: #define SIZE 3 */
#define RANGE 8
#define FIRST 5       /* where the cursors begin */
#define BLOCKS 8

#define place(cursor) ((cursor) % SIZE)
#define next(cursor) (((cursor) + 1) % RANGE)
#define ahead(a, b) (((a) + RANGE - (b)) % RANGE)

byte entry[3], written = FIRST, play = FIRST, released = FIRST, notified = FIRST, pending;
byte notified_seen = FIRST, written_seen = FIRST;
byte accepted, played, taken;  /* numbers of blocks, for the assertions only */

#define is_full (ahead(written, notified_seen) >= SIZE)  /* WRONG cursors_compared: #define is_full (written >= notified_seen + SIZE) */
                                                         /* WRONG one_too_many: #define is_full (ahead(written, notified_seen) > SIZE) */

active proctype writer() {
  do
  :: accepted < BLOCKS ->
    if
    :: is_full -> notified_seen = notified   /* WRONG old_copy_forever: :: is_full -> skip */
    :: else
    fi;
    if
    :: is_full                         /* waits in the list outside the ring */
    :: else ->
                                       /* WRONG advance_before_write: written = next(written); */
      entry[place(written)] = accepted;      /* WRONG advance_before_write: entry[place(written + RANGE - 1)] = accepted; */
      accepted++;
      written = next(written)          /* WRONG advance_before_write: skip */
    fi
  :: else -> break
  od
}

active proctype audio_thread() {
  do
  :: played < BLOCKS ->
    if
    :: play == written_seen -> written_seen = written
    :: else
    fi;
    if
    :: play == written_seen            /* dry */
    :: else ->
      assert(entry[place(play)] == played);
      played++;
      play = next(play);
      released = play;
      pending++
    fi
  :: else -> break
  od
}

active proctype owner() {
  byte block, here;
  do
  :: taken < BLOCKS ->
    pending > 0;
    here = notified;
                                       /* WRONG copy_after_advance: notified = next(here); */
    block = entry[place(here)];
    notified = next(here);             /* WRONG copy_after_advance: skip; */
    assert(block == taken);
    taken++;
    pending--
  :: else -> break
  od
}

ltl all_arrive { <> (taken == BLOCKS) }
