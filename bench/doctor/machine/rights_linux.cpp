// The limits of this process, and whether a thread of it gets real-time priority.
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "bench/doctor/machine/machine.h"
#include "hal/priority/rtkit_linux.h"
#include "hal/system/realtime.h"

namespace refwave::doctor {
namespace {

std::uint64_t limit_of(rlim_t limit) { return limit == RLIM_INFINITY ? Rights::kUnlimited : limit; }

bool is_granted() {
  bool granted = false;
  // A thread of its own asks, because the priority ends with the thread.
  std::thread([&granted] { granted = hal::take_fifo(0) != 0; }).join();
  return granted;
}

Rtkit find_rtkit() {
  const hal::RtkitTerms terms = hal::ask_rtkit_for_terms();
  return {terms.problem, terms.priority, terms.nice, static_cast<std::uint64_t>(terms.longest_us),
          hal::has_rttime_limit(terms.longest_us)};
}

}  // namespace

System this_system() { return System::linux_like; }

Rights find_rights() {
  Rights rights;
  rights.realtime = "SCHED_FIFO";
  rights.gets_realtime = is_granted();
  rlimit limit{};
  if (getrlimit(RLIMIT_RTPRIO, &limit) == 0) rights.rtprio_limit = limit_of(limit.rlim_cur);
  if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0) rights.memlock_bytes = limit_of(limit.rlim_cur);
  rights.rtkit = find_rtkit();
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
