// Counts servers, by the sockets that they make, and sound cards that appear. Defaults are not counted,
// because PulseAudio and PipeWire move a stream to a new default themselves.
#include "hal/device_changes.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "hal/server_sockets_linux.h"
#include "hal/system/environment_linux.h"

namespace refwave::hal {
namespace {

namespace fs = std::filesystem;

/// Returns: the beginnings of the paths at which the sockets of sound servers and the devices of sound cards
/// appear, after the servers' own documentation.
std::vector<fs::path> places() {
  std::vector<fs::path> all = pulse_places().sockets;
  std::ranges::move(pipewire_sockets(), std::back_inserter(all));
  all.emplace_back(jack_files());
  all.emplace_back("/dev/snd/pcm");
  return all;
}

}  // namespace

/// Inotify's descriptor, and the meaning of each of its watches.
struct DeviceChanges::Registration {
  explicit Registration(std::shared_ptr<ChangeCounts> to) : counts(std::move(to)) {}
  ~Registration() {
    if (descriptor >= 0) close(descriptor);
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  static constexpr int kMoved = -1;    // its folder has appeared or disappeared; follow() watches again
  static constexpr int kNowhere = -2;  // no folder on its way can be watched
  /// A place that is watched, or the folder above that exists, for the next folder on the way to the place.
  struct Watched {
    int watch = kMoved;
    fs::path place;
    std::string way{};  // that folder's name; empty: the place itself
  };

  /// Effects: watches the place. A server makes its folder when it starts for the first time. Throws:
  /// std::bad_alloc.
  Watched watch(const fs::path& place) const {
    std::string way;
    for (fs::path folder = place.parent_path();; folder = folder.parent_path()) {
      const int number = inotify_add_watch(descriptor, folder.c_str(), IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
      const bool is_absent = number < 0 && errno == ENOENT;
      if (number < 0 && errno == ENOMEM) throw std::bad_alloc();
      std::error_code ignored;
      // The next folder may have appeared before this one was watched.
      if (number >= 0 && !way.empty() && fs::is_directory(folder / way, ignored)) return watch(place);
      if (number >= 0) return {number, place, way};
      if (!is_absent || folder == folder.parent_path()) return {kNowhere, place};
      way = folder.filename().string();
    }
  }

  /// Returns: whether it reports a server or a card.
  bool is_looked_for(const inotify_event& event) noexcept {
    const std::string_view name = event.len > 0 ? event.name : "";
    const bool is_overflow = (event.mask & IN_Q_OVERFLOW) != 0;  // events were lost
    bool found = is_overflow;
    for (Watched& one : watched) {
      if (is_overflow) one.watch = kMoved;
      if (event.wd != one.watch) continue;
      const std::string_view place = one.place.native();
      if (one.way.empty() && !name.empty())
        found = found || name.starts_with(place.substr(place.rfind('/') + 1));
      if ((event.mask & IN_IGNORED) != 0 || (!one.way.empty() && name == one.way)) one.watch = kMoved;
    }
    return found;
  }

  /// Effects: follows folders that have appeared or disappeared. Throws: std::bad_alloc; the next call
  /// continues.
  void follow() {
    for (Watched& one : watched) {
      if (one.watch != kMoved) continue;
      Watched now = watch(one.place);
      // It may have appeared before its folder was watched.
      if (has_path_that_begins(one.place)) count();
      one = std::move(now);
    }
  }

  void count() const { counts->all.fetch_add(1, std::memory_order_relaxed); }

  const std::shared_ptr<ChangeCounts> counts;
  const int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  std::vector<Watched> watched;
};

DeviceChanges::DeviceChanges(std::shared_ptr<ChangeCounts> counts)
    : registration_(std::make_unique<Registration>(std::move(counts))) {
  for (const fs::path& place : places()) registration_->watched.push_back(registration_->watch(place));
}
DeviceChanges::~DeviceChanges() = default;

void DeviceChanges::look() {
  alignas(inotify_event) char events[4096];
  for (ssize_t bytes = 0; (bytes = read(registration_->descriptor, events, sizeof events)) > 0;) {
    for (const char* at = events; at < events + bytes;) {
      const auto& event = *reinterpret_cast<const inotify_event*>(at);
      if (registration_->is_looked_for(event)) registration_->count();
      at += sizeof event + event.len;
    }
  }
  try {
    registration_->follow();
  } catch (const std::bad_alloc&) {  // the next look continues
  }
}

}  // namespace refwave::hal
