// A hash table from addresses to values, which each execution empties in one step. The values keep the memory
// that they have allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace refwave::memory_model {

template <typename Value>
class Table {
 public:
  Table() : entries_(kFirst) {}

  void reset() noexcept {
    ++generation_;
    count_ = 0;
  }

  template <typename Use>
  void each(Use use) {
    for (Entry& entry : entries_) {
      if (entry.generation == generation_) use(entry.value);
    }
  }

  /// Returns: the key's value; a cleared one if it had none. Valid until the next call.
  Value& get(std::uintptr_t key) {
    if (count_ * 2 > entries_.size()) grow();
    Entry& entry = entries_[place_of(key)];
    if (entry.generation != generation_) {
      entry.key = key;
      entry.generation = generation_;
      clear(entry.value);
      ++count_;
    }
    return entry.value;
  }

 private:
  static constexpr std::size_t kFirst = 1024;
  struct Entry {
    std::uintptr_t key = 0;
    std::uint64_t generation = 0;
    Value value{};
  };

  static void clear(Value& value) noexcept {
    if constexpr (requires { value.clear(); }) {
      value.clear();
    } else {
      value = {};
    }
  }
  std::size_t place_of(std::uintptr_t key) const noexcept {
    const std::size_t mask = entries_.size() - 1;
    std::size_t at = (key * 0x9E37'79B9'7F4A'7C15U >> 20U) & mask;
    while (entries_[at].generation == generation_ && entries_[at].key != key) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (Entry& entry : old) {
      if (entry.generation == generation_) entries_[place_of(entry.key)] = std::move(entry);
    }
  }

  std::vector<Entry> entries_;
  std::uint64_t generation_ = 1;
  std::size_t count_ = 0;
};

}  // namespace refwave::memory_model
