// The folder of a user's records, mode 0700: refwave in $REFWAVE_RUNTIME_DIR, which `refwave watch` sets for
// its program where there is no other, else in $XDG_RUNTIME_DIR. A record is a file named for its process,
// which holds a lock on it (flock) from before it has that name until it ends. A process that gets the lock
// has found the record of a dead process, and removes it.
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
#include "hal/system/process.h"

namespace refwave::watch {

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
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

/// Open, so that its path cannot be replaced meanwhile.
struct Folder {
  std::string path;
  Descriptor open;
};

/// Effects: makes the folder. Errors: no descriptor, and `reason`.
inline Folder folder_of_records(std::string& reason) {
  std::string home = hal::environment_variable("REFWAVE_RUNTIME_DIR");
  struct stat look {};
  // It may have outlived `refwave watch`, and its name may be another user's by now.
  if (!home.empty() &&
      (stat(home.c_str(), &look) != 0 || look.st_uid != geteuid() || (look.st_mode & 077) != 0)) {
    reason = home + ": no folder of this user alone";
    return {};
  }
  if (home.empty()) home = hal::environment_variable("XDG_RUNTIME_DIR");
  if (!home.starts_with('/')) {
    reason = "XDG_RUNTIME_DIR names no folder, or the program has more rights than its user";
    return {};
  }
  std::string path = home + "/refwave";
  const bool is_there = mkdir(path.c_str(), 0700) == 0 || errno == EEXIST;
  Descriptor open(is_there ? ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1);
  if (!open || fstat(*open, &look) != 0) {
    reason = path + ": " + std::strerror(errno);
    return {};
  }
  if (look.st_uid == geteuid() && (look.st_mode & 077) == 0) return {std::move(path), std::move(open)};
  reason = path + " is open to other users";
  return {};
}

/// Returns: the PID namespace. Two containers that share the folder may have processes with the same number.
inline std::string pid_namespace() {
  struct stat look {};
  return std::to_string(stat("/proc/self/ns/pid", &look) == 0 ? look.st_ino : 0);
}

inline std::string own_record_name() { return std::to_string(hal::process_number()) + '-' + pid_namespace(); }

inline std::vector<std::string> records_in(const Folder& folder) {
  std::vector<std::string> names = hal::names_in(folder.path);
  std::erase_if(names, [](const std::string& name) {
    return name[0] < '0' || name[0] > '9' || name.find_first_not_of("-0123456789") != std::string::npos;
  });
  return names;
}

/// Effects: removes a dead process's record. Returns: that of a living one. `problem`: why it is not read.
inline Descriptor open_record(const Folder& folder, const std::string& name, std::string& problem) {
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  Descriptor file(openat(*folder.open, name.c_str(), kFlags));
  struct stat look {};
  if (!file || fstat(*file, &look) != 0) return {};
  if (look.st_uid != geteuid()) problem = "its record is another user's";
  if (!S_ISREG(look.st_mode)) problem = "its record is no file";
  if (!problem.empty()) return file;
  // An empty one is being made.
  if (flock(*file, LOCK_EX | LOCK_NB) != 0) return look.st_size != 0 ? std::move(file) : Descriptor();
  // Another process may have removed it, and a living one may have taken the name.
  if (fstat(*file, &look) == 0 && look.st_nlink != 0) unlinkat(*folder.open, name.c_str(), 0);
  return {};
}

}  // namespace refwave::watch
