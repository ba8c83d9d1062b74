// Memory under the rules of C++20. Each atomic location keeps its stores in their modification order; a load
// may read any store that the rules leave to it, and a store may come anywhere after those that its thread
// knows. Of plain memory it keeps who has accessed it last, and finds races, and uses after free.
//
// What it does not show: a load that reads a store which is executed later (load buffering), and an order of
// the seq_cst operations other than that of their execution.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "tests/memory_model/checker/clock.h"

namespace refwave::memory_model {

struct Thread;

using Address = std::uintptr_t;
using Order = std::memory_order;

struct Operation {
  Address at = 0;
  std::uint8_t size = 0;
  Order order = Order::seq_cst;
  Order failure = Order::seq_cst;  // of a compare-exchange
  Address caller = 0;              // the code
};

/// Plain accesses to these bytes are not looked at in this execution: one large array, of which another
/// scenario looks at a small one.
struct Ignored {
  Address at = 0;
  std::size_t size = 0;
};
inline Ignored ignored;

enum class Change : std::uint8_t { exchange, add, sub, bit_and, bit_or };
std::uint64_t apply(Change change, std::uint64_t value, std::uint64_t operand) noexcept;

class Memory {
 public:
  /// Effects: forgets all stores. What is in memory happens before the execution.
  void reset() noexcept;

  std::uint64_t load(const Operation& operation);
  void store(const Operation& operation, std::uint64_t value);
  /// Returns: the value before.
  std::uint64_t change(const Operation& operation, Change change, std::uint64_t operand);
  enum class Strength : std::uint8_t { weak, strong };
  bool compare_exchange(const Operation& operation, Strength strength, std::uint64_t& expected,
                        std::uint64_t wanted);
  void fence(const Operation& fence);
  /// Effects: every thread passes a seq_cst fence where it is now; the running thread before and after them.
  void fence_all_threads(const Operation& fence);

  /// Effects: the running thread reads no stores older than the newest ones of now, without synchronising.
  void catch_up();

  enum class Access : std::uint8_t { read, write };
  void plain(Address at, std::size_t size, Access access, Address caller);
  /// Effects: from now on an access is an error.
  void free(Address at, std::size_t size, Address caller);

  /// Effects: what the caller knows goes to those who acquire() `object`: a mutex or a semaphore.
  void release(const void* object);
  void acquire(const void* object);

 private:
  struct Store {
    std::uint64_t value = 0;
    std::uint32_t thread = 0;
    Epoch epoch = 0;
    bool changes = false;                // a read-modify-write of the store before it
    std::uint32_t seq = 0;               // the first seq_cst operation that has stored or read it; 0: none
    Clock release;                       // what a load that acquires it learns
    std::array<Epoch, kThreads> seen{};  // when each thread has first read it; 0: never
  };
  struct Location {
    std::vector<Store> stores;  // in modification order
  };
  struct Use {
    std::uint8_t bytes = 0;  // of the eight of a cell
    std::uint8_t thread = 0;
    bool writes = false;
    bool is_atomic = false;
    Epoch epoch = 0;
    Address caller = 0;
  };
  struct Cell {
    std::vector<Use> uses;
    std::uint8_t atomics = 0;  // at which of its bytes a location begins
    std::uint8_t freed = 0;    // which of its bytes were freed
  };
  struct Fence {
    std::uint32_t seq;
    Clock before;
  };

  static void begin_step(Address at);
  static void end_step(const char* what, const Operation& operation, std::uint64_t value, std::size_t age);
  Location& begin(const Operation& operation, bool writes);
  std::size_t oldest_for(const Location& location, Order order) const noexcept;
  bool is_known(const Store& store, const Clock& clock) const noexcept;
  bool is_seq_before(const Store& store, std::uint32_t bound) const noexcept;
  static bool has_room_after(const Location& location, std::size_t at) noexcept;
  std::size_t choose_place(const Location& location, Order order, const std::uint64_t* unequal);
  void read(Store& store, Order order);
  void pass_fence(Thread& thread, Order order);
  Store& insert(Location& location, std::size_t at, const Operation& operation, std::uint64_t value);
  void replace(Location& location, std::size_t place, const Operation& operation, std::uint64_t value);
  void use(Address key, const Use& use);
  [[noreturn]] void report_race(const Use& first, const Use& second);
  void forget_atomics(Address key, Cell& cell, std::uint8_t bytes);

  std::unordered_map<Address, Location> locations_;
  std::unordered_map<Address, Cell> cells_;
  std::unordered_map<const void*, Clock> objects_;
  std::vector<Fence> fences_;
  std::vector<std::size_t> places_;  // scratch of choose_place()
  std::uint32_t seq_ = 0;
};

Memory& memory() noexcept;

}  // namespace refwave::memory_model
