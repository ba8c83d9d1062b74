#include "driver/stream/notifiers.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "hal/realtime.h"

namespace refwave::stream {

struct Notifiers::Shared {
  std::shared_ptr<core::SlotTable> table;
  std::shared_ptr<SlotOwner> owner;
  Anticipation anticipation;
  std::atomic<std::size_t> to_retire{0};  // set by the destructor, counted down by the threads that end
};

namespace {

// A thread's own storage lies on its stack's mapping, and a sanitizer's alone is over half a megabyte of it.
// Pages that nobody touches cost nothing.
constexpr std::size_t kThreadOverheadBytes = 1024 * 1024;

/// Returns: the slot claimed, or none when the caller no longer has the role.
std::optional<std::size_t> claim_one(core::SlotTable& table, Anticipation& anticipation) noexcept {
  do {
    while (const auto found = table.ready.find()) {
      if (table.ready.claim(*found)) return found;
    }
  } while (anticipation.wait(table));
  return std::nullopt;
}

/// Effects: gives the role away before client code runs, to a sleeper if there is more to do.
void hand_role_on(core::SlotTable& table) noexcept {
  table.waker.give_up_role();
  if (table.ready.any()) table.waker.wake_one();
}

}  // namespace

Notifiers::Notifiers(std::shared_ptr<core::SlotTable> table, std::shared_ptr<SlotOwner> owner)
    : shared_(std::make_shared<Shared>()) {
  shared_->table = std::move(table);
  shared_->owner = std::move(owner);
}

void Notifiers::run(const std::shared_ptr<Shared>& shared) noexcept {
  hal::become_audio_thread(hal::Urgency::ordinary, kStackBytes / 2);
  core::SlotTable& table = *shared->table;
  for (;;) {
    table.waker.sleep_until_role();
    table.trace.note(core::TraceKind::role_taken);
    bool searching = true;
    while (searching) {
      const auto slot = claim_one(table, shared->anticipation);
      if (!slot) break;
      table.trace.note(core::TraceKind::claimed, static_cast<std::uint16_t>(*slot));
      if (*slot == core::kRetireBit) {
        if (shared->to_retire.fetch_sub(1, std::memory_order_relaxed) > 1) table.ready.set(core::kRetireBit);
        hand_role_on(table);
        return;
      }
      hand_role_on(table);
      shared->owner->deliver(*slot);
      // Short cuts past the semaphore, for more work and for the wait for it; going straight to sleep would
      // be right too.
      searching = (table.ready.any() && table.waker.take_role()) ||
                  (shared->anticipation.waits_awake() && table.waker.adopt_role());
    }
  }
}

Anticipation& Notifiers::anticipation() const { return shared_->anticipation; }

std::string Notifiers::ensure(std::size_t count) {
  const std::lock_guard lock(mutex_);
  if (ended_) return "the driver has ended";
  for (std::size_t i = count_.load(std::memory_order_relaxed); i < count && i < threads_.size(); ++i) {
    std::string problem = threads_[i].start("refwave-notify", kStackBytes + kThreadOverheadBytes,
                                            [shared = shared_] { run(shared); });
    if (!problem.empty()) return problem;
    count_.store(i + 1, std::memory_order_relaxed);
  }
  return {};
}

void Notifiers::end() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(ended_, true)) return;
  }
  const std::size_t count = count_.load(std::memory_order_relaxed);
  if (count == 0) return;
  shared_->to_retire.store(count,
                           std::memory_order_relaxed);  // read behind the claim of the bit, which orders it
  shared_->table->ready.set(core::kRetireBit);
  shared_->table->waker.wake_one();
  const auto deadline = std::chrono::steady_clock::now() + hal::kPatience;
  for (std::size_t i = 0; i < count; ++i) {
    const auto left = deadline - std::chrono::steady_clock::now();
    threads_[i].join(
        std::max(std::chrono::milliseconds{0}, std::chrono::duration_cast<std::chrono::milliseconds>(left)));
  }
}

}  // namespace refwave::stream
