// The threads that call clients back. Each sleeps until it is given the searching role, claims one ready
// slot, hands the role on, delivers that slot's messages one by one, and goes on while there is more. The
// protocol is tests/models/completion_and_wake.pml. There are at least as many threads as slots in use, so
// that a client that blocks in its callback delays only itself.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

#include "driver/configuration/configuration.h"
#include "driver/core/handover/slot_table.h"
#include "driver/notify/anticipation.h"
#include "driver/notify/slot_owner.h"
#include "driver/stream/statistics.h"
#include "hal/system/owned_thread.h"

namespace refwave::notify {

class Notifiers {
 public:
  /// Both are shared, so that they outlive the threads, abandoned ones too.
  Notifiers(std::shared_ptr<core::SlotTable> table, std::shared_ptr<SlotOwner> owner);
  ~Notifiers() { end(); }
  Notifiers(const Notifiers&) = delete;
  Notifiers& operator=(const Notifiers&) = delete;

  /// Effects: the notifiers wait for work, and ask the system for priority, as configured. Threads that sleep
  /// follow when they are woken. Thread: control.
  void configure(const configuration::Configuration& configuration);
  /// Effects: makes sure that there are threads for `count` slots in use. Returns: an empty text, or the
  /// reason why a thread is missing. Thread: control.
  std::string ensure(std::size_t count);
  /// Effects: every notifier ends after the callback it is in; waits for `patience` in all, then abandons and
  /// counts the others. From now on ensure() starts no thread. A second call is harmless.
  void end(std::chrono::milliseconds patience = hal::kPatience);
  stream::NotifierStatistics statistics() const;
  std::size_t count() const { return count_.load(std::memory_order_relaxed); }

  /// The stack that every callback can count on, in bytes. The first half of it, from its top, is in memory
  /// before the first callback; the other half is reserved, and comes into memory when it is used.
  static constexpr std::size_t kStackBytes = 512 * 1024;

 private:
  struct Shared;
  class Worker;
  static void run(const std::shared_ptr<Shared>& shared) noexcept;

  const std::shared_ptr<Shared> shared_;
  std::mutex mutex_;                                        // guards threads_, until they end
  bool ended_ = false;                                      // guarded by mutex_
  std::array<hal::OwnedThread, core::kSlots + 1> threads_;  // one more under wake = predict
  std::atomic<std::size_t> count_{0};
};

}  // namespace refwave::notify
