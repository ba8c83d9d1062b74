// Coherence, read-modify-writes, release sequences, locks, and memory that is freed.
#include <semaphore.h>

#include <memory>
#include <mutex>

#include "tests/memory_model/litmus.h"

namespace refwave::memory_model::litmus {
namespace {

using enum std::memory_order;
using Order = std::memory_order;

// --- coherence ---

void x_one_two(Shared& shared) {
  shared.x.store(1, relaxed);
  shared.x.store(2, relaxed);
}
void read_x_twice(Shared& shared) {
  shared.r[0] = shared.x.load(relaxed);
  shared.r[1] = shared.x.load(relaxed);
}
void x_one(Shared& shared) { shared.x.store(1, relaxed); }
void x_two(Shared& shared) { shared.x.store(2, relaxed); }
void x_one_read_x(Shared& shared) {
  shared.x.store(1, relaxed);
  shared.r[0] = shared.x.load(relaxed);
}
void read_x_x_one(Shared& shared) {
  shared.r[0] = shared.x.load(relaxed);
  shared.x.store(1, relaxed);
}
template <std::size_t kFirst>
void read_x_twice_into(Shared& shared) {
  shared.r[kFirst] = shared.x.load(relaxed);
  shared.r[kFirst + 1] = shared.x.load(relaxed);
}

// --- read-modify-writes ---

template <std::size_t kInto>
void add_one(Shared& shared) {
  shared.r[kInto] = shared.x.fetch_add(1, relaxed);
}
template <std::size_t kInto>
void take_once(Shared& shared) {
  int free = 0;
  shared.r[kInto] = shared.x.compare_exchange_strong(free, 1, relaxed) ? 1 : 0;
}
template <Order kOrder>
void send_by_exchange(Shared& shared) {
  shared.x.store(1, relaxed);
  shared.y.exchange(1, kOrder);
}
template <Order kOrder>
void receive_by_exchange(Shared& shared) {
  shared.r[0] = shared.y.exchange(2, kOrder);
  shared.r[1] = shared.x.load(relaxed);
}
/// A read-modify-write may miss a store that another location already tells of.
template <Order kStore>
void set_bit_send(Shared& shared) {
  shared.x.store(1, relaxed);
  shared.y.store(1, kStore);
}
template <Order kLoad>
void receive_add(Shared& shared) {
  shared.r[0] = shared.y.load(kLoad);
  shared.r[1] = shared.x.fetch_add(2, relaxed);
}
/// Set a bit and exchange the role, against exchange the role and look at the bits.
template <Order kOrder>
void set_then_exchange(Shared& shared) {
  shared.x.store(1, relaxed);
  shared.r[0] = shared.y.exchange(1, kOrder);
}
template <Order kOrder>
void exchange_then_look(Shared& shared) {
  shared.r[1] = shared.y.exchange(2, kOrder);
  shared.r[2] = shared.x.load(relaxed);
}

// --- release sequences ---

void release_one(Shared& shared) {
  shared.plain = 7;
  shared.y.store(1, release);
}
void release_then_relaxed(Shared& shared) {
  shared.plain = 7;
  shared.y.store(1, release);
  shared.y.store(2, relaxed);
}
void carry_on(Shared& shared) { shared.y.fetch_add(1, relaxed); }
void write_two(Shared& shared) { shared.y.store(2, relaxed); }
void read_if_two(Shared& shared) {
  if (shared.y.load(acquire) == 2) shared.r[0] = shared.plain;
}
void fence_then_two_stores(Shared& shared) {
  shared.plain = 7;
  std::atomic_thread_fence(release);
  shared.y.store(1, relaxed);
  shared.y.store(2, relaxed);
}
void failed_exchange_acquires(Shared& shared) {
  int expected = 5;
  if (!shared.y.compare_exchange_strong(expected, 6, acq_rel, acquire) && expected == 1)
    shared.r[0] = shared.plain;
}
void failed_exchange_relaxed(Shared& shared) {
  int expected = 5;
  if (!shared.y.compare_exchange_strong(expected, 6, acq_rel, relaxed) && expected == 1)
    shared.r[0] = shared.plain;
}

// --- locks, and memory that is freed ---

std::mutex& the_mutex() {
  static std::mutex one;
  return one;
}
void add_under_the_mutex(Shared& shared) {
  const std::lock_guard lock(the_mutex());
  ++shared.plain;
  shared.r[0] = shared.plain;
}
sem_t& the_semaphore() {
  static sem_t one;
  return one;
}
void post(Shared& shared) {
  shared.plain = 7;
  sem_post(&the_semaphore());
}
void wait_and_read(Shared& shared) {
  sem_wait(&the_semaphore());
  shared.r[0] = shared.plain;
}
void write_plain(Shared& shared) { shared.plain = 1; }
template <std::size_t kInto>
void read_plain(Shared& shared) {
  shared.r[kInto] = shared.plain;
}
void write_neighbours(Shared& shared) { shared.r[0] = 1; }
void write_other_neighbour(Shared& shared) { shared.r[1] = 1; }
void make_and_free(Shared& shared) {
  shared.heap = new int(1);
  shared.y.store(1, release);
  delete shared.heap;
}
void read_heap(Shared& shared) {
  if (shared.y.load(acquire) == 1) shared.r[0] = *shared.heap;
}
void make(Shared& shared) {
  shared.heap = new int(1);
  shared.y.store(1, release);
}
void read_and_free(Shared& shared) {
  if (shared.y.load(acquire) != 1) return;
  shared.r[0] = *shared.heap;
  delete shared.heap;
}
void plain_and_atomic(Shared& shared) { shared.r[0] = shared.x.load(relaxed); }
void overwrite_atomic(Shared& shared) { ::new (&shared.x) std::atomic<int>(1); }

/// Returns: what two readers may see of the stores 1 and 2, which come in one order for both.
std::set<std::string> in_one_order() {
  std::set<std::string> outcomes;
  for (const std::array<const char*, 6>& order :
       {std::array{"00", "01", "02", "11", "12", "22"}, std::array{"00", "01", "02", "22", "21", "11"}}) {
    for (const char* first : order) {
      for (const char* second : order) outcomes.insert(std::string(first) + second);
    }
  }
  return outcomes;
}

std::vector<Program> coherence() {
  return {
      {"coherence, read and read", {x_one_two, read_x_twice}, 2, false, {"00", "01", "02", "11", "12", "22"}},
      {"coherence, two writers and two readers",
       {x_one, x_two, read_x_twice_into<0>, read_x_twice_into<2>},
       4,
       false,
       in_one_order()},
      {"coherence, write and read", {x_one_read_x, x_two}, 1, true, {"1,10", "1,20", "2,20"}},
      {"coherence, read and write", {read_x_x_one, x_two}, 1, true, {"0,10", "0,20", "2,10"}},
      {"coherence, write and write", {x_one_two}, 0, true, {",20"}},
  };
}

std::vector<Program> changes() {
  return {
      {"two additions", {add_one<0>, add_one<1>}, 2, true, {"01,20", "10,20"}},
      {"one winner", {take_once<0>, take_once<1>}, 2, true, {"10,10", "01,10"}},
      {"three winners of one", {take_once<0>, take_once<1>, take_once<2>}, 3, false, {"100", "010", "001"}},
      {"message by exchange, acq_rel",
       {send_by_exchange<acq_rel>, receive_by_exchange<acq_rel>},
       2,
       false,
       {"00", "01", "11"}},
      {"message by exchange, relaxed",
       {send_by_exchange<relaxed>, receive_by_exchange<relaxed>},
       2,
       false,
       {"00", "01", "10", "11"}},
      {"an addition after a message, release, acquire",
       {set_bit_send<release>, receive_add<acquire>},
       2,
       false,
       {"00", "01", "11"}},
      {"an addition after a message, relaxed",
       {set_bit_send<relaxed>, receive_add<relaxed>},
       2,
       false,
       {"00", "01", "10", "11"}},
      {"role and bits, acq_rel",
       {set_then_exchange<acq_rel>, exchange_then_look<acq_rel>},
       3,
       false,
       {"200", "201", "011"}},
      {"role and bits, relaxed",
       {set_then_exchange<relaxed>, exchange_then_look<relaxed>},
       3,
       false,
       {"010", "200", "201", "011"}},
  };
}

std::vector<Program> release_sequences() {
  return {
      {"release sequence, continued by an addition",
       {release_one, carry_on, read_if_two},
       1,
       false,
       {"0", "7"}},
      {"release sequence, ended by another store",
       {release_one, write_two, read_if_two},
       1,
       false,
       {"0", "race"}},
      {"release sequence, ended by an own store (C++20)",
       {release_then_relaxed, read_if_two},
       1,
       false,
       {"0", "race"}},
      {"release fence before two stores", {fence_then_two_stores, read_if_two}, 1, false, {"0", "7"}},
      {"failed compare-exchange, acquire", {release_one, failed_exchange_acquires}, 1, false, {"0", "7"}},
      {"failed compare-exchange, relaxed", {release_one, failed_exchange_relaxed}, 1, false, {"0", "race"}},
  };
}

std::vector<Program> plain_memory() {
  return {
      {"mutex", {add_under_the_mutex, add_under_the_mutex}, 1, false, {"2"}},
      {"semaphore", {post, wait_and_read}, 1, false, {"7"}},
      {"semaphore that nobody posts", {wait_and_read}, 1, false, {"thread first waits for ever"}},
      {"plain write and read", {write_plain, read_plain<0>}, 1, false, {"race"}},
      {"plain reads", {read_plain<0>, read_plain<1>}, 2, false, {"00"}},
      {"neighbours", {write_neighbours, write_other_neighbour}, 2, false, {"11"}},
      // No other thread runs between two accesses of plain memory, so it is always the read that comes too
      // late.
      {"read after free", {make_and_free, read_heap}, 1, false, {"0", "freed"}},
      {"free after read", {make, read_and_free}, 1, false, {"0", "1"}},
      {"atomic read, plain write", {plain_and_atomic, overwrite_atomic}, 1, false, {"race"}},
  };
}

}  // namespace

std::vector<Program> sequence_programs() {
  std::vector<Program> programs;
  for (const auto& part : {coherence(), changes(), release_sequences(), plain_memory()})
    programs.insert(programs.end(), part.begin(), part.end());
  return programs;
}

}  // namespace refwave::memory_model::litmus
