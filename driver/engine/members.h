// The streams that one engine's device serves: their numbers, the pipeline that each has, and which of them
// have not yet followed a change of the device. It owns the pipelines until they are in use, and the
// membership mask that the engine's audio threads read.
//
// Called by Engine alone, under Engine's mutex. It takes streams' RtLocks, briefly, and never waits long for
// one.
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
  /// Returns: the newest device's format; every member has a pipeline for it.
  const dsp::Format& format() const { return format_; }

  /// Effects: the newest device serves this stream from now on. Returns: false if there is no memory for its
  /// pipeline, and then nothing has changed.
  bool add(core::Stream& stream);
  void remove(std::size_t slot);

  /// Effects: makes the pipelines that the members need for a device of that format, as far as they do not
  /// have them. Returns: false if there is no memory.
  bool make_pipelines(const dsp::Format& device, Pipelines& made);
  /// Effects: the device serves every member from now on, except those whose lock is taken.
  /// fetch_left_behind() fetches these later, so that one dead thread delays no other stream. `made`: by
  /// make_pipelines().
  void move_all(const dsp::Format& device, std::uint32_t epoch, Pipelines& made) noexcept;
  /// Effects: members whose lock was taken when the device changed follow it. An audio thread that is still
  /// inside after some ticks has died there: the supervisor is asked to replace the audio state
  /// (Streams::supervise()). Returns: how many that are. Once a tick.
  std::size_t fetch_left_behind();
  /// Effects: the newest device serves the fresh audio state of this stream, from the next tick on if there
  /// is no memory now.
  void serve_again(core::Stream& stream) noexcept;
  /// Effects: no callback of the device touches a stream from here on. Returns: false if a stream is being
  /// served at this moment; then the device keeps all of them.
  bool take_back_all() noexcept;

  bool empty() const { return members_.empty(); }
  /// Returns: whether a member has something to play, or records, as far as this thread sees.
  bool is_busy() const;
  /// Returns: whether no member has, nor is being called. A call on a member comes either before this look,
  /// which then sees what the call did, or after it, and then the call sees what this thread did. It takes
  /// each stream's mutex for the moment of the look, and only if it is free.
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
