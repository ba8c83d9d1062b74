// A PulseAudio of a test's own, without hardware: a server in a temporary folder with one null sink, ALSA's
// default device leading to it, and a recorder on the sink's monitor that stores everything that arrives.
//
//   PrivatePulse pulse;              // up and recording
//   pulse.export_environment();      // before PortAudio is initialised in this process
//   … play 16- or 24-bit audio at 48 kHz, stereo, whose first frame is not silent …
//   auto samples = pulse.wait_for_recording(frames);   // or read pulse.recorded_path()
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/recording.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {

class PrivatePulse {
 public:
  static constexpr std::uint32_t kRate = 48'000;
  /// What refwave's names of the server's devices begin with.
  static constexpr const char* kPrefix = "PulseAudio/";
  /// ALSA's name of the device that records the sink's input.
  static constexpr const char* kInput = "ALSA/refin";

  /// The server's sink. Only the steady one takes its audio evenly, and only that one has a recorder, because
  /// a recorder makes every sink's pace its own. The others take it in bursts, as people's do.
  enum class Sink {
    steady,        // a null sink with norewinds
    resting,       // a null sink at the rate
    bare,          // a null sink as it is without arguments
    dummy_output,  // module-always-sink, on a machine without a card
  };

  /// Effects: starts server and recorder. Errors: std::runtime_error with the server's log.
  explicit PrivatePulse(std::uint32_t rate = kRate, Sink sink = Sink::steady);
  /// Effects: ends both.
  ~PrivatePulse() { kill_server(); }
  PrivatePulse(const PrivatePulse&) = delete;
  PrivatePulse& operator=(const PrivatePulse&) = delete;

  /// Effects: this process, and the children it starts, use this server and no other.
  void export_environment() const;
  /// Returns: the same as variables, for a child process ("" takes one away).
  const Environment& environment() const { return environment_; }

  /// Returns: a file of raw interleaved 32-bit integers: the sink's whole input since the server started,
  /// silence included. The file grows.
  std::filesystem::path recorded_path() const { return folder_ / "recorded.s32"; }
  /// Returns: the recording from the first sample that is not 0. Waits until that is `frames` frames and a
  /// tenth of a second more, ten seconds at most.
  std::vector<std::int32_t> wait_for_recording(std::size_t frames) const {
    return wait_for_frames(recorded_path(), heard_bytes_, frames, rate_);
  }
  /// Returns: the recording of now; forgetting begins another.
  RecordingFile recording() const { return {recorded_path(), heard_bytes_}; }
  /// Effects: wait_for_recording() leaves out the samples recorded so far.
  void forget_recording();
  /// Effects: another client plays the samples to the sink, once.
  void play(const std::vector<std::int32_t>& samples);

  /// Returns: whether any sample that is not 0 has arrived since the server started, or the recording was
  /// forgotten.
  bool hears_sound() const { return has_sound(recorded_path(), heard_bytes_); }

  void kill_server();
  /// Effects: starts server and recorder again; the recording begins anew.
  void start_server();
  /// Effects: the next start is at 44,100 instead of 48,000 frames a second, or the other way round.
  void change_rate() { rate_ = rate_ == 48'000 ? 44'100 : 48'000; }
  void freeze_server() { server_.signal(SIGSTOP); }
  void thaw_server() { server_.signal(SIGCONT); }

  /// Effects: there is a second sink, "other", beside "ref".
  void add_other_sink();
  void remove_other_sink();
  /// Effects: makes a sink with these channels, as PulseAudio spells them ("front-left,front-right"), the
  /// default.
  void change_default_to(const std::string& channels);
  /// Returns: the newest sample that arrived there for each of `channels`, which may come in another order.
  /// Waits until none is 0. Errors: std::runtime_error.
  std::vector<float> arrives_at(const std::string& channels);
  /// Returns: the name of the sink that the server begins with.
  std::string first_sink() const;
  /// Effects: the recording begins anew, of that sink, which then takes its audio evenly.
  void listen_to(const std::string& sink);
  /// Effects: removes the sink, and makes another of its name. The recording of a
  /// steady one begins anew.
  void unload_sink();
  void load_sink();
  /// Effects: makes a second sink the default, or the first sink again.
  void change_default();

 private:
  std::string sink_module() const;
  std::string sink_arguments() const;
  void wait_for_server();
  std::runtime_error no_server() const;
  void record();
  std::string control(std::vector<std::string> arguments);

  std::uint32_t rate_;
  const Sink kind_;
  std::string sink_;  // the default one
  bool has_other_ = false;
  std::string other_module_;
  TemporaryFolder folder_{memory_path()};  // no server or recorder waits for a disk
  Environment environment_;
  ChildProcess server_;
  ChildProcess recorder_;
  ChildProcess player_;
  std::streamoff heard_bytes_ = 0;  // of the recording, to be left out
};

}  // namespace refwave::test
