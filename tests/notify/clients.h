// Open streams without a device, and clients that count their messages.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "driver/core/stream/stream_table.h"

namespace refwave::notify {

struct Clients {
  explicit Clients(std::shared_ptr<core::StreamTable> streams) : table(std::move(streams)) {}

  /// Effects: opens the stream, if necessary, and finishes a block of it as the audio thread does. Returns:
  /// whether a sleeper was signalled. Thread: one per stream.
  bool raise(std::size_t slot) {
    core::Stream& stream = table->streams[slot];
    if (!stream.delivery.is_used()) open(stream);
    core::BlockRing& ring = stream.audio().ring();
    ring.push({.header = &header});
    ring.skip_all();
    ring.release_one();
    if (stream.delivery.post()) table->ready.set(slot);
    return table->waker.wake_one();
  }

  const std::shared_ptr<core::StreamTable> table;
  std::array<std::atomic<std::uint64_t>, core::kSlots> delivered{};
  std::atomic<std::uint64_t> total{0};
  std::atomic<std::uint64_t> begun{0};
  // The client of this stream does not return while `hold` is set.
  std::atomic<std::size_t> blocked{core::kSlots};
  std::atomic<bool> hold{false};
  std::function<void()> inside;  // runs in each callback

 private:
  void open(core::Stream& stream) {
    constexpr std::uint32_t kMostUndelivered = 4096;
    stream.delivery.claim();
    stream.furnish(hal::Direction::output, {dsp::SampleType::s16, 1, 48'000, 0}, kMostUndelivered,
                   core::Done::consumed);
    stream.callback = {
        .function = called, .target = stream.index(), .instance = reinterpret_cast<std::uintptr_t>(this)};
    stream.handle = 1;
    stream.delivery.publish();
  }
  static bool called(const core::ClientCallback& callback, core::Notice, core::ClientHeader*) {
    auto& clients = *reinterpret_cast<Clients*>(callback.instance);
    ++clients.begun;
    if (clients.inside) clients.inside();
    while (callback.target == clients.blocked && clients.hold)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ++clients.delivered[callback.target];
    ++clients.total;
    return true;
  }

  core::ClientHeader header{};
};

}  // namespace refwave::notify
