// The limits of this process, and whether a thread of it gets real-time priority.
#include <pwd.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "bench/doctor/machine/machine.h"

namespace refwave::doctor {
namespace {

namespace fs = std::filesystem;

std::uint64_t limit_of(rlim_t limit) { return limit == RLIM_INFINITY ? Rights::kUnlimited : limit; }

bool is_granted() {
  bool granted = false;
  // A thread of its own asks, because the priority ends with the thread.
  std::thread([&granted] {
    const sched_param parameters{.sched_priority = 20};
    granted = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0;
  }).join();
  return granted;
}

Rights::Rtkit rtkit_in(const fs::path& root) {
  std::error_code error;
  if (!fs::exists(root / "run/dbus/system_bus_socket", error)) return Rights::Rtkit::no_bus;
  const fs::path services = root / "usr/share/dbus-1/system-services";
  return fs::exists(services / "org.freedesktop.RealtimeKit1.service", error) ? Rights::Rtkit::there
                                                                              : Rights::Rtkit::absent;
}

}  // namespace

System this_system() { return System::linux_like; }

Rights find_rights(const fs::path& root) {
  Rights rights;
  rights.realtime = "SCHED_FIFO";
  rights.gets_realtime = is_granted();
  rlimit limit{};
  if (getrlimit(RLIMIT_RTPRIO, &limit) == 0) rights.rtprio_limit = limit_of(limit.rlim_cur);
  if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0) rights.memlock_bytes = limit_of(limit.rlim_cur);
  rights.rtkit = rtkit_in(root);
  return rights;
}

Person this_person() {
  const passwd* const entry = getpwuid(getuid());
  const char* const home = std::getenv("HOME");
  return {home != nullptr    ? home
          : entry != nullptr ? entry->pw_dir
                             : "",
          entry != nullptr ? entry->pw_name : ""};
}

}  // namespace refwave::doctor
