// A JACK server of a test's own, without hardware: jackd with its dummy driver at 128 frames a period, and a
// client beside refwave's that keeps what refwave plays.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/recording.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {

class PrivateJack {
 public:
  /// The device that records what play() plays.
  static constexpr const char* kInput = "JACK/system";

  /// Effects: starts the server and waits until it answers. Errors: std::runtime_error with the server's log.
  explicit PrivateJack(std::uint32_t rate = 48'000);
  /// Effects: ends the server. One that was killed is started once more: it clears away the shared memory
  /// that it left, and its place among the eight servers that JACK allows a machine.
  ~PrivateJack();
  PrivateJack(const PrivateJack&) = delete;
  PrivateJack& operator=(const PrivateJack&) = delete;

  /// Effects: PortAudio in this process finds this server and no ALSA device.
  void export_environment() const;
  void kill_server();
  /// Effects: starts it again, under its name, and waits until it answers. Errors: std::runtime_error.
  void start_server();
  /// Effects: the next start is at 44,100 instead of 48,000 frames a second, or the other way round.
  void change_rate() { rate_ = rate_ == 48'000 ? 44'100 : 48'000; }
  void freeze_server() { server_.signal(SIGSTOP); }
  void thaw_server() { server_.signal(SIGCONT); }

  /// Returns: whether any sample of refwave's that is not 0 has arrived since the server started.
  bool hears_sound() const { return has_sound(recorded_path(), heard_bytes_); }
  /// Effects: waits until what refwave plays from here on is kept from its first frame. Precondition: refwave
  /// has a stream open.
  void wait_for_ear() const;
  /// Returns: what refwave has played, as PrivatePulse::wait_for_recording.
  std::vector<std::int32_t> wait_for_recording(std::size_t frames) const {
    return wait_for_frames(recorded_path(), heard_bytes_, frames, rate_);
  }
  /// Returns: the recording of now; forgetting begins another.
  RecordingFile recording() const { return {recorded_path(), heard_bytes_}; }
  /// Effects: what was recorded so far is left out by wait_for_recording().
  void forget_recording();
  /// Effects: from now on a client carries what the first output of `client` plays to its first input, as a
  /// cable in which the sound takes so many frames. Returns: the cable, which ends with the object.
  ChildProcess lay_cable(std::uint32_t frames, const std::string& client) const;
  /// Effects: starts a program that finds this server, with its output in `log`.
  ChildProcess start_program(const std::vector<std::string>& arguments,
                             const std::filesystem::path& log) const {
    return {arguments, environment(), log};
  }
  /// Effects: another client plays that to refwave, once.
  void play(const std::vector<std::int32_t>& samples);

 private:
  std::filesystem::path recorded_path() const { return folder_ / "recorded.s32"; }
  Environment environment() const;
  bool start();

  std::uint32_t rate_;
  TemporaryFolder folder_;
  int lock_ = -1;  // held on the name, which is one of a few
  std::string name_;
  ChildProcess server_;
  ChildProcess ear_;
  ChildProcess player_;
  std::streamoff heard_bytes_ = 0;  // of the recording, to be left out
};

}  // namespace refwave::test
