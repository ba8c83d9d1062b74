// The streams that an engine's device serves, their pipelines until they are in use, and the membership mask
// that audio threads read. Called by Engine alone, under its mutex. Takes streams' RtLocks briefly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "driver/configuration/configuration.h"
#include "driver/core/conversion/pipeline.h"
#include "driver/core/stream/stream_table.h"
#include "hal/device.h"

namespace refwave::engine {

class Members {
 public:
  using Pipelines = std::map<std::size_t, std::unique_ptr<core::Pipeline>>;

  Members(std::shared_ptr<core::StreamTable> table, hal::Direction direction,
          const configuration::Configuration& configuration);

  const std::shared_ptr<core::MembershipMask>& membership() const { return membership_; }
  const dsp::Format& format() const { return format_; }

  /// Effects: the newest device serves the stream. Errors: false without memory; nothing has changed.
  bool add(core::Stream& stream);
  void remove(std::size_t slot);

  /// Effects: makes the missing pipelines for a device of that format. Errors: false without memory.
  bool make_pipelines(const dsp::Format& device, Pipelines& made);
  /// Effects: the device serves every member whose lock is free. `made`: by make_pipelines().
  void move_all(const dsp::Format& device, std::uint32_t epoch, Pipelines& made) noexcept;
  /// Effects: moves members that were left behind. If an audio thread is still inside after some ticks, asks
  /// the supervisor to replace the audio state. Returns: how many those are. Once a tick.
  std::size_t fetch_left_behind();
  /// Effects: the device serves this stream's fresh audio state; without memory, from a later tick.
  void serve_again(core::Stream& stream) noexcept;
  /// Effects: the device touches no stream any more. Returns: false if one is being served: it keeps all.
  bool take_back_all() noexcept;

  bool empty() const { return members_.empty(); }
  /// Returns: whether a member plays or records.
  bool is_busy() const;
  /// Returns: whether no member does, nor is being called. A call comes either before this look, which then
  /// sees its effect, or after it. Tries each stream's mutex.
  bool is_idle() const;

 private:
  struct Member {
    explicit Member(const dsp::Format& format) : client(format) {}

    const dsp::Format client;
    std::optional<dsp::Format> adopted{};    // the device format its newest pipeline was made for
    std::unique_ptr<core::Pipeline> next{};  // that pipeline, until it is in use
    bool left_behind = true;                 // the newest device does not serve it yet
    core::RtLock::Token inside = 0;          // the audio thread's acquisition that was in the way
    std::uint32_t ticks_behind = 0;          // since it was seen first
  };

  std::unique_ptr<core::Pipeline> make_pipeline(const dsp::Format& client, const dsp::Format& device) const;
  bool serve(core::Stream& stream, Member& member) noexcept;
  void move_over(core::Stream& stream, Member& member) noexcept;
  bool has_work(const core::Stream& stream) const;

  const std::shared_ptr<core::StreamTable> table_;
  const hal::Direction direction_;
  const dsp::Quality quality_;
  const dsp::Dither dither_;
  const core::Timed timed_;
  const std::shared_ptr<core::MembershipMask> membership_;
  std::map<std::size_t, Member> members_;
  bool is_any_behind_ = false;  // perhaps; false: no member is left behind
  dsp::Format format_{};
  std::uint32_t epoch_ = 0;  // the newest device's
};

}  // namespace refwave::engine
