#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "bench/watch/reader.h"
#include "driver/watch/folder_linux.h"

namespace refwave::watching {
namespace {

/// Returns: the number of the process that holds the record's lock, in this process's PID namespace; if it
/// has none there, the number in the record's name.
std::uint32_t number_of(const std::string& name, const watch::Descriptor& record) {
  auto number = static_cast<std::uint32_t>(std::strtoul(name.c_str(), nullptr, 10));
  struct stat look {};
  if (name.ends_with('-' + watch::pid_namespace()) || fstat(*record, &look) != 0) return number;
  std::ifstream locks("/proc/locks");
  // Such as "1: FLOCK  ADVISORY  WRITE 7240 fe:00:10955208 0 EOF".
  for (std::string line; std::getline(locks, line);) {
    unsigned holder = 0;
    unsigned long inode = 0;
    if (std::sscanf(line.c_str(), "%*s FLOCK %*s %*s %u %*x:%*x:%lu", &holder, &inode) == 2 &&
        inode == look.st_ino)
      number = holder;
  }
  return number;
}

}  // namespace

std::string why_no_record() {
  std::string reason;
  const watch::Folder folder = watch::folder_of_records(reason);
  if (!folder.open) return reason;
  const std::string name = "try-" + std::to_string(getpid());
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
  const watch::Descriptor file(openat(*folder.open, name.c_str(), kFlags, 0600));
  const std::vector<std::byte> bytes(sizeof(watch::Record) + sizeof(Stream));
  if (file) errno = ENOSPC;  // of a write that is cut short
  const bool has_room = file && write(*file, bytes.data(), bytes.size()) == std::ssize(bytes);
  reason = has_room ? "" : folder.path + ": " + std::strerror(errno);
  unlinkat(*folder.open, name.c_str(), 0);
  return reason;
}

std::vector<Process> processes() {
  std::vector<Process> found;
  std::string ignored;
  const watch::Folder folder = watch::folder_of_records(ignored);
  if (!folder.open) return found;
  for (const std::string& name : watch::records_in(folder)) {
    Process process;
    const auto file =
        std::make_shared<const watch::Descriptor>(watch::open_record(folder, name, process.problem));
    if (!*file) continue;
    process.number = number_of(name, *file);
    const auto read = [file](std::size_t at, std::span<std::byte> bytes) {
      const ssize_t count = pread(**file, bytes.data(), bytes.size(), static_cast<off_t>(at));
      return static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    };
    if (process.problem.empty()) process = read_record(process.number, read);
    process.read = read;
    found.push_back(std::move(process));
  }
  std::ranges::sort(found, {}, &Process::number);
  return found;
}

}  // namespace refwave::watching
