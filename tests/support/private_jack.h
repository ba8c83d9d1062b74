// A JACK server of a test's own, without hardware: jackd with its dummy driver, and a
// client beside refwave's that records refwave's output.
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
  /// The device that records the samples of play().
  static constexpr const char* kInput = "JACK/system";

  enum class Cycle { goes_on, waits_for_clients };

  /// Effects: starts the server and waits until it answers. Errors: std::runtime_error with the server's log.
  explicit PrivateJack(std::uint32_t rate = 48'000, Cycle cycle = Cycle::goes_on,
                       std::uint32_t period_frames = 128, int captures = 2);
  /// Effects: ends the server.
  ~PrivateJack();
  PrivateJack(const PrivateJack&) = delete;
  PrivateJack& operator=(const PrivateJack&) = delete;

  /// Effects: PortAudio in this process finds this server and no ALSA device.
  void export_environment() const;
  const std::string& name() const { return name_; }
  void kill_server();
  /// Effects: starts the server again, under its name, and waits until it answers. Errors:
  /// std::runtime_error.
  void start_server();
  /// Effects: the next start is at 44,100 instead of 48,000 frames a second, or the other way round.
  void change_rate() { rate_ = rate_ == 48'000 ? 44'100 : 48'000; }
  /// Effects: ends the server. A killed server is started once more. It then removes its shared memory, its
  /// entry among the eight servers that JACK allows on a machine, and libjack's database, in which some two
  /// hundred killed servers and clients find room.
  void end_in_peace();
  void freeze_server() { server_.signal(SIGSTOP); }
  void thaw_server() { server_.signal(SIGCONT); }
  /// Effects: the process callback of the client beside refwave's stands still. A server that waits for its
  /// clients answers, and runs none. Errors: std::runtime_error.
  void freeze_ear();
  void thaw_ear() { ear_.signal(SIGUSR2); }

  /// Returns: whether any sample of refwave's that is not 0 has arrived since the server started.
  bool hears_sound() const { return has_sound(recorded_path(), heard_bytes_); }
  /// Effects: waits until the ear records refwave's output from the next first frame on. Precondition:
  /// refwave has a stream open, or is about to. Errors: std::runtime_error.
  void wait_for_ear() const;
  /// Returns: refwave's output, as PrivatePulse::wait_for_recording.
  std::vector<std::int32_t> wait_for_recording(std::size_t frames) const {
    return wait_for_frames(recorded_path(), heard_bytes_, frames, rate_);
  }
  /// Returns: the recording of now; forgetting begins another.
  RecordingFile recording() const { return {recorded_path(), heard_bytes_}; }
  /// Effects: wait_for_recording() leaves out the samples recorded so far.
  void forget_recording();
  /// Effects: from now on a client carries what the first output of `client` plays to its first input, as a
  /// cable in which the sound takes so many frames. Returns: the cable, which ends with the object.
  ChildProcess lay_cable(std::uint32_t frames, const std::string& client) const;
  /// Effects: starts a program that finds this server, with its output in `log`.
  ChildProcess start_program(const std::vector<std::string>& arguments,
                             const std::filesystem::path& log) const {
    return {arguments, environment(), log};
  }
  /// Effects: another client plays the samples to refwave, once.
  void play(const std::vector<std::int32_t>& samples);

 private:
  std::filesystem::path recorded_path() const { return folder_ / "recorded.s32"; }
  Environment environment() const;
  bool start();

  std::uint32_t rate_;
  const Cycle cycle_;
  const std::uint32_t period_frames_;
  const int captures_;                     // ports that record
  TemporaryFolder folder_{memory_path()};  // no server or recorder waits for a disk
  int lock_ = -1;                          // the lock on the name, one of kNames
  std::string name_;
  ChildProcess server_;
  ChildProcess ear_;
  ChildProcess player_;
  std::streamoff heard_bytes_ = 0;  // of the recording, to be left out
};

}  // namespace refwave::test
