// The threads that call clients back. Each sleeps until it gets the searching role, claims a ready slot,
// hands the role on, and delivers the slot's messages (tests/models/wake.pml). There are as many threads as
// slots in use, so a client that blocks in its callback delays only itself.
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
#include "hal/system/threads.h"

namespace refwave::notify {

class Notifiers {
 public:
  /// `table`: shared, because abandoned threads outlive this object. Throws std::bad_alloc.
  explicit Notifiers(std::shared_ptr<core::StreamTable> table);
  ~Notifiers() { end(); }

  /// Effects: sets how notifiers wait, and their priority; sleeping ones follow when woken. Thread: control.
  void configure(const configuration::Configuration& configuration);
  /// Effects: the cache warmer calls this function in place of a client. Before the first ensure().
  void warm_with(core::ClientCallback::Function notify) noexcept;
  /// Effects: starts threads for `count` slots. They block the signals that the calling thread blocks, as
  /// threads of the program's own would. Errors: a thread is missing. Thread: control.
  hal::Status ensure(std::size_t count);
  /// Effects: ends every notifier after its callback, or abandons it after `patience`. Then ensure() fails.
  void end(std::chrono::milliseconds patience = hal::kPatience);
  core::NotifierStatistics statistics() const;
  /// Effects: ends threads that were not needed for kIdleNs, and replaces those that a client has ended.
  /// `needed`: asked under the mutex. Returns: whether it must be called again. Thread: the supervisor.
  bool trim(std::int64_t now_ns, const std::function<std::size_t()>& needed);
  std::size_t count() const { return count_.load(std::memory_order_relaxed); }

  /// The stack that every callback can count on. Its upper half is in memory before the first callback.
  static constexpr std::size_t kStackBytes = 512 * 1024;
  /// A surplus thread ends after this time, at the latest after three times as long.
  static constexpr std::int64_t kIdleNs = 2'000'000'000;

 private:
  struct Shared;
  class Worker;
  static void run(const std::shared_ptr<Shared>& shared, std::size_t index, const hal::SignalMask& signals);
  void retire(std::size_t count) noexcept;
  bool join_ended() REQUIRES(mutex_);
  hal::Status start_up_to(std::size_t count) REQUIRES(mutex_);
  void take_over_from_dead() noexcept REQUIRES(mutex_);

  const std::shared_ptr<Shared> shared_;
  hal::Mutex mutex_;  // guards threads_, too, until they end
  bool ended_ GUARDED_BY(mutex_) = false;
  hal::SignalMask signals_ GUARDED_BY(mutex_);      // of the newest thread that has called ensure()
  bool watching_ GUARDED_BY(mutex_) = false;        // trim() is called until there are no threads too many
  bool is_short_ GUARDED_BY(mutex_) = false;        // a thread has ended inside a callback
  std::size_t most_needed_ GUARDED_BY(mutex_) = 0;  // since window_begun_ns_
  std::int64_t window_begun_ns_ GUARDED_BY(mutex_) = 0;
  std::array<hal::OwnedThread, core::kSlots + 1> threads_;  // one more under wake = predict
  std::atomic<std::size_t> count_{0};  // threads that are to stay; tests/models/notifier_count.pml
};

}  // namespace refwave::notify
