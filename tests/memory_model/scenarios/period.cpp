// Whole periods of an open device: mixer and recorder, both kinds of audio states, their clients and their
// control; and an audio thread that stops inside, whose audio state is replaced.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>

#include "driver/core/stream/audio_section.h"
#include "driver/engine/device_side.h"
#include "hal/system/cache_line.h"
#include "tests/memory_model/scenarios/one_stream.h"

namespace refwave::memory_model {
namespace {

/// The stream is an output, which a mixer plays.
class OneOutput : public OneStream {
 protected:
  OneOutput()
      : mixer_(std::make_unique<core::Mixer>(table_, membership_, kEpoch, core::Completion::deferred, kFormat,
                                             std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU))) {
    open(hal::Direction::output);
  }

  std::unique_ptr<core::Mixer> mixer_;
};

/// A stream runs dry in a loop whose end waits outside the ring; a header enters the ring before it stops
/// waiting.
class Waiting final : public OneOutput {
 public:
  Waiting() {
    core::Block begin = headers_.block(0);
    begin.begins_loop = true;
    begin.loops = 2;
    ++written_;
    slot().audio().ring().push(begin);
    slot().waiting = 1;
    thread("audio", [this] { play(); });
    thread("client", [this] {
      core::Block end = headers_.block(1);
      end.ends_loop = true;
      slot().audio().ring().push(end);
      slot().waiting.exchange(0, std::memory_order_acq_rel);
    });
  }
  void finish() override {
    deliver_hinted();
    expect(slot().audio().ring().written() == 2, "both headers are in the ring");
  }

 private:
  /// Long after it ran dry the loop would be over, unless more of it waits.
  void play() {
    std::array<std::byte, 8> out{};
    core::Cycle period = kPeriod;
    for (; periods_ < 4; ++periods_) {
      mixer_->render(out.data(), period);
      expect(slot().audio().ring().released() != 1, "the loop is not cut off while its end waits");
      period.monotonic_ns += 1'000'000'000;
    }
  }
  int periods_ = 0;
};
const Registered<Waiting> waiting("loop_waits", "a loop is not cut off while its end waits outside the ring");

/// A client changes the playback rate while a device plays, as Streams::set_speed().
class Faster : public OneOutput {
 protected:
  static constexpr dsp::Factor kFaster = dsp::kUnity + dsp::kUnity / 2;
  static constexpr dsp::Factor kTwice = 2 * dsp::kUnity;

  /// The frames are +kLevel and -kLevel in turn: no filter for another rate leaves them as they are.
  Faster() {
    constexpr std::array<std::int16_t, 4> kFrames{kLevel, -kLevel, kLevel, -kLevel};
    for (auto& data : headers_.data) std::memcpy(data.data(), kFrames.data(), data.size());
    write();
    write();
  }
  void set_rate(dsp::Factor rate) {
    auto parts =
        core::make_speed_parts(slot().playback().speed_request(rate, dsp::kUnity, dsp::Quality::fastest));
    expect(parts && slot().playback().prepare_speed(*parts), "memory");
    slot().speed.store(core::packed_speed(rate, dsp::kUnity), std::memory_order_release);
  }
  /// Returns: how many of a period's frames are as the client wrote them.
  std::size_t play() {
    std::array<std::int16_t, kPeriod.frames> out{};
    mixer_->render(reinterpret_cast<std::byte*>(out.data()), kPeriod);
    return static_cast<std::size_t>(
        std::count_if(out.begin(), out.end(), [](int frame) { return std::abs(frame) == kLevel; }));
  }

 private:
  static constexpr std::int16_t kLevel = 10'000;
};

/// Another stream needs the same filter at that moment.
class FirstRate final : public Faster {
 public:
  FirstRate() {
    thread("audio", [this] { play(); });
    thread("client", [this] { set_rate(kTwice); });
    thread("other", [] {
      const auto speed = dsp::Speed::make(1, kFormat.rate, dsp::Quality::fastest);
      expect(speed && speed->prepare(kTwice, dsp::kUnity), "memory");
    });
  }
};
const Registered<FirstRate> first_rate("speed", "an audio thread that finds a stage finds it whole");

class NextRate final : public Faster {
 public:
  NextRate() {
    set_rate(kFaster);
    thread("audio", [this] { expect(play() == 0, "every frame has gone through a filter"); });
    thread("client", [this] { set_rate(kTwice); });
  }
};
const Registered<NextRate> next_rate("speed_next", "an audio thread that finds a new rate finds its filter");

/// On its way from one ratio to another an audio thread takes any filter that it finds.
class Glide final : public Play {
 public:
  Glide() {
    prepare(4);
    prepare(1);
    speed_->set_ratio(ratio(4));
    play();
    thread("audio", [this] {
      speed_->set_ratio(ratio(1));
      play();
    });
    thread("client", [this] { prepare(3); });
  }

 private:
  static dsp::Ratio ratio(dsp::Ratio whole) { return whole * dsp::kUnity * dsp::kUnity; }

  void prepare(dsp::Ratio whole) { expect(speed_->prepare(ratio(whole)), "memory"); }
  void play() {
    std::array<float, 256> out{};
    speed_->process(in_.data(), in_.size(), out.data(), out.size());
  }

  std::array<float, 1024> in_{};
  std::unique_ptr<dsp::Varispeed> speed_ = dsp::Varispeed::make(1, dsp::Quality::fastest);
};
const Registered<Glide> glide("speed_glide", "a filter that appears while the rate changes is whole");

/// As DeviceOpener::learn_audio_thread(): who has seen a callback knows its thread.
class Called final : public Play {
 public:
  Called() {
    side_.prepare({.name = {}, .format = kFormat, .period_frames = 4});
    thread("audio", [this] { side_.process({.data = data_.data(), .frames = 4, .monotonic_ns = 1}); });
    thread("control", [this] {
      while (side_.last_period_ns() == 0) pause();
      expect(side_.audio_thread() != 0, "the thread of a callback that was seen");
    });
  }

 private:
  std::array<std::byte, 8> data_{};
  engine::DeviceSide side_{std::make_shared<core::StreamTable>(), std::make_shared<core::MembershipMask>(),
                           std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU),
                           engine::SideSettings{.epoch = kEpoch}};
};
const Registered<Called> called("side", "who has seen a device's callback knows its thread");

/// A client polls the flags of its headers.
template <hal::Direction kDirection>
class Polled final : public OneStream {
 public:
  Polled() {
    open(kDirection, 2);
    side_.prepare({.name = {}, .format = kFormat, .period_frames = kPeriod.frames});
    write();
    write();
    thread("audio", [this] {
      for (int period = 0; period < 2; ++period)
        side_.process({.data = data_.data(), .frames = kPeriod.frames, .monotonic_ns = kPeriod.monotonic_ns});
    });
    thread("client", [this] {
      for (std::size_t i = 0; i < written_; ++i) {
        while (!headers_.is_done(i)) pause();
        expect(slot().position(kPeriod.monotonic_ns) >= (i + 1) * kPeriod.frames,
               "a header is not done before its frames are in the position");
      }
    });
  }

 private:
  std::array<std::byte, 8> data_{};
  engine::DeviceSide side_{table_, membership_, std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU),
                           engine::SideSettings{.direction = kDirection, .epoch = kEpoch}};
};
const Registered<Polled<hal::Direction::output>> polled_output("position_done",
                                                               "the position has what is done");
const Registered<Polled<hal::Direction::input>> polled_input("position_recorded", "the same, of a recording");

/// The audio thread stops anywhere in a period and is taken for dead. A reset replaces its audio state, or a
/// close loses it, and the next stream has the place. The thread wakes up in between, or never; the next
/// device plays on.
template <hal::Direction kDirection>
class Stopped final : public OneStream {
 public:
  Stopped() {
    allow_long_naps();
    open(kDirection, 2);
    slot().callback.function = tell_in_order;
    daemon("audio", [this] {
      call(dead_);
      has_ended_.store(true, std::memory_order_relaxed);
    });
    fall_asleep();
    thread("next device", [this] { call(next_); });
    thread("notifier", [this] { notify(); });
    thread("client", [this] { live(); });
  }
  void finish() override {
    expect(notified_ == written_, "every header is delivered once");
    for (std::size_t i = 0; i < written_; ++i)
      expect(may_flag_ || !headers_.is_done(i), "a header that was returned is not flagged");
  }

 private:
  struct Device {
    Device(Stopped& stopped, std::uint32_t epoch)
        : side(stopped.table_, stopped.membership_,
               std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU),
               engine::SideSettings{.direction = kDirection, .epoch = epoch}) {
      side.prepare({.name = {}, .format = kFormat, .period_frames = kPeriod.frames});
    }
    engine::DeviceSide side;
    std::array<std::byte, 8> data{};
  };

  static void call(Device& device) {
    for (int period = 0; period < 4; ++period) {
      device.side.process(
          {.data = device.data.data(), .frames = kPeriod.frames, .monotonic_ns = kPeriod.monotonic_ns});
      pause();
    }
  }
  /// A look at the lock and the steps after it, up to the next access to a client's memory, to a cursor or
  /// to the lock, are one step here, as in tests/models/audio_state.pml. A thread that stops at the flag
  /// itself, because the page of the header does not arrive, flags a header that was given back.
  void fall_asleep() {
    // The last two lines of a ring are the cursors `released` and `notified`.
    const auto* const end = reinterpret_cast<const std::byte*>(&slot().audio().ring() + 1);
    core::ClientHeader& header = headers_.header[choose(2)];
    struct Place {
      const void* at;
      std::size_t size;
      std::size_t most;  // accesses
    };
    const std::array places{
        Place{headers_.data.data(), 16, 4},
        Place{&slot().lock, sizeof slot().lock, 8},
        Place{&slot().audio_state, sizeof slot().audio_state, 2},
        Place{end - 2 * hal::kCacheLine, sizeof(std::uint64_t), 8},
        Place{&slot().counters.periods, sizeof slot().counters.periods, 4},
        Place{&slot().delivery, sizeof slot().delivery, 2},
        Place{slot().clock.load(), sizeof(std::uint32_t), 4},
        Place{&header.bytes_recorded, sizeof header.bytes_recorded, 1},
        Place{reinterpret_cast<const std::byte*>(&header) + offsetof(core::ClientHeader, flags), 1, 1}};
    const std::size_t which = choose(places.size());
    may_flag_ = which == places.size() - 1;
    falls_asleep("audio", places[which].at, places[which].size, 1 + choose(places[which].most));
  }
  void write_two() {
    const std::lock_guard lock(slot().mutex);
    for (int i = 0; i < 2; ++i) expect(slot().write(headers_.block(written_++)), "queued");
  }
  bool is_queued() {
    const std::lock_guard lock(slot().mutex);
    return slot().queued();
  }
  void reset() {
    const std::lock_guard lock(slot().mutex);
    const core::AudioSection section(slot(), core::IfOverdue::replace);
    if (section.was_replaced()) serve_by(kEpoch + 1);
    return_all();
  }
  /// With the steps of driver/control/close_protocol.cpp.
  void close() {
    {
      const std::lock_guard lock(slot().mutex);
      const core::AudioSection section(slot(), core::IfOverdue::lose);
      slot().audio_state.store(nullptr, std::memory_order_relaxed);
    }
    while (!slot().delivery.hold()) pause();
    static_cast<void>(core::deliver(slot(), core::kEveryMessage, [this] { return slot().take(); }));
    {
      const std::lock_guard lock(slot().mutex);
      slot().clear_out();
    }
    slot().delivery.finish(core::DeliveryState::Closer::holds);
  }
  void live() {
    const std::size_t wakes = choose(4);
    write_two();
    while (!is_asleep() && !has_ended_.load(std::memory_order_relaxed)) pause();
    if (is_queued()) reset();
    expect(headers_.is_done(0) && headers_.is_done(1),
           "a reset finishes what is queued, even if a thread died");
    if (wakes == 0) wake_up();
    if (choose(2) == 0) {
      write_two();
      reset();
    }
    close();
    for (std::size_t i = 0; i < written_; ++i) core::store_flags(headers_.header[i], core::kPrepared);
    if (wakes == 1) wake_up();
    slot().delivery.claim();
    slot().furnish(kDirection, kFormat, 2, core::Done::consumed);
    if (wakes == 2) wake_up();
    expect(slot().position(kPeriod.monotonic_ns) == 0, "the next stream begins at 0");
  }
  static bool tell_in_order(const core::ClientCallback& callback, core::Notice,
                            core::ClientHeader* header) noexcept {
    auto& self = *reinterpret_cast<Stopped*>(callback.target);
    expect(header->user == self.notified_++, "messages in order");
    expect((core::load_flags(*header) & core::kDone) != 0, "flagged before it is notified");
    return true;
  }

  Device dead_{*this, kEpoch};
  Device next_{*this, kEpoch + 1};
  std::atomic<bool> has_ended_{false};  // the audio thread
  bool may_flag_ = false;
};
const Registered<Stopped<hal::Direction::output>> stopped_output(
    "replaced", "a thread wakes up in an audio state that it has lost");
const Registered<Stopped<hal::Direction::input>> stopped_input("replaced_record", "the same, of a recording");

}  // namespace
}  // namespace refwave::memory_model
