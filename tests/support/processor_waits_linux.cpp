#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/processor_waits.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;

/// Returns: this process, and all that came of it.
std::vector<long> family() {
  std::multimap<long, long> children;  // by parent
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const long process = std::atol(entry.path().filename().c_str());
    std::ifstream file(entry.path() / "stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(") ");
    if (process == 0 || name_end == std::string::npos) continue;
    children.emplace(std::atol(text.c_str() + name_end + 4), process);  // behind the state, a letter
  }
  std::vector<long> all{getpid()};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto [begin, end] = children.equal_range(all[i]);
    std::for_each(begin, end, [&](const auto& child) { all.push_back(child.second); });
  }
  return all;
}

bool is_below_normal(long thread) {
  const int policy = sched_getscheduler(static_cast<pid_t>(thread));
  return policy == SCHED_IDLE || policy == SCHED_BATCH ||
         getpriority(PRIO_PROCESS, static_cast<id_t>(thread)) > 0;
}

}  // namespace

ProcessorWaits::Waits ProcessorWaits::now() {
  Waits waits;
  for (const long process : family()) {
    std::error_code error;  // it may end meanwhile
    const fs::path tasks = "/proc/" + std::to_string(process) + "/task";
    for (fs::directory_iterator task(tasks, error), end; !error && task != end; task.increment(error)) {
      const long thread = std::atol(task->path().filename().c_str());
      long long ran_ns = 0, waited_ns = 0;
      if (!is_below_normal(thread) && std::ifstream(task->path() / "schedstat") >> ran_ns >> waited_ns)
        waits[thread] = std::chrono::nanoseconds(waited_ns);
    }
  }
  return waits;
}

void ProcessorWaits::look() {
  for (const auto& [thread, waited] : now()) {
    const auto before = begun_.find(thread);
    longest_ =
        std::max(longest_, waited - (before == begun_.end() ? std::chrono::nanoseconds{0} : before->second));
  }
}

std::chrono::milliseconds ProcessorWaits::longest() {
  look();
  return std::chrono::duration_cast<std::chrono::milliseconds>(longest_);
}

}  // namespace refwave::test
