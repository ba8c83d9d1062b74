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

namespace fs = std::filesystem;

/// A socket or a sound card's device. It differs if it was recreated, or its permissions changed.
struct Found {
  std::string path;
  ino_t inode = 0;
  time_t changed_s = 0;
  long changed_ns = 0;

  bool operator==(const Found&) const = default;
};

void add(std::string path, std::vector<Found>& found) {
  struct stat look {};
  if (stat(path.c_str(), &look) != 0) return;
  found.push_back({std::move(path), look.st_ino, look.st_ctim.tv_sec, look.st_ctim.tv_nsec});
}

}  // namespace

/// Where servers and cards appear, after the servers' own documentation.
struct DeviceChanges::Registration {
  /// Throws: std::bad_alloc.
  std::vector<Found> find() const {
    std::vector<Found> all;
    for (const fs::path& socket : sockets) add(socket, all);
    for (const fs::path& beginning : beginnings)
      for (std::string& path : paths_that_begin(beginning)) add(std::move(path), all);
    return all;
  }

  std::shared_ptr<ChangeCounts> counts;
  std::vector<fs::path> sockets = pulse_places().sockets;
  std::vector<fs::path> beginnings = {jack_files(), "/dev/snd/pcm"};
  std::vector<Found> found{};
};

DeviceChanges::DeviceChanges(std::shared_ptr<ChangeCounts> counts)
    : registration_(std::make_unique<Registration>(Registration{std::move(counts)})) {
  std::ranges::move(pipewire_sockets(), std::back_inserter(registration_->sockets));
  registration_->found = registration_->find();
}
DeviceChanges::~DeviceChanges() = default;

void DeviceChanges::look() {
  try {
    std::vector<Found> now = registration_->find();
    const bool is_news = std::ranges::any_of(now, [this](const Found& one) {
      return std::ranges::find(registration_->found, one) == registration_->found.end();
    });
    if (is_news) registration_->counts->all.fetch_add(1, std::memory_order_relaxed);
    registration_->found = std::move(now);
  } catch (const std::bad_alloc&) {  // the next look finds it
  }
}

}  // namespace refwave::hal
