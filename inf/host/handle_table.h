// Handles that are numbers, not addresses: looked up, never dereferenced, so stale and foreign ones are
// recognised. No number is reused, or shared by two tables. Any thread; no lock.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "hal/system/cache_line.h"

namespace refwave::host {

/// Returns: a new number, above 0xFFFF, where device ids end, and not a multiple of 4, as the handles of
/// Windows' own winmm are, which are addresses.
inline std::uintptr_t next_handle_number() {
  static std::atomic<std::uintptr_t> last{0x10002};
  return last.fetch_add(4, std::memory_order_relaxed) + 4;  // relaxed: only its being unique matters
}

/// Returns: whether `number` may be such a handle, open or stale.
inline bool is_handle_number(std::uintptr_t number) { return number > 0xFFFF && number % 4 == 2; }

/// Objects by handle. An object in use outlives the removal of its handle.
///
/// Each object has a cell, which its handle's number names. Each cell has its own cache line, so that calls
/// on different handles share none, and lives as long as the module, so that a wrong handle reads no freed
/// memory. A cell's word has a number, whether the handle of that number is open, and a count of uses:
///
///   from                  to                    by
///   0                     closed, 1 use         add: the cell is taken, and the object is put into it
///   closed                open                  add
///   any                   1 use more            find; 1 less immediately, unless that very number is open
///   any                   1 use less            the end of a use
///   open                  closed                remove, in a use of its own
///   closed, no use        closed, 1 use, and 0  the end of a use: the object is deleted in between
template <class Handle, class Object, std::size_t kCells = 4096>
class HandleTable {
  struct Cell;

 public:
  /// Keeps its object alive. Empty if a look-up found nothing.
  class Use {
   public:
    Use() = default;
    Use(Use&& other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
    ~Use() {
      if (cell_ != nullptr) cell_->leave();
    }
    Use& operator=(Use&&) = delete;

    explicit operator bool() const { return cell_ != nullptr; }
    Object& operator*() const { return *cell_->object; }
    Object* operator->() const { return cell_->object; }
    Handle handle() const {
      // Relaxed: a use keeps the number.
      return reinterpret_cast<Handle>(number_of(cell_->word.load(std::memory_order_relaxed)));
    }

   private:
    friend class HandleTable;
    explicit Use(Cell& cell) : cell_(&cell) {}

    Cell* cell_ = nullptr;
  };

  /// Returns: a use of the new handle. Errors: std::bad_alloc if all cells are taken.
  Use add(std::unique_ptr<Object> object) {
    for (std::size_t tries = 0; tries < kCells; ++tries) {
      const std::uintptr_t number = next_handle_number();
      Cell& cell = cell_of(number);
      std::uint64_t vacant = 0;
      const std::uint64_t taken = (std::uint64_t{number} << kNumberShift) + 1;
      // Acquire: pairs with leave(), which has deleted the cell's last object.
      if (!cell.word.compare_exchange_strong(vacant, taken, std::memory_order_acquire,
                                             std::memory_order_relaxed))
        continue;
      cell.object = object.release();
      // Release: pairs with find().
      cell.word.fetch_or(kOpen, std::memory_order_release);
      return Use(cell);
    }
    throw std::bad_alloc();
  }

  Use find(Handle handle) {
    const auto number = reinterpret_cast<std::uintptr_t>(handle);
    Cell& cell = cell_of(number);
    // Acquire: pairs with add(), whose release every later change of the word continues.
    const std::uint64_t word = cell.word.fetch_add(1, std::memory_order_acquire);
    Use use(cell);
    if (number_of(word) != number || (word & kOpen) == 0) return {};
    return use;
  }

  /// Returns: whether the handle was open; of several threads, one gets true.
  bool remove(Handle handle) {
    const Use use = find(handle);
    // Relaxed: the end of this use publishes what was done before.
    return use && (use.cell_->word.fetch_and(~kOpen, std::memory_order_relaxed) & kOpen) != 0;
  }

  void clear() {
    for (Cell& cell : cells_) {
      // Relaxed: remove() judges it.
      const std::uint64_t word = cell.word.load(std::memory_order_relaxed);
      if ((word & kOpen) != 0) remove(reinterpret_cast<Handle>(number_of(word)));
    }
  }

 private:
  static constexpr int kNumberShift = 24;  // 40 bits for the number: more than a process opens
  static constexpr std::uint64_t kOpen = 1U << 23;
  static constexpr std::uint64_t kUses = kOpen - 1;

  struct alignas(hal::kCacheLine) Cell {
    std::atomic<std::uint64_t> word{0};  // the table above says who changes it
    Object* object = nullptr;            // written by add() and leave() while they alone have the cell

    void leave() {
      // Release: the object is not used after that. Acquire: the last one sees what the other uses did.
      const std::uint64_t left = word.fetch_sub(1, std::memory_order_acq_rel) - 1;
      if ((left & (kOpen | kUses)) == 0 && left != 0) [[unlikely]]
        end(left);
    }
    // Not inlined, so that a call which only uses the object saves no registers for it.
    [[gnu::noinline]] void end(std::uint64_t left) {
      // Of several that find no use one gets the cell. Relaxed: the decrement has seen all uses.
      const std::uint64_t taken = left + 1;
      if (!word.compare_exchange_strong(left, taken, std::memory_order_relaxed)) return;
      delete object;
      word.fetch_sub(taken, std::memory_order_release);  // pairs with add()
    }
  };

  static std::uintptr_t number_of(std::uint64_t word) {
    return static_cast<std::uintptr_t>(word >> kNumberShift);
  }
  Cell& cell_of(std::uintptr_t number) { return cells_[number / 4 % kCells]; }

  std::array<Cell, kCells> cells_;
};

}  // namespace refwave::host
