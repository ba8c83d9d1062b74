// PulseAudio and PipeWire move a stream to a new default device themselves, so no default is counted here.
// Counted are a server that comes, by the socket that it makes, and a sound card that comes.
#include "hal/device_changes.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/system/environment_linux.h"

namespace refwave::hal {
namespace {

namespace fs = std::filesystem;

/// A folder, and the beginning of the names that are looked for in it.
struct Place {
  fs::path folder;
  std::string name;
};

/// Returns: the folders in which the sockets of sound servers and the devices of sound cards appear, after
/// the servers' own documentation.
std::vector<Place> places() {
  std::vector<Place> all;
  const auto add = [&all](const fs::path& file) {
    if (file.is_absolute()) all.push_back({file.parent_path(), file.filename().string()});
  };
  const fs::path runtime = environment_variable("XDG_RUNTIME_DIR");
  constexpr std::string_view kUnix = "unix:";
  if (const std::string server = environment_variable("PULSE_SERVER"); server.starts_with(kUnix))
    add(server.substr(kUnix.size()));
  add(fs::path(environment_variable("PULSE_RUNTIME_PATH")) / "native");
  add(runtime / "pulse" / "native");
  add(fs::path(environment_variable("PIPEWIRE_RUNTIME_DIR")) / "pipewire-0");
  add(runtime / "pipewire-0");
  const std::string jack = environment_variable("JACK_DEFAULT_SERVER");
  add("/dev/shm/jack_" + (jack.empty() ? "default" : jack) + "_");
  add("/dev/snd/pcm");
  return all;
}

}  // namespace

/// Inotify's descriptor, and the place that each of its watches stands for.
struct DeviceChanges::Registration {
  explicit Registration(std::shared_ptr<ChangeCounts> to) : counts(std::move(to)) {
    for (Place& place : places()) {
      const int watch = inotify_add_watch(descriptor, place.folder.c_str(), IN_CREATE | IN_MOVED_TO);
      if (watch >= 0) watched.emplace_back(watch, std::move(place.name));
    }
  }
  ~Registration() {
    if (descriptor >= 0) close(descriptor);
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  bool is_looked_for(const inotify_event& event) const {
    for (const auto& [watch, name] : watched) {
      if (event.wd == watch && event.len > 0 && std::string_view(event.name).starts_with(name)) return true;
    }
    return false;
  }

  const std::shared_ptr<ChangeCounts> counts;
  const int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  std::vector<std::pair<int, std::string>> watched;
};

DeviceChanges::DeviceChanges(std::shared_ptr<ChangeCounts> counts)
    : registration_(std::make_unique<Registration>(std::move(counts))) {}
DeviceChanges::~DeviceChanges() = default;

void DeviceChanges::look() {
  alignas(inotify_event) char events[4096];
  for (;;) {
    const ssize_t bytes = read(registration_->descriptor, events, sizeof events);
    if (bytes <= 0) return;
    for (const char* at = events; at < events + bytes;) {
      const auto& event = *reinterpret_cast<const inotify_event*>(at);
      if (registration_->is_looked_for(event))
        registration_->counts->all.fetch_add(1, std::memory_order_relaxed);
      at += sizeof event + event.len;
    }
  }
}

}  // namespace refwave::hal
