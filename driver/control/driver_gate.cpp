#include "driver/control/driver_gate.h"

#include <array>
#include <chrono>
#include <memory>
#include <utility>

#include "hal/system/cache_line.h"
#include "hal/system/mutex.h"
#include "hal/system/owned_thread.h"
#include "hal/system/process.h"
#include "hal/system/realtime.h"
#include "hal/system/threads.h"

namespace refwave::control {
namespace {

// A reference counts itself, then loads the driver; disable() clears the driver, then looks at each count.
// Sequentially consistent, so one side sees the other (tests/models/driver_references.pml).
constinit std::atomic<Driver*> the_driver{nullptr};

/// A counter for each slot, so that calls on different streams share no line, and one for all other calls.
struct alignas(hal::kCacheLine) Stripe {
  std::atomic<std::uint32_t> references{0};
};
constinit std::array<Stripe, core::kSlots + 1> stripes;

/// Made at the first use, because loading the module runs no code.
hal::Mutex& changing() {
  static hal::Mutex mutex;
  return mutex;
}

constinit std::atomic<std::uintptr_t> changer{0};  // the thread that is enabling or disabling

/// An enable or a disable, perhaps nested in a client's callback on the same thread.
class SCOPED_CAPABILITY Change {
 public:
  Change() noexcept ACQUIRE(changing())
      : inside_another_(changer.load(std::memory_order_relaxed) == hal::this_thread_id()) {
    if (inside_another_) return;
    changing().lock();
    changer.store(hal::this_thread_id(), std::memory_order_relaxed);
  }
  ~Change() RELEASE() {
    if (inside_another_) return;
    changer.store(0, std::memory_order_relaxed);
    changing().unlock();
  }
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

  bool inside_another() const { return inside_another_; }

 private:
  const bool inside_another_;
};

/// The newest leaked driver.
constinit Driver* left_behind GUARDED_BY(changing()) = nullptr;

bool wait_for_references(const hal::Patience& patience) {
  constexpr std::chrono::microseconds kNap{100};
  for (const Stripe& stripe : stripes) {
    while (stripe.references.load() != 0) {
      if (patience.is_over()) return false;
      hal::nap(kNap);
    }
  }
  return true;
}

}  // namespace

DriverReference::DriverReference(Handle stream) noexcept
    : references_(stripes[stream == 0 ? core::kSlots : slot_of(stream)].references) {
  references_.fetch_add(1);
  driver_ = hal::are_other_threads_killed() ? nullptr : the_driver.load();
}

DriverReference::~DriverReference() { references_.fetch_sub(1); }

bool enable(core::ClientCallback::Function warm, configuration::Configuration (*defaults)()) noexcept {
  if (hal::are_other_threads_killed()) return false;
  const Change change;
  if (change.inside_another()) return false;
  // Relaxed: changed under this mutex.
  if (the_driver.load(std::memory_order_relaxed) != nullptr) return true;
  hal::watch_for_process_end();
  try {
    auto driver = std::make_unique<Driver>(configuration::configuration_files(), defaults());
    driver->notifiers().warm_with(warm);
    the_driver.store(driver.release());
    return true;
  } catch (...) {
    // Out of memory, or of threads.
    return false;
  }
}

void disable() noexcept {
  // Everything is the system's now.
  if (hal::are_other_threads_killed()) return;
  const Change change;
  if (change.inside_another()) return;
  std::unique_ptr<Driver> driver(the_driver.exchange(nullptr));
  if (!driver) return;
  hal::note_disable();
  const hal::Patience patience;
  const bool left = wait_for_references(patience);
  bool ended = false;
  try {
    ended = driver->end(patience);
  } catch (...) {
    // Out of memory. A leaked driver is better than one half ended.
  }
  if (left && ended) return;
  driver->left_before = left_behind;
  left_behind = driver.release();
  hal::pin_module();
}

void drain_at_exit() noexcept {
  hal::at_process_exit([]() noexcept {
    const DriverReference driver;
    if (driver) driver->drain();
  });
}

}  // namespace refwave::control
