// A message to nobody, by the way of a real one. A notifier that has slept for milliseconds finds neither the
// code of that way nor its data in the caches; it goes it once while it waits for the block that it is awake
// for (wake = predict).
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "driver/core/client_callback.h"
#include "driver/core/client_header.h"
#include "driver/core/slot.h"
#include "driver/stream/stream.h"

namespace refwave::notify {

class Rehearsal {
 public:
  Rehearsal() { slot_.lane = &stream_.lane(); }  // throws std::bad_alloc

  /// `tell`: goes through all code that calls a client, and calls none. Before the first notifier starts.
  void set_callback(core::ClientCallback::Function tell) noexcept { slot_.callback.function = tell; }

  /// Effects: remembers by which memory this message went: the next one will likely be of the same stream.
  /// Thread: the slot's owner.
  void follow(const core::Slot& slot, core::Lane& lane, const stream::Stream& stream) noexcept;

  /// Effects: makes a message, has `deliver(slot, stream, mutex)` deliver it, and asks for the memory that
  /// was followed last. Thread: the notifier that has the role.
  template <typename Deliver>
  void run(Deliver deliver) noexcept {
    expect_followed();
    make_message();
    deliver(slot_, stream_, mutex_);
  }

 private:
  void expect_followed() const noexcept;
  void make_message() noexcept;

  /// Addresses alone, which are not followed: each is written by some owner and read by some notifier, in any
  /// order, relaxed.
  struct Trail {
    std::atomic<const void*> slot{nullptr};
    std::atomic<const void*> lane{nullptr};
    std::atomic<const void*> stream{nullptr};
    std::atomic<const void*> block{nullptr};
    std::atomic<std::uintptr_t> target{0};
    std::atomic<std::uintptr_t> instance{0};
  };

  core::Slot slot_;
  core::ClientHeader header_{};
  std::mutex mutex_;
  stream::Stream stream_{slot_, hal::Direction::output, dsp::Format{dsp::SampleType::s16, 1, 48'000, 0}, 1,
                         core::DoneWhen::consumed};
  alignas(core::kCacheLine) Trail trail_;
};

}  // namespace refwave::notify
