#include "tests/memory_model/checker/memory.h"

#include <bit>
#include <cstring>
#include <limits>

#include "tests/memory_model/checker/execution.h"
#include "tests/memory_model/checker/sites.h"

namespace refwave::memory_model {
namespace {

constexpr std::size_t kMostStores = 64;  // of one location; older ones are forgotten

bool acquires(Order order) noexcept {
  return order == Order::acquire || order == Order::consume || order == Order::acq_rel ||
         order == Order::seq_cst;
}

bool releases(Order order) noexcept {
  return order == Order::release || order == Order::acq_rel || order == Order::seq_cst;
}

std::uint64_t mask_of(std::uint8_t size) noexcept { return ~std::uint64_t{0} >> (64U - 8U * size); }

std::uint64_t peek(const Operation& operation) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, reinterpret_cast<const void*>(operation.at), operation.size);
  return value;
}

}  // namespace

Memory& memory() noexcept {
  static Memory one;
  return one;
}

void Memory::reset() noexcept {
  locations_.clear();
  cells_.clear();
  objects_.clear();
  fences_.clear();
  seq_ = 0;
  ignored = {};
}

std::uint64_t apply(Change change, std::uint64_t value, std::uint64_t operand) noexcept {
  switch (change) {
    case Change::exchange:
      return operand;
    case Change::add:
      return value + operand;
    case Change::sub:
      return value - operand;
    case Change::bit_and:
      return value & operand;
    case Change::bit_or:
      return value | operand;
  }
  return value;
}

/// Effects: begins a step of the running thread: others may come before it, and it is an event of its own.
void Memory::begin_step(Address at) {
  execution().before_access(at);
  execution().point();
  execution().tick();
}

void Memory::end_step(const char* what, const Operation& operation, std::uint64_t value, std::size_t age) {
  execution().tick();
  note(what, operation, value, age);
}

// --- atomic locations ---

/// Effects: begins the step. Returns: its location.
Memory::Location& Memory::begin(const Operation& operation, bool writes) {
  begin_step(operation.at);
  if (operation.order == Order::seq_cst || operation.failure == Order::seq_cst) ++seq_;
  const Address key = operation.at >> 3U;
  const auto offset = static_cast<unsigned>(operation.at & 7U);
  const auto bytes = static_cast<std::uint8_t>(((1U << operation.size) - 1U) << offset);
  Execution& run = execution();
  use(key, {.bytes = bytes,
            .thread = static_cast<std::uint8_t>(run.self_number()),
            .writes = writes,
            .is_atomic = true,
            .epoch = run.self().now.at[run.self_number()],
            .caller = operation.caller});
  Cell& cell = cells_[key];
  cell.atomics = static_cast<std::uint8_t>(cell.atomics | (1U << offset));
  Location& found = locations_[operation.at];
  if (found.stores.empty()) found.stores.emplace_back().value = peek(operation);
  if (found.stores.size() > kMostStores)
    found.stores.erase(found.stores.begin(), found.stores.begin() + kMostStores / 2);
  return found;
}

/// Returns: whether the store happens before `clock`, or was read by an event that does.
bool Memory::is_known(const Store& store, const Clock& clock) const noexcept {
  if (clock.knows(store.thread, store.epoch)) return true;
  for (std::size_t i = 0; i < kThreads; ++i) {
    if (store.seen[i] != 0 && clock.knows(i, store.seen[i])) return true;
  }
  return false;
}

/// Returns: whether a seq_cst operation that comes before `bound` in their order has stored or read it, or a
/// seq_cst fence before `bound` knows it ([atomics.order] 4).
bool Memory::is_seq_before(const Store& store, std::uint32_t bound) const noexcept {
  if (store.seq != 0 && store.seq < bound) return true;
  for (const Fence& fence : fences_) {
    if (fence.seq < bound && is_known(store, fence.before)) return true;
  }
  return false;
}

/// Returns: the place of the oldest store that the running thread's next operation may still read, and after
/// which its own store has to come.
std::size_t Memory::oldest_for(const Location& location, Order order) const noexcept {
  const Clock& now = execution().self().now;
  const std::uint32_t bound = order == Order::seq_cst ? std::numeric_limits<std::uint32_t>::max() : now.fence;
  std::size_t at = location.stores.size() - 1;
  while (at > 0 && !is_known(location.stores[at], now) && !is_seq_before(location.stores[at], bound)) --at;
  return at;
}

/// Nothing comes between a store and the read-modify-write that has read it.
bool Memory::has_room_after(const Location& location, std::size_t at) noexcept {
  return at + 1 == location.stores.size() || !location.stores[at + 1].changes;
}

/// Returns: the place of a store after which the running thread's store comes. `unequal`: of a
/// compare-exchange, which only reads a store of another value, so that such a one may have no room after it.
std::size_t Memory::choose_place(const Location& location, Order order, const std::uint64_t* unequal) {
  places_.clear();
  const std::size_t oldest = oldest_for(location, order);
  for (std::size_t at = location.stores.size(); at-- > oldest;) {
    const bool only_read = unequal != nullptr && location.stores[at].value != *unequal;
    if (only_read || has_room_after(location, at)) places_.push_back(at);
  }
  return places_[execution().choices().unusual(places_.size())];
}

void Memory::read(Store& store, Order order) {
  Execution& run = execution();
  Thread& self = run.self();
  Epoch& seen = store.seen[run.self_number()];
  if (seen == 0) seen = self.now.at[run.self_number()];
  if (order == Order::seq_cst && store.seq == 0) store.seq = seq_;
  if (acquires(order)) {
    self.now.join(store.release);
  } else {
    self.to_acquire.join(store.release);
  }
}

Memory::Store& Memory::insert(Location& location, std::size_t at, const Operation& operation,
                              std::uint64_t value) {
  Execution& run = execution();
  const Thread& self = run.self();
  Store store;
  store.value = value & mask_of(operation.size);
  store.thread = static_cast<std::uint32_t>(run.self_number());
  store.epoch = self.now.at[store.thread];
  if (operation.order == Order::seq_cst) store.seq = seq_;
  store.release = releases(operation.order) ? self.now : self.released;
  // Memory itself holds the newest value, for the scenario's end and for plain reads.
  if (at == location.stores.size())
    std::memcpy(reinterpret_cast<void*>(operation.at), &store.value, operation.size);
  return *location.stores.insert(location.stores.begin() + static_cast<std::ptrdiff_t>(at), store);
}

/// Effects: a read-modify-write of the store at `place`.
void Memory::replace(Location& location, std::size_t place, const Operation& operation, std::uint64_t value) {
  read(location.stores[place], operation.order);
  // A release sequence goes on through read-modify-writes of any order.
  const Clock sequence = location.stores[place].release;
  Store& store = insert(location, place + 1, operation, value);
  store.changes = true;
  store.release.join(sequence);
}

std::uint64_t Memory::load(const Operation& operation) {
  Location& from = begin(operation, false);
  const std::size_t newest = from.stores.size() - 1;
  const std::size_t age = execution().choices().unusual(newest - oldest_for(from, operation.order) + 1);
  Store& store = from.stores[newest - age];
  read(store, operation.order);
  end_step("load", operation, store.value, age);
  return store.value;
}

void Memory::store(const Operation& operation, std::uint64_t value) {
  Location& into = begin(operation, true);
  const std::size_t place = choose_place(into, operation.order, nullptr) + 1;
  const std::size_t age = into.stores.size() - place;
  insert(into, place, operation, value);
  end_step("store", operation, value, age);
}

std::uint64_t Memory::change(const Operation& operation, Change change, std::uint64_t operand) {
  Location& at = begin(operation, true);
  const std::size_t place = choose_place(at, operation.order, nullptr);
  const std::size_t age = at.stores.size() - place - 1;
  const std::uint64_t before = at.stores[place].value;
  const std::uint64_t after = apply(change, before, operand);
  replace(at, place, operation, after);
  end_step("change", operation, after, age);
  return before;
}

bool Memory::compare_exchange(const Operation& operation, Strength strength, std::uint64_t& expected,
                              std::uint64_t wanted) {
  Location& at = begin(operation, true);
  const std::size_t place = choose_place(at, operation.order, &expected);
  const std::size_t age = at.stores.size() - place - 1;
  Store& found = at.stores[place];
  const bool by_chance = strength == Strength::weak && execution().choices().unusual(2) == 1;
  const bool exchanges = found.value == expected && !by_chance;
  if (exchanges) {
    replace(at, place, operation, wanted);
  } else {
    read(found, operation.failure);
    expected = found.value;
  }
  end_step(exchanges ? "exchange" : "no exchange", operation, exchanges ? wanted : expected, age);
  return exchanges;
}

void Memory::pass_fence(Thread& thread, Order order) {
  if (acquires(order)) thread.now.join(thread.to_acquire);
  if (order == Order::seq_cst) {
    thread.now.fence = ++seq_;
    fences_.push_back({.seq = seq_, .before = thread.now});
  }
  if (releases(order)) thread.released = thread.now;
}

void Memory::fence(const Operation& fence) {
  begin_step(0);
  pass_fence(execution().self(), fence.order);
  end_step("fence", fence, 0, 0);
}

void Memory::fence_all_threads(const Operation& fence) {
  begin_step(0);
  Execution& run = execution();
  pass_fence(run.self(), Order::seq_cst);
  for (std::size_t i = 0; i < run.count(); ++i) {
    if (i != run.self_number()) pass_fence(run.thread(i), Order::seq_cst);
  }
  pass_fence(run.self(), Order::seq_cst);
  end_step("fence of all", fence, 0, 0);
}

void Memory::catch_up() {
  const std::size_t self = execution().self_number();
  const Epoch now = execution().self().now.at[self];
  for (auto& [at, location] : locations_) {
    if (location.stores.empty()) continue;
    Epoch& seen = location.stores.back().seen[self];
    if (seen == 0) seen = now;
  }
}

// --- mutexes and semaphores ---

void Memory::release(const void* object) {
  execution().tick();
  objects_[object].join(execution().self().now);
  execution().tick();
}

void Memory::acquire(const void* object) { execution().self().now.join(objects_[object]); }

}  // namespace refwave::memory_model
