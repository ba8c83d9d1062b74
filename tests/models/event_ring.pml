/* The ring of events (stamps of a trace, or gaps): any thread records, one reads, no thread waits.
 *
 * A recorder first takes room by a count, and then a number, which names its cell. Threads need not take numbers in the
 * order in which they found room. The reader takes events in the order of their numbers, up to one that is being written,
 * and gives their room back when it has copied them.
 *
 *   used, tail, head, filled, dropped   driver/core/trace/trace_ring.h, members of those names
 *   cell                                an event, in two halves
 *
 * Properties
 *   - No two threads use a cell at once, and the reader finds each event whole.
 *   - Each event is read once or counted as dropped, and those of a thread are read in its order.
 *   - A ring that was full has all its room afterwards.
 *
 * Wrong variants, and the fault that each makes
 *   fill_first      a cell counts as filled before its event is whole
 *   free_first      the reader gives room back before it has copied
 *   no_room         a recorder does not check for room
 *   no_give_back    a recorder without room keeps its count
 */
#define CAPACITY 2
#define RECORDERS 2
#define EVENTS 3      /* of each */

byte used, tail, head, dropped, taken, ended;
byte filled[CAPACITY], first[CAPACITY], second[CAPACITY], users[CAPACITY], newest[RECORDERS];

proctype recorder(byte me) {
  byte event, before, number;
  for (event : 1 .. EVENTS) {
    atomic { before = used; used++ }
    if
    :: before >= CAPACITY ->    /* WRONG no_room: :: false -> */
         used--;                /* WRONG no_give_back: skip; */
         dropped++
    :: else ->
         atomic { number = tail; tail++; users[number % CAPACITY]++; assert(users[number % CAPACITY] == 1) }
                                /* WRONG fill_first: filled[number % CAPACITY] = number + 1; */
         first[number % CAPACITY] = me * 16 + event;
         second[number % CAPACITY] = me * 16 + event;
         atomic { users[number % CAPACITY]--; filled[number % CAPACITY] = number + 1 }
    fi
  }
  ended++
}

proctype reader() {
  byte one, other, count;
  do
  :: filled[head % CAPACITY] == head + 1 ->
       count = 0;
       do
       :: count < CAPACITY && filled[head % CAPACITY] == head + 1 ->
                                /* WRONG free_first: used--; */
            atomic { users[head % CAPACITY]++; assert(users[head % CAPACITY] == 1); one = first[head % CAPACITY] }
            atomic { other = second[head % CAPACITY]; users[head % CAPACITY]-- }
            assert(one == other && one % 16 > newest[one / 16]);
            atomic { newest[one / 16] = one % 16; head++; count++; taken++; one = 0; other = 0 }
       :: else -> break
       od;
       used = used - count      /* WRONG free_first: skip */
  :: ended == RECORDERS && head == tail -> break
  od
}

init {
  atomic { run recorder(0); run recorder(1); run reader() }
  timeout -> assert(used == 0 && taken + dropped == RECORDERS * EVENTS)
}
