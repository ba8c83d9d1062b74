// The folder of a user's records, $XDG_RUNTIME_DIR/refwave, mode 0700. A record is a file named for its
// process, which has it locked (flock) as long as it lives, and from before it has that name. Whoever gets
// the lock has found the record of a dead one, and removes it.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "hal/system/environment_linux.h"

namespace refwave::watch {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int operator*() const { return number_; }
  void forget() { number_ = -1; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// Effects: makes the folder. Returns: its path, with a slash; empty if it cannot be had, and then `reason`
/// says why.
inline std::string folder_of_records(std::string& reason) {
  const std::string home = hal::environment_variable("XDG_RUNTIME_DIR");
  if (!home.starts_with('/')) {
    reason = "XDG_RUNTIME_DIR names no folder, or the program has more rights than its user";
    return {};
  }
  const std::string folder = home + "/refwave";
  struct stat look {};
  const bool is_there = mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST;
  if (!is_there || lstat(folder.c_str(), &look) != 0)
    reason = folder + ": " + std::strerror(errno);
  else if (!S_ISDIR(look.st_mode))
    reason = folder + ": " + std::strerror(ENOTDIR);
  else if (look.st_uid == geteuid() && (look.st_mode & 077) == 0)
    return folder + "/";
  else
    reason = folder + " is open to other users";
  return {};
}

/// Returns: the names of records in it.
inline std::vector<std::string> records_in(const std::string& folder) {
  std::vector<std::string> names = hal::names_in(folder);
  std::erase_if(names, [](const std::string& name) {
    return name.size() > 10 || name.find_first_not_of("0123456789") != std::string::npos;
  });
  return names;
}

/// Returns: the record of a living process; no descriptor if there is none. Effects: that of a dead one is
/// removed. `problem`: why it must not be read.
inline Descriptor open_record(const std::string& path, std::string& problem) {
  Descriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat look {};
  if (!file || fstat(*file, &look) != 0) return Descriptor();
  if (look.st_uid != geteuid()) problem = "its record is another user's";
  if (!S_ISREG(look.st_mode)) problem = "its record is no file";
  if (!problem.empty()) return file;
  // An empty one is being made.
  if (flock(*file, LOCK_EX | LOCK_NB) != 0) return look.st_size != 0 ? std::move(file) : Descriptor();
  // Another process may have removed it before, and a living one may have the name by now.
  if (fstat(*file, &look) == 0 && look.st_nlink != 0) unlink(path.c_str());
  return Descriptor();
}

}  // namespace refwave::watch
