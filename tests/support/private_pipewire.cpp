#include "tests/support/private_pipewire.h"

#include <dlfcn.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "tests/support/eventually.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kServer = R"(
context.properties = {
  core.daemon = true core.name = pipewire-0 support.dbus = false
  default.clock.rate = RATE default.clock.quantum = 256 default.clock.min-quantum = 64
}
context.spa-libs = { audio.convert.* = audioconvert/libspa-audioconvert  support.* = support/libspa-support }
context.modules = [
  { name = libpipewire-module-protocol-native }
  { name = libpipewire-module-metadata }
  { name = libpipewire-module-spa-node-factory }
  { name = libpipewire-module-client-node }
  { name = libpipewire-module-client-device }
  { name = libpipewire-module-access }
  { name = libpipewire-module-adapter }
  { name = libpipewire-module-link-factory }
  { name = libpipewire-module-session-manager }
]
context.objects = [ { factory = adapter args = {
  factory.name = support.null-audio-sink node.name = ref media.class = Audio/Sink object.linger = true
  audio.position = [ FL FR ] audio.rate = RATE priority.driver = 8000
} } ]
)";

constexpr const char* kPulse = R"(
context.properties = { support.dbus = false }
context.spa-libs = { audio.convert.* = audioconvert/libspa-audioconvert  support.* = support/libspa-support }
context.modules = [
  { name = libpipewire-module-protocol-native }
  { name = libpipewire-module-client-node }
  { name = libpipewire-module-adapter }
  { name = libpipewire-module-metadata }
  { name = libpipewire-module-protocol-pulse args = { server.address = [ "unix:native" ] } }
]
)";

constexpr const char* kSessionManager = R"(
context.properties = { support.dbus = false }
context.modules = [
  { name = libpipewire-module-protocol-native }
  { name = libpipewire-module-client-node }
  { name = libpipewire-module-client-device }
  { name = libpipewire-module-adapter }
  { name = libpipewire-module-metadata }
  { name = libpipewire-module-session-manager }
]
session.modules = { default = [ policy-node metadata default-nodes streams-follow-default ] }
)";

// Added to the configuration of newer systems' session manager, which would otherwise look for sound cards.
constexpr const char* kWirePlumber = R"(
context.properties = { support.dbus = false }
wireplumber.profiles = { main = {
  hardware.audio = disabled  hardware.bluetooth = disabled  hardware.video-capture = disabled
  support.dbus = disabled  support.reserve-device = disabled  support.portal-permissionstore = disabled
  support.logind = disabled
} }
)";

// One frame more than libsndfile's longest header. The first frames are zeros.
constexpr std::streamoff kWavHeaderBytes = 104;

std::streamoff header_bytes_in(const fs::path& path) {
  std::string begin(kWavHeaderBytes, '\0');
  std::ifstream(path, std::ios::binary).read(begin.data(), kWavHeaderBytes);
  constexpr std::streamoff kNameAndLength = 8;
  const std::size_t data = begin.find("data");
  return data == begin.npos ? kWavHeaderBytes : static_cast<std::streamoff>(data) + kNameAndLength;
}

/// Returns: the serial of the node "ref" in pw-cli's list.
std::string serial_of_ref(const std::string& list) {
  const std::string_view key = "object.serial = \"";
  const std::size_t name = list.find("node.name = \"ref\"");
  const std::size_t serial = list.rfind(key, name);
  if (name == list.npos || serial == list.npos) return "-1";
  const std::size_t begin = serial + key.size();
  return list.substr(begin, list.find('"', begin) - begin);
}

bool is_wireplumber() {
  static const bool is = std::system("command -v pipewire-media-session >/dev/null 2>&1") != 0;
  return is;
}

/// Without the right to priority, libpipewire loads libdbus briefly and leaks its allocations, which
/// LeakSanitizer would report. The driver keeps libdbus loaded only after its first use.
void keep_libdbus() {
#ifdef __SANITIZE_ADDRESS__
  if (void* const library = dlopen("libdbus-1.so.3", RTLD_NOW | RTLD_NODELETE)) dlclose(library);
#endif
}

}  // namespace

PrivatePipewire::PrivatePipewire(std::uint32_t rate, Protocol protocol)
    : SinkServer(rate, "recorded.wav",
                 {{"XDG_CONFIG_HOME", ""},
                  {"PIPEWIRE_RUNTIME_DIR", "/run"},
                  {"MEDIA_SESSION_CONFIG_DIR", ""},
                  {"PULSE_RUNTIME_PATH", "/run/pulse"}}),
      protocol_(protocol) {
  keep_libdbus();
  fs::create_directories(folder_ / "wireplumber" / "wireplumber.conf.d");
  environment_["PULSE_SERVER"] = "unix:" + here() + "/run/pulse/native";
  PrivatePipewire::start_server();
}

void PrivatePipewire::configure() const {
  const std::regex rate("RATE");
  std::ofstream(folder_ / "pipewire.conf") << std::regex_replace(kServer, rate, std::to_string(rate_));
  std::ofstream(folder_ / "media-session.conf") << kSessionManager;
  std::ofstream(folder_ / "wireplumber" / "wireplumber.conf.d" / "refwave.conf") << kWirePlumber;
}

/// Effects: ALSA's devices lead to this server. WirePlumber records a sink only by its number. Precondition:
/// answers() has seen the sink.
void PrivatePipewire::configure_alsa() const {
  // In one step, because a program that plays may read it now.
  std::ofstream(folder_ / "asound.new")
      << "pcm_type.pipewire { lib \"" REFWAVE_PIPEWIRE_PLUGIN
         "\" }\n"
         "pcm.!default { type pipewire playback_node \"-1\" capture_node \"-1\" }\n"
         "pcm.refin { type pipewire playback_node \"-1\" capture_node \""
      << (is_wireplumber() ? serial_of_ref(contents_of(folder_ / "seen.log")) : "ref") << "\" }\n";
  fs::rename(folder_ / "asound.new", folder_ / "asound.conf");
}

void PrivatePipewire::start_pulse() {
  std::ofstream(folder_ / "pulse.conf") << kPulse;
  use_pulse_of_alsa();
  pulse_ = ChildProcess({"pipewire", "-c", here() + "/pulse.conf"}, environment_, folder_ / "pulse.log");
  if (!eventually([&] { return lists_sinks(); }))
    throw std::runtime_error("no PulseAudio of PipeWire's: " + contents_of(folder_ / "pulse.log"));
}

bool PrivatePipewire::answers(const char* what) {
  const fs::path seen = folder_ / "seen.log";
  return eventually([&] {
    fs::remove(seen);
    ChildProcess asker({"pw-cli", "ls"}, environment_, seen);
    return (asker.end(0) == 0 && contents_of(seen).find(what) != std::string::npos) || !server_.running();
  });
}

void PrivatePipewire::start_server() {
  configure();
  server_ = ChildProcess({"pipewire", "-c", here() + "/pipewire.conf"}, environment_, folder_ / "server.log");
  answers("\"ref\"");
  configure_alsa();
  session_manager_ = ChildProcess({is_wireplumber() ? "wireplumber" : "pipewire-media-session"}, environment_,
                                  folder_ / "session.log");
  if (protocol_ == Protocol::pulse) start_pulse();
  sink_ = "ref";
  has_other_ = false;
  record();
}

void PrivatePipewire::record() {
  recorder_.end(SIGKILL);
  fs::remove(recorded_path());
  heard_bytes_ = kWavHeaderBytes;
  recorder_ =
      ChildProcess({"pw-record", "-P", "{ stream.capture.sink = true }", "--target", sink_, "--format", "s32",
                    "--rate", std::to_string(rate_), "--latency", "20ms", recorded_path().string()},
                   environment_, folder_ / "recorder.log");
  const auto records = [&] { return bytes_in(recorded_path()) > 1'000 || !server_.running(); };
  if (!eventually(records) || !server_.running()) {
    throw std::runtime_error("no PipeWire (is it installed?): " + contents_of(folder_ / "server.log") +
                             contents_of(folder_ / "session.log") + contents_of(folder_ / "recorder.log"));
  }
}

void PrivatePipewire::add_node(const std::string& name, const std::string& media_class) {
  control({"pw-cli", "create-node", "adapter",
           "{ factory.name=support.null-audio-sink node.name=" + name + " media.class=" + media_class +
               " object.linger=true audio.position=[FL FR] priority.driver=8000 audio.rate=" +
               std::to_string(rate_) + " }"});
  if (!answers(("\"" + name + "\"").c_str())) throw std::runtime_error("no node " + name);
}

void PrivatePipewire::unload_sink() {
  recorder_.end(SIGKILL);
  control({"pw-cli", "destroy", "ref"});
}

void PrivatePipewire::load_sink() {
  add_node("ref", "Audio/Sink");
  if (protocol_ == Protocol::pipewire) configure_alsa();
  record();
}

void PrivatePipewire::add_other_sink() {
  if (!std::exchange(has_other_, true)) add_node("other", "Audio/Sink");
}

void PrivatePipewire::remove_other_sink() {
  recorder_.end(SIGKILL);
  control({"pw-cli", "destroy", "other"});
  has_other_ = false;
}

void PrivatePipewire::make_default(const std::string& sink) {
  control({"pw-metadata", "0", "default.configured.audio.sink", "{ \"name\": \"" + sink + "\" }"});
}

void PrivatePipewire::play(const std::vector<std::int32_t>& samples) {
  write_wav(folder_ / "played.wav", samples, rate_);
  player_ = ChildProcess({"pw-play", "--target", "ref", "--latency", "200ms", here() + "/played.wav"},
                         environment_, folder_ / "player.log");
}

void PrivatePipewire::kill_server() {
  recorder_.end(SIGKILL);
  pulse_.end(SIGKILL);
  session_manager_.end(SIGKILL);
  server_.end(SIGKILL);
}

void PrivatePipewire::forget_recording() { forget_recording_after(header_bytes_in(recorded_path())); }

}  // namespace refwave::test
