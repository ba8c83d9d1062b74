// An audio thread's surroundings without a device: streams in their table. Each stream has a block done every
// period, and gets it again. The benchmark chooses the thread that answers the messages.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "driver/core/period/device_round.h"
#include "driver/core/stream/stream.h"

namespace refwave::bench {

inline constexpr dsp::Format kDevice{.type = dsp::SampleType::s16, .channels = 2, .rate = 48'000};

class BusyStreams {
 public:
  /// `streams`: the number of 16-bit stereo streams of that rate, each with four blocks of as many frames as
  /// the device's period has.
  BusyStreams(std::size_t streams, std::uint32_t period_frames, std::uint32_t rate = kDevice.rate);

  /// Effects: renders one period. Thread: audio.
  void render() noexcept;

  /// Effects: takes the messages of all ready streams, and queues their blocks again. Returns: the number of
  /// blocks. Thread: one at a time, the streams' only client.
  std::size_t answer();

  core::Waker& waker() noexcept { return table_->waker; }
  bool any_ready() const noexcept { return table_->ready.any(); }

 private:
  static constexpr std::uint32_t kBlocks = 4;

  struct Client {
    std::vector<core::ClientHeader> headers;
    std::vector<std::int16_t> samples;
  };

  void open(std::size_t index);
  void write(std::size_t index, core::ClientHeader& header, const std::int16_t* samples);

  const std::uint32_t period_frames_;
  const dsp::Format client_;
  const std::shared_ptr<core::StreamTable> table_ = std::make_shared<core::StreamTable>();
  const std::shared_ptr<core::MembershipMask> membership_ = std::make_shared<core::MembershipMask>();
  std::deque<Client> clients_;
  std::vector<std::int16_t> out_;
  core::Mixer mixer_;
};

}  // namespace refwave::bench
