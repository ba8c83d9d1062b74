#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "bench/watch/reader.h"
#include "driver/watch/folder_linux.h"

namespace refwave::watching {
namespace {

std::uint32_t number_of(const std::string& name) {
  return static_cast<std::uint32_t>(std::strtoul(name.c_str(), nullptr, 10));
}

/// PortAudio's and a server's library's threads have the name of the thread that has started them.
Thread::Role role_of(const std::string& name) {
  if (name == "refwave-notify") return Thread::Role::notifier;
  return name == "refwave-audio" || name == "refwave-pa" ? Thread::Role::audio : Thread::Role::other;
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
    if (!name.starts_with("refwave-")) continue;
    Thread thread{.number = number_of(task), .role = role_of(name), .priority = priority_of(number_of(task))};
    std::ifstream(tasks + task + "/schedstat") >> thread.cpu_ns;
    all.push_back(std::move(thread));
  }
  return all;
}

}  // namespace refwave::watching
