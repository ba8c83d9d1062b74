// Common to the private sound servers: a server without hardware in a temporary folder, a recorder that keeps
// everything that arrives there, and another client that plays.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/recording.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {

class PrivateServer {
 public:
  virtual ~PrivateServer() = default;
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;

  /// Effects: this process, and the children it starts, use this server and no other.
  void export_environment() const {
    for (const auto& [name, value] : environment_) {
      if (value.empty()) {
        unsetenv(name.c_str());
      } else {
        setenv(name.c_str(), value.c_str(), 1);
      }
    }
  }
  /// Returns: the same as variables, for a child process ("" takes one away).
  const Environment& environment() const { return environment_; }

  /// Effects: the next start is at 44,100 instead of 48,000 frames a second, or the other way round.
  void change_rate() { rate_ = rate_ == 48'000 ? 44'100 : 48'000; }
  pid_t server_number() const { return server_.number(); }
  void freeze_server() { server_.signal(SIGSTOP); }
  void thaw_server() { server_.signal(SIGCONT); }

  /// Returns: whether a sample that is not 0 has arrived since the server started, or forget_recording().
  bool hears_sound() const {
    return std::ranges::any_of(recording().samples(), [](std::int32_t sample) { return sample != 0; });
  }
  /// Returns: of the recording, what wait_for_frames() does.
  std::vector<std::int32_t> wait_for_recording(std::size_t frames) const {
    return wait_for_frames(recorded_path(), heard_bytes_, frames, rate_);
  }
  /// Returns: the recording of now; forgetting begins another.
  RecordingFile recording() const { return {recorded_path(), heard_bytes_}; }
  /// Effects: wait_for_recording() leaves out the samples recorded so far.
  virtual void forget_recording() { forget_recording_after(0); }

  virtual void kill_server() = 0;
  /// Effects: starts the server again, with an empty recording. Errors: std::runtime_error.
  virtual void start_server() = 0;
  /// Effects: another client plays the samples for refwave to record, once.
  virtual void play(const std::vector<std::int32_t>& samples) = 0;
  /// Effects: records what refwave plays, from now on. Precondition: refwave plays, or is about to.
  virtual void listen() = 0;
  /// Effects: removes the sink, and makes another of its name.
  virtual void unload_sink() {}
  virtual void load_sink() {}
  /// Effects: makes a second sink the default, or the first sink again.
  virtual void change_default() {}
  virtual bool has_sinks() const { return true; }

 protected:
  /// `recording`: the file of samples.
  PrivateServer(std::uint32_t rate, const char* recording) : rate_(rate), recording_(recording) {}

  std::string here() const { return folder_.path().string(); }
  /// Returns: what the program prints. Errors: std::runtime_error if it fails.
  std::string control(const std::vector<std::string>& command) const {
    const std::filesystem::path log = folder_ / "control.log";
    std::filesystem::remove(log);
    if (ChildProcess(command, environment_, log).end(0) != 0)
      throw std::runtime_error(command[0] + ": " + contents_of(log));
    return contents_of(log);
  }
  std::filesystem::path recorded_path() const { return folder_ / recording_; }
  /// `header`: bytes before the samples.
  void forget_recording_after(std::streamoff header) {
    constexpr std::streamoff kFrameBytes = 8;
    const auto bytes = static_cast<std::streamoff>(bytes_in(recorded_path()));
    heard_bytes_ = header + (bytes - header) / kFrameBytes * kFrameBytes;
  }

  std::uint32_t rate_;
  const std::string recording_;
  TemporaryFolder folder_{memory_path()};  // no server or recorder waits for a disk
  Environment environment_;
  ChildProcess server_;
  ChildProcess recorder_;
  ChildProcess player_;
  std::streamoff heard_bytes_ = 0;  // of the recording, to be left out
};

/// PulseAudio or PipeWire, with sinks that have names.
class SinkServer : public PrivateServer {
 public:
  /// Effects: adds a second sink, "other".
  virtual void add_other_sink() = 0;
  virtual void remove_other_sink() = 0;
  virtual std::string first_sink() const { return "ref"; }
  /// Effects: records that sink from now on, which makes it take its audio evenly.
  void listen_to(const std::string& sink) {
    sink_ = sink;
    record();
  }
  void listen() override {
    listen_to(first_sink());
    forget_recording();
  }
  void change_default() override {
    add_other_sink();
    sink_ = sink_ == "ref" ? "other" : "ref";
    make_default(sink_);
    record();
  }

 protected:
  /// `environment`: beside what keeps this process and its children from any other server.
  SinkServer(std::uint32_t rate, const char* recording, const Environment& environment)
      : PrivateServer(rate, recording) {
    std::filesystem::create_directory(folder_ / "run");
    std::filesystem::permissions(folder_ / "run", std::filesystem::perms::owner_all);
    environment_ = {{"HOME", here()},
                    {"XDG_RUNTIME_DIR", here() + "/run"},
                    {"ALSA_CONFIG_PATH", here() + "/asound.conf"},
                    {"JACK_DEFAULT_SERVER", "refwave-none"},
                    {"DISPLAY", ""},
                    {"DBUS_SESSION_BUS_ADDRESS", ""}};
    for (const auto& [name, value] : environment) environment_[name] = here() + value;
  }
  /// Effects: a recording of the default sink begins. Errors: std::runtime_error with the logs.
  virtual void record() = 0;
  virtual void make_default(const std::string& sink) = 0;
  /// Effects: ALSA's devices lead to PulseAudio's protocol.
  void use_pulse_of_alsa() const {
    std::ofstream(folder_ / "asound.conf") << "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
                                              "pcm.refin { type pulse device \""
                                           << first_sink() << ".monitor\" }\n";
  }
  bool lists_sinks() const {
    std::filesystem::remove(folder_ / "pactl.log");
    ChildProcess pactl({"pactl", "list", "short", "sinks"}, environment_, folder_ / "pactl.log");
    return pactl.end(0) == 0 && bytes_in(folder_ / "pactl.log") > 0;
  }

  std::string sink_;  // the default one
  bool has_other_ = false;
};

}  // namespace refwave::test
