#include "tests/support/private_pulse.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "tests/support/eventually.h"

namespace refwave::test {

namespace fs = std::filesystem;

PrivatePulse::PrivatePulse(std::uint32_t rate, Sink sink)
    : SinkServer(rate, "recorded.s32",
                 {{"PULSE_RUNTIME_PATH", "/run"}, {"PULSE_STATE_PATH", ""}, {"PULSE_COOKIE", "/cookie"}}),
      kind_(sink) {
  environment_["PULSE_SERVER"] = "unix:" + here() + "/run/pulse.sock";
  use_pulse_of_alsa();
  PrivatePulse::start_server();
}

void PrivatePulse::start_server() {
  const fs::path log = folder_ / "server.log";
  server_ =
      ChildProcess({"pulseaudio", "--daemonize=no", "--system=false", "--exit-idle-time=-1",
                    "--disallow-exit", "--realtime=no", "--high-priority=no", "--use-pid-file=no", "-n", "-L",
                    "module-native-protocol-unix auth-anonymous=1 socket=" + here() + "/run/pulse.sock", "-L",
                    sink_module()},
                   environment_, log);
  sink_ = first_sink();
  has_other_ = false;
  if (kind_ == Sink::steady) return record();
  wait_for_server();
}

std::string PrivatePulse::sink_module() const {
  switch (kind_) {
    case Sink::steady:
      return "module-null-sink sink_name=ref " + sink_arguments();
    case Sink::resting:
      return "module-null-sink sink_name=ref rate=" + std::to_string(rate_);
    case Sink::bare:
      return "module-null-sink";
    case Sink::dummy_output:
      return "module-always-sink";
  }
  return {};
}

std::string PrivatePulse::first_sink() const {
  if (kind_ == Sink::bare) return "null";
  return kind_ == Sink::dummy_output ? "auto_null" : "ref";
}

void PrivatePulse::wait_for_server() {
  if (!eventually([&] { return lists_sinks() || !server_.running(); }) || !server_.running())
    throw no_server();
}

std::runtime_error PrivatePulse::no_server() const {
  return std::runtime_error("no PulseAudio (is it installed?): " + contents_of(folder_ / "server.log") +
                            contents_of(folder_ / "recorder.log"));
}

/// norewinds: the sink would otherwise render seconds ahead and play them twice.
std::string PrivatePulse::sink_arguments() const {
  return "format=float32le channels=2 norewinds=1 rate=" + std::to_string(rate_);
}

void PrivatePulse::record() {
  recorder_.end(SIGKILL);
  fs::remove(recorded_path());
  heard_bytes_ = 0;
  const bool recording = eventually([&] {
    if (!recorder_.running() && fs::exists(folder_ / "run/pulse.sock")) {
      recorder_ = ChildProcess(
          {"parec", "--raw", "--device=" + sink_ + ".monitor", "--format=s32le",
           "--rate=" + std::to_string(rate_), "--channels=2", "--latency-msec=20", recorded_path().string()},
          environment_, folder_ / "recorder.log");
    }
    return bytes_in(recorded_path()) > 0 || !server_.running();
  });
  if (!recording || !server_.running()) throw no_server();
}

void PrivatePulse::unload_sink() {
  recorder_.end(SIGKILL);
  control(
      {"pactl", "unload-module", kind_ == Sink::dummy_output ? "module-always-sink" : "module-null-sink"});
  has_other_ = false;
}

void PrivatePulse::load_sink() {
  sink_ = first_sink();
  const std::string module = sink_module();
  control({"pactl", "load-module", module.substr(0, module.find(' ')),
           module.substr(std::min(module.find(' '), module.size()))});
  kind_ == Sink::steady ? record() : wait_for_server();
}

void PrivatePulse::add_other_sink() {
  if (std::exchange(has_other_, true)) return;
  other_module_ = control({"pactl", "load-module", "module-null-sink", "sink_name=other", sink_arguments()});
  other_module_.erase(other_module_.find_last_not_of('\n') + 1);
}

void PrivatePulse::remove_other_sink() {
  recorder_.end(SIGKILL);
  control({"pactl", "unload-module", other_module_});
  has_other_ = false;
}

void PrivatePulse::change_default_to(const std::string& channels) {
  const auto count = 1 + std::ranges::count(channels, ',');
  control({"pactl", "load-module", "module-null-sink", "sink_name=wide", "norewinds=1",
           "channel_map=" + channels, "channels=" + std::to_string(count)});
  control({"pactl", "set-default-sink", "wide"});
}

std::vector<float> PrivatePulse::arrives_at(const std::string& channels) {
  std::vector<float> newest(static_cast<std::size_t>(1 + std::ranges::count(channels, ',')));
  const std::size_t frame_bytes = newest.size() * sizeof(float);
  const fs::path path = folder_ / "wide.f32";
  fs::remove(path);
  const ChildProcess listener(
      {"parec", "--raw", "--device=wide.monitor", "--format=float32le", "--rate=48000", "--latency-msec=20",
       "--channels=" + std::to_string(newest.size()), "--channel-map=" + channels, path.string()},
      environment_, folder_ / "listener.log");
  const bool is_heard = eventually([&] {
    const std::size_t frames = bytes_in(path) / frame_bytes;
    if (frames == 0) return false;
    std::ifstream file(path, std::ios::binary);
    file.seekg(static_cast<std::streamoff>((frames - 1) * frame_bytes));
    file.read(reinterpret_cast<char*>(newest.data()), static_cast<std::streamsize>(frame_bytes));
    return std::ranges::find(newest, 0.0F) == newest.end();
  });
  if (!is_heard) throw std::runtime_error("nothing arrives: " + contents_of(folder_ / "listener.log"));
  return newest;
}

void PrivatePulse::play(const std::vector<std::int32_t>& samples) {
  write_wav(folder_ / "played.wav", samples, rate_);
  player_ = ChildProcess({"paplay", "--device=" + first_sink(), "--latency-msec=200", here() + "/played.wav"},
                         environment_, folder_ / "player.log");
}

void PrivatePulse::kill_server() {
  recorder_.end(SIGKILL);
  server_.end(SIGKILL);
  std::error_code ignored;
  fs::remove(folder_ / "run/pulse.sock", ignored);
}

}  // namespace refwave::test
