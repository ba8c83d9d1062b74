// The classic shapes, each with orders that allow its weak outcome and with orders that forbid it; coherence,
// read-modify-writes, release sequences, locks, and memory that is freed.
#include <semaphore.h>

#include <memory>
#include <mutex>

#include "hal/system/threads.h"
#include "tests/memory_model/litmus.h"

namespace refwave::memory_model::litmus {
namespace {

using enum std::memory_order;
using Order = std::memory_order;
using Outcomes = std::set<std::string>;

constexpr auto x = &Shared::x;
constexpr auto y = &Shared::y;
using Location = std::atomic<int> Shared::*;

// --- steps; what is read goes into a register ---

template <Order kOrder>
Step store(Location at, int value) {
  return [=](Shared& shared) { (shared.*at).store(value, kOrder); };
}
template <Order kOrder>
Step load(Location at, std::size_t into) {
  return [=](Shared& shared) { shared.r[into] = (shared.*at).load(kOrder); };
}
template <Order kOrder>
Step exchange(Location at, int value, std::size_t into) {
  return [=](Shared& shared) { shared.r[into] = (shared.*at).exchange(value, kOrder); };
}
Step add(Location at, int value, std::size_t into) {
  return [=](Shared& shared) { shared.r[into] = (shared.*at).fetch_add(value, relaxed); };
}
Step take_x_once(std::size_t into) {
  return [=](Shared& shared) {
    int free = 0;
    shared.r[into] = shared.x.compare_exchange_strong(free, 1, relaxed) ? 1 : 0;
  };
}
template <Order kOrder>
void fence(Shared&) {
  std::atomic_thread_fence(kOrder);
}
void fence_all(Shared&) { hal::fence_all_threads(); }
Step write_plain(int value) {
  return [=](Shared& shared) { shared.plain = value; };
}
Step read_plain(std::size_t into) {
  return [=](Shared& shared) { shared.r[into] = shared.plain; };
}
template <Order kLoad>
Step read_plain_if_y_is(int value) {
  return [=](Shared& shared) {
    if (shared.y.load(kLoad) == value) shared.r[0] = shared.plain;
  };
}
template <Order kLoad, Order kStore>
void pass_on(Shared& shared) {
  if (shared.x.load(kLoad) == 1) shared.y.store(1, kStore);
}
template <Order kFailure>
void fail_to_exchange(Shared& shared) {
  int expected = 5;
  if (!shared.y.compare_exchange_strong(expected, 6, acq_rel, kFailure) && expected == 1)
    shared.r[0] = shared.plain;
}
void add_under_the_mutex(Shared& shared) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  ++shared.plain;
  shared.r[0] = shared.plain;
}
sem_t semaphore;
void post(Shared&) { sem_post(&semaphore); }
void wait(Shared&) { sem_wait(&semaphore); }
void make(Shared& shared) { shared.heap = new int(1); }
void remove(Shared& shared) { delete shared.heap; }
void read_heap(Shared& shared) {
  if (shared.y.load(acquire) == 1) shared.r[0] = *shared.heap;
}
void read_and_free(Shared& shared) {
  if (shared.y.load(acquire) != 1) return;
  shared.r[0] = *shared.heap;
  delete shared.heap;
}
void write_r0(Shared& shared) { shared.r[0] = 1; }
void write_r1(Shared& shared) { shared.r[1] = 1; }
void overwrite_atomic(Shared& shared) { ::new (&shared.x) std::atomic<int>(1); }

// --- threads ---

template <Order kStore, Order kLoad>
Steps store_x_load_y() {
  return {store<kStore>(x, 1), load<kLoad>(y, 0)};
}
template <Order kStore, Order kLoad>
Steps store_y_load_x() {
  return {store<kStore>(y, 1), load<kLoad>(x, 1)};
}
Steps fenced_x_y() { return {store<relaxed>(x, 1), fence<seq_cst>, load<relaxed>(y, 0)}; }
Steps fenced_y_x() { return {store<relaxed>(y, 1), fence<seq_cst>, load<relaxed>(x, 1)}; }

template <Order kStore>
Steps send() {
  return {store<relaxed>(x, 1), store<kStore>(y, 1)};
}
template <Order kLoad>
Steps receive() {
  return {load<kLoad>(y, 0), load<relaxed>(x, 1)};
}
Steps send_fenced() { return {store<relaxed>(x, 1), fence<release>, store<relaxed>(y, 1)}; }
Steps receive_fenced() { return {load<relaxed>(y, 0), fence<acquire>, load<relaxed>(x, 1)}; }

template <Order kLoad, Order kStore>
std::vector<Steps> load_buffering() {
  return {{load<kLoad>(x, 0), store<kStore>(y, 1)}, {load<kLoad>(y, 1), store<kStore>(x, 1)}};
}
template <Order kStore, Order kLoad>
std::vector<Steps> iriw() {
  return {Steps{store<kStore>(x, 1)},
          Steps{store<kStore>(y, 1)},
          {load<kLoad>(x, 0), load<kLoad>(y, 1)},
          {load<kLoad>(y, 2), load<kLoad>(x, 3)}};
}
template <Order kOrder>
std::vector<Steps> two_and_two_writes() {
  return {{store<kOrder>(x, 1), store<kOrder>(y, 2)}, {store<kOrder>(y, 1), store<kOrder>(x, 2)}};
}
template <Order kOrder>
std::vector<Steps> message_by_exchange() {
  return {{store<relaxed>(x, 1), exchange<kOrder>(y, 1, 3)},
          {exchange<kOrder>(y, 2, 0), load<relaxed>(x, 1)}};
}
Steps release_seven() { return {write_plain(7), store<release>(y, 1)}; }
Steps read_if_two() { return {read_plain_if_y_is<acquire>(2)}; }

// --- outcomes ---

Outcomes all_but(std::size_t bits, const Outcomes& others) {
  Outcomes outcomes;
  for (std::size_t value = 0; value < std::size_t{1} << bits; ++value) {
    std::string outcome;
    for (std::size_t i = bits; i-- > 0;) outcome += (value >> i & 1U) != 0 ? '1' : '0';
    if (!others.contains(outcome)) outcomes.insert(outcome);
  }
  return outcomes;
}

std::vector<Program> shapes() {
  return {
      {"store buffering, relaxed",
       {store_x_load_y<relaxed, relaxed>(), store_y_load_x<relaxed, relaxed>()},
       all_but(2, {})},
      {"store buffering, seq_cst",
       {store_x_load_y<seq_cst, seq_cst>(), store_y_load_x<seq_cst, seq_cst>()},
       all_but(2, {"00"})},
      {"store buffering, seq_cst fences", {fenced_x_y(), fenced_y_x()}, all_but(2, {"00"})},
      {"store buffering, a fence of all threads",
       {{store<relaxed>(x, 1), fence_all, load<relaxed>(y, 0)}, store_y_load_x<relaxed, relaxed>()},
       all_but(2, {"00"})},
      {"store buffering, a fence and seq_cst",
       {fenced_x_y(), store_y_load_x<seq_cst, seq_cst>()},
       all_but(2, {"00"})},
      {"message passing, relaxed", {send<relaxed>(), receive<relaxed>()}, all_but(2, {})},
      {"message passing, release and acquire", {send<release>(), receive<acquire>()}, all_but(2, {"10"})},
      {"message passing, release fence, acquire", {send_fenced(), receive<acquire>()}, all_but(2, {"10"})},
      {"message passing, release, acquire fence", {send<release>(), receive_fenced()}, all_but(2, {"10"})},
      {"message passing, plain, release and acquire",
       {{write_plain(1), store<release>(y, 1)}, Steps{read_plain_if_y_is<acquire>(1)}},
       {"0", "1"}},
      {"message passing, plain, relaxed",
       {{write_plain(1), store<relaxed>(y, 1)}, Steps{read_plain_if_y_is<acquire>(1)}},
       {"0", "race"}},
      {"message passing, plain, relaxed load",
       {{write_plain(1), store<release>(y, 1)}, Steps{read_plain_if_y_is<relaxed>(1)}},
       {"0", "race"}},
      // "11" is allowed, and the checker does not show it: a load never reads what is stored later.
      {"load buffering, relaxed", load_buffering<relaxed, relaxed>(), all_but(2, {"11"})},
      {"IRIW, release and acquire", iriw<release, acquire>(), all_but(4, {})},
      {"IRIW, seq_cst", iriw<seq_cst, seq_cst>(), all_but(4, {"1010"})},
      {"IRIW, seq_cst fences",
       {Steps{store<relaxed>(x, 1)},
        Steps{store<relaxed>(y, 1)},
        {load<relaxed>(x, 0), fence<seq_cst>, load<relaxed>(y, 1)},
        {load<relaxed>(y, 2), fence<seq_cst>, load<relaxed>(x, 3)}},
       all_but(4, {"1010"})},
      {"write to read causality, release and acquire",
       {Steps{store<relaxed>(x, 1)}, Steps{pass_on<acquire, release>}, receive<acquire>()},
       all_but(2, {"10"})},
      {"2+2W, relaxed", two_and_two_writes<relaxed>(), {",11", ",12", ",21", ",22"}},
      {"2+2W, seq_cst", two_and_two_writes<seq_cst>(), {",12", ",21", ",22"}},
      {"R, seq_cst",
       {{store<seq_cst>(x, 1), store<seq_cst>(y, 1)}, {store<seq_cst>(y, 2), load<seq_cst>(x, 0)}},
       {"0,11", "1,11", "1,12"}},
      {"S, release and acquire",
       {{store<relaxed>(x, 2), store<release>(y, 1)}, {load<acquire>(y, 0), store<relaxed>(x, 1)}},
       {"0,11", "0,21", "1,11"}},
  };
}

std::vector<Program> sequences() {
  const Steps x_one{store<relaxed>(x, 1)};
  const Steps x_two{store<relaxed>(x, 2)};
  return {
      {"coherence, read and read",
       {{store<relaxed>(x, 1), store<relaxed>(x, 2)}, {load<relaxed>(x, 0), load<relaxed>(x, 1)}},
       {"00", "01", "02", "11", "12", "22"}},
      {"coherence, write and read",
       {{store<relaxed>(x, 1), load<relaxed>(x, 0)}, x_two},
       {"1,10", "1,20", "2,20"}},
      {"coherence, read and write",
       {{load<relaxed>(x, 0), store<relaxed>(x, 1)}, x_two},
       {"0,10", "0,20", "2,10"}},
      {"two additions", {Steps{add(x, 1, 0)}, Steps{add(x, 1, 1)}}, {"01,20", "10,20"}},
      {"one winner", {Steps{take_x_once(0)}, Steps{take_x_once(1)}}, {"10,10", "01,10"}},
      {"message by exchange, acq_rel", message_by_exchange<acq_rel>(), {"00", "01", "11"}},
      // A read-modify-write may miss a store that another location already tells of.
      {"an addition after a message, release, acquire",
       {send<release>(), {load<acquire>(y, 0), add(x, 2, 1)}},
       {"00", "01", "11"}},
      {"release sequence, continued by an addition",
       {release_seven(), Steps{add(y, 1, 1)}, read_if_two()},
       {"0", "7"}},
      {"release sequence, ended by another store",
       {release_seven(), Steps{store<relaxed>(y, 2)}, read_if_two()},
       {"0", "race"}},
      {"release sequence, ended by an own store (C++20)",
       {{write_plain(7), store<release>(y, 1), store<relaxed>(y, 2)}, read_if_two()},
       {"0", "race"}},
      {"release fence before two stores",
       {{write_plain(7), fence<release>, store<relaxed>(y, 1), store<relaxed>(y, 2)}, read_if_two()},
       {"0", "7"}},
      {"failed compare-exchange, acquire", {release_seven(), Steps{fail_to_exchange<acquire>}}, {"0", "7"}},
      {"failed compare-exchange, relaxed",
       {release_seven(), Steps{fail_to_exchange<relaxed>}},
       {"0", "race"}},
  };
}

std::vector<Program> plain_memory() {
  return {
      {"mutex", {Steps{add_under_the_mutex}, Steps{add_under_the_mutex}}, {"2"}},
      {"semaphore", {{write_plain(7), post}, {wait, read_plain(0)}}, {"7"}},
      {"semaphore that nobody posts", {Steps{wait, read_plain(0)}}, {"thread first waits for ever"}},
      {"plain write and read", {Steps{write_plain(1)}, Steps{read_plain(0)}}, {"race"}},
      {"plain reads", {Steps{read_plain(0)}, Steps{read_plain(1)}}, {"00"}},
      {"neighbours", {Steps{write_r0}, Steps{write_r1}}, {"11"}},
      // No other thread runs between two accesses of plain memory, so it is always the read that comes too
      // late.
      {"read after free", {{make, store<release>(y, 1), remove}, Steps{read_heap}}, {"0", "freed"}},
      {"free after read", {{make, store<release>(y, 1)}, Steps{read_and_free}}, {"0", "1"}},
      {"atomic read, plain write", {Steps{load<relaxed>(x, 0)}, Steps{overwrite_atomic}}, {"race"}},
  };
}

}  // namespace

std::vector<Program> programs() {
  std::vector<Program> all;
  for (const auto& part : {shapes(), sequences(), plain_memory()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace refwave::memory_model::litmus
