// The threads that call clients back. Each sleeps until it is given the searching role, claims one ready
// slot, hands the role on, delivers that slot's messages one by one, and goes on while there is more. The
// protocol is tests/models/wake.pml. There are at least as many threads as slots in use, so
// that a client that blocks in its callback delays only itself.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "driver/configuration/configuration.h"
#include "driver/core/stream/statistics.h"
#include "driver/core/stream/stream_table.h"
#include "driver/notify/wake_policy.h"
#include "hal/system/mutex.h"
#include "hal/system/owned_thread.h"
#include "hal/system/status.h"

namespace refwave::notify {

class Notifiers {
 public:
  /// `table`: shared, so that it outlives the threads, abandoned ones too. Throws std::bad_alloc.
  explicit Notifiers(std::shared_ptr<core::StreamTable> table);
  ~Notifiers() { end(); }
  Notifiers(const Notifiers&) = delete;
  Notifiers& operator=(const Notifiers&) = delete;

  /// Effects: the notifiers wait for work, and ask the system for priority, as configured. Threads that sleep
  /// follow when they are woken. Thread: control.
  void configure(const configuration::Configuration& configuration);
  /// Effects: the cache warmer calls this function in place of a client. Before the first ensure().
  void warm_with(core::ClientCallback::Function notify) noexcept;
  /// Effects: makes sure that there are threads for `count` slots in use. Errors: a thread is missing.
  /// Thread: control.
  hal::Status ensure(std::size_t count);
  /// Effects: every notifier ends after the callback it is in; waits for `patience` in all, then abandons and
  /// counts the others. From now on ensure() starts no thread. A second call is harmless.
  void end(std::chrono::milliseconds patience = hal::kPatience);
  core::NotifierStatistics statistics() const;
  /// Effects: threads that nobody has needed for kIdleNs end, after the callbacks in which they are. In the
  /// place of a thread that has ended inside a callback another one delivers on.
  /// `needed`: as for ensure(), asked under this object's lock, so that no open comes in between. Returns:
  /// whether it must be called again. Thread: the supervisor.
  bool trim(std::int64_t now_ns, const std::function<std::size_t()>& needed);
  std::size_t count() const { return count_.load(std::memory_order_relaxed); }

  /// The stack that every callback can count on, in bytes. The first half of it, from its top, is in memory
  /// before the first callback; the other half is reserved, and comes into memory when it is used.
  static constexpr std::size_t kStackBytes = 512 * 1024;
  /// A thread that nobody has needed for so long ends, before three times as long.
  static constexpr std::int64_t kIdleNs = 2'000'000'000;

 private:
  struct Shared;
  class Worker;
  static void run(const std::shared_ptr<Shared>& shared, std::size_t index);
  void retire(std::size_t count) noexcept;
  bool join_ended() REQUIRES(mutex_);
  hal::Status start_up_to(std::size_t count) REQUIRES(mutex_);
  void take_over_from_dead() noexcept REQUIRES(mutex_);

  const std::shared_ptr<Shared> shared_;
  hal::Mutex mutex_;  // guards threads_, too, until they end
  bool ended_ GUARDED_BY(mutex_) = false;
  bool watching_ GUARDED_BY(mutex_) = false;        // trim() is called until there are no threads too many
  bool is_short_ GUARDED_BY(mutex_) = false;        // a thread has ended inside a callback
  std::size_t most_needed_ GUARDED_BY(mutex_) = 0;  // since window_begun_ns_
  std::int64_t window_begun_ns_ GUARDED_BY(mutex_) = 0;
  std::array<hal::OwnedThread, core::kSlots + 1> threads_;  // one more under wake = predict
  std::atomic<std::size_t> count_{0};  // threads that are to stay; tests/models/notifier_count.pml
};

}  // namespace refwave::notify
