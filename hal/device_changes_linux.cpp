// Counts servers, by the sockets that they make, and sound cards that appear. Defaults are not counted,
// because PulseAudio and PipeWire move a stream to a new default themselves. The folders are read, and not
// watched by inotify, because close() of its descriptor waits for the kernel, for seconds on a busy machine.
#include "hal/device_changes.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "hal/server_sockets_linux.h"
#include "hal/system/environment_linux.h"

namespace refwave::hal {
namespace {

/// A socket or a sound card's device. One that was made anew differs.
struct Found {
  std::string path;
  ino_t inode = 0;
  timespec changed{};

  bool operator==(const Found& other) const {
    return path == other.path && inode == other.inode && changed.tv_sec == other.changed.tv_sec &&
           changed.tv_nsec == other.changed.tv_nsec;
  }
};

/// Returns: the beginnings of the paths at which the sockets of sound servers and the devices of sound cards
/// appear, after the servers' own documentation.
std::vector<std::filesystem::path> places() {
  std::vector<std::filesystem::path> all = pulse_places().sockets;
  std::ranges::move(pipewire_sockets(), std::back_inserter(all));
  all.emplace_back(jack_files());
  all.emplace_back("/dev/snd/pcm");
  return all;
}

/// Throws: std::bad_alloc.
std::vector<Found> found_at(const std::vector<std::filesystem::path>& places) {
  std::vector<Found> found;
  for (const std::filesystem::path& place : places) {
    for (const std::string& name : names_in(place.parent_path())) {
      if (!name.starts_with(place.filename().native())) continue;
      std::string path = (place.parent_path() / name).string();
      struct stat look {};
      if (stat(path.c_str(), &look) == 0) found.push_back({std::move(path), look.st_ino, look.st_ctim});
    }
  }
  return found;
}

}  // namespace

struct DeviceChanges::Registration {
  std::shared_ptr<ChangeCounts> counts;
  std::vector<std::filesystem::path> places;
  std::vector<Found> found;
};

DeviceChanges::DeviceChanges(std::shared_ptr<ChangeCounts> counts)
    : registration_(std::make_unique<Registration>(Registration{std::move(counts), places(), {}})) {
  registration_->found = found_at(registration_->places);
}
DeviceChanges::~DeviceChanges() = default;

void DeviceChanges::look() {
  try {
    std::vector<Found> now = found_at(registration_->places);
    const bool is_news = std::ranges::any_of(now, [this](const Found& one) {
      return std::ranges::find(registration_->found, one) == registration_->found.end();
    });
    if (is_news) registration_->counts->all.fetch_add(1, std::memory_order_relaxed);
    registration_->found = std::move(now);
  } catch (const std::bad_alloc&) {  // the next look finds it
  }
}

}  // namespace refwave::hal
