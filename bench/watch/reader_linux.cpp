#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "bench/watch/reader.h"
#include "driver/watch/folder_linux.h"

namespace refwave::watching {
namespace {

std::uint32_t number_of(const std::string& name) {
  return static_cast<std::uint32_t>(std::strtoul(name.c_str(), nullptr, 10));
}

/// Returns: the number, in this process's PID namespace, of the process that has locked the record; the
/// number in the record's name if it has none here.
std::uint32_t number_of(const std::string& name, const watch::Descriptor& record) {
  const bool has_namespace = name.find('-') != std::string::npos;
  if (!has_namespace || name.ends_with('-' + watch::pid_namespace())) return number_of(name);
  struct stat look {};
  fstat(*record, &look);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    // "1: FLOCK ADVISORY WRITE 7240 fe:00:10955208 0 EOF"
    std::string words[6];
    std::istringstream all(line);
    for (std::string& word : words) all >> word;
    if (words[1] == "FLOCK" && words[5].ends_with(':' + std::to_string(look.st_ino)))
      return number_of(words[4]);
  }
  return number_of(name);
}

/// Returns: whether a device calls the driver on that thread. `task`: the thread's folder in /proc.
bool is_audio(const Process& process, const std::string& task) {
  // "NSpid: 7240 12": its number here, and last the one in its own namespace.
  std::uint32_t number = 0;
  std::ifstream status(task + "/status");
  for (std::string line; number == 0 && std::getline(status, line);)
    if (line.starts_with("NSpid:")) number = number_of(line.substr(line.find_last_of(" \t") + 1));
  return number != 0 && std::ranges::count(process.devices, number, &Device::audio_thread) != 0;
}

std::string priority_of(std::uint32_t thread) {
  sched_param priority{};
  const int policy = sched_getscheduler(static_cast<pid_t>(thread)) & ~SCHED_RESET_ON_FORK;
  if (policy != SCHED_FIFO && policy != SCHED_RR) return "ordinary";
  sched_getparam(static_cast<pid_t>(thread), &priority);
  return (policy == SCHED_FIFO ? "SCHED_FIFO " : "SCHED_RR ") + std::to_string(priority.sched_priority);
}

}  // namespace

std::vector<Process> processes(std::string& problem) {
  std::vector<Process> found;
  const watch::Folder folder = watch::folder_of_records(problem);
  if (!folder.open) return found;
  for (const std::string& name : watch::records_in(folder)) {
    Process process{.number = number_of(name)};
    const watch::Descriptor file = watch::open_record(folder, name, process.problem);
    if (!file) continue;
    process.number = number_of(name, file);
    const auto read = [&](std::size_t at, std::span<std::byte> bytes) {
      const ssize_t count = pread(*file, bytes.data(), bytes.size(), static_cast<off_t>(at));
      return static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    };
    if (process.problem.empty()) process = read_record(process.number, read);
    found.push_back(std::move(process));
  }
  std::ranges::sort(found, {}, &Process::number);
  return found;
}

std::vector<Thread> threads(const Process& process) {
  std::vector<Thread> all;
  const std::string tasks = "/proc/" + std::to_string(process.number) + "/task/";
  for (const std::string& task : hal::names_in(tasks)) {
    std::string name;
    std::getline(std::ifstream(tasks + task + "/comm"), name);
    Thread thread{.number = number_of(task), .priority = priority_of(number_of(task))};
    if (name == "refwave-notify") thread.role = Thread::Role::notifier;
    if (is_audio(process, tasks + task)) thread.role = Thread::Role::audio;
    if (thread.role == Thread::Role::other && !name.starts_with("refwave-")) continue;
    std::ifstream(tasks + task + "/schedstat") >> thread.cpu_ns;
    all.push_back(std::move(thread));
  }
  return all;
}

}  // namespace refwave::watching
