// The limits of this process, and whether a thread of it gets real-time priority; the registered drivers, as
// libwinmm finds and loads them for programs.
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>
#include <winmm_host.h>

#include <cstdlib>
#include <thread>
#include <vector>

#include "bench/doctor/machine/machine.h"
#include "driver/winmm/refwave.h"
#include "hal/priority/rtkit_linux.h"
#include "hal/system/realtime.h"
#include "inf/cli/console/text.h"

namespace refwave::doctor {
namespace {

bool is_granted() {
  bool granted = false;
  // A thread of its own asks, because the priority ends with the thread.
  std::thread([&granted] { granted = hal::take_fifo(0) != 0; }).join();
  return granted;
}

std::string find_rtkit() {
  const hal::RtkitTerms terms = hal::ask_rtkit_for_terms();
  if (!terms.problem.empty()) return terms.problem;
  return "rtkit lends priority " + std::to_string(terms.priority) + " to programs with an RLIMIT_RTTIME of " +
         std::to_string(terms.longest_us / 1'000) + " ms at most, and nice " + std::to_string(terms.nice) +
         " to all";
}

struct Registration {
  std::string key, origin, file, parameters, error;
};

void CALLBACK take(LPVOID list, const WINMM_HOST_REGISTRATION* listed) {
  static_cast<std::vector<Registration>*>(list)->push_back(
      {listed->szKey, listed->szOrigin, listed->szFile, listed->szParameters, listed->szError});
}

/// Returns: `error` on one line, without the origin at its beginning, because the page prints the origin
/// itself.
std::string without(const std::string& origin, std::string error) {
  for (char& c : error) c = c == '\n' ? ' ' : c;
  while (error.ends_with(' ')) error.pop_back();
  return error.starts_with(origin + ": ") ? error.substr(origin.size() + 2) : error;
}

/// Effects: loads the driver and unloads it; `problem` says why it does not load. Returns: whether the driver
/// is refwave.
bool try_driver(const Registration& registration, std::string& problem) {
  const std::u16string key(registration.key.begin(), registration.key.end());
  const HDRVR driver = OpenDriver(key.c_str(), u"Drivers32", 0);
  if (driver == nullptr) {
    problem = without(registration.origin, winmm_host_last_error());
    return false;
  }
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  const LRESULT result =
      SendDriverMessage(driver, REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics), 0);
  CloseDriver(driver, 0, 0);
  // A driver that does not know the message answers 0, which is MMSYSERR_NOERROR. Therefore the slot, which
  // only refwave fills in, decides.
  return result == MMSYSERR_NOERROR && statistics.dwSlot == REFWAVE_TRACE_NO_SLOT;
}

}  // namespace

System this_system() { return System::linux_like; }

Rights find_rights() {
  Rights rights;
  rights.realtime = "SCHED_FIFO";
  rights.gets_realtime = is_granted();
  rlimit limit{};
  if (getrlimit(RLIMIT_RTPRIO, &limit) == 0)
    rights.rtprio_limit = limit.rlim_cur == RLIM_INFINITY ? "unlimited" : std::to_string(limit.rlim_cur);
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

Registrations find_drivers(const std::filesystem::path& command_folder) {
  Registrations found;
  std::vector<Registration> list;
  winmm_host_list_registrations(take, &list);
  for (const Registration& registration : list) {
    if (registration.key.empty()) {
      found.drivers.why_none = registration.error;
      continue;
    }
    Driver driver{registration.origin, registration.file, without(registration.origin, registration.error)};
    if (driver.problem.empty()) driver.is_refwave = try_driver(registration, driver.problem);
    if (driver.is_refwave && found.parameters.empty()) found.parameters = registration.parameters;
    found.drivers.found.push_back(std::move(driver));
  }
  found.drivers.outputs = waveOutGetNumDevs();
  found.drivers.inputs = waveInGetNumDevs();
  // Only the count of the devices shows a driver that loads and is no wave driver.
  const std::string errors = winmm_host_last_error();
  for (Driver& driver : found.drivers.found) {
    const std::size_t at = errors.find(driver.where + ": ");
    if (driver.problem.empty() && at != std::string::npos)
      driver.problem = without(driver.where, errors.substr(at, errors.find('\n', at) - at));
  }
  winmm_host_unload_wave_drivers();
  found.drivers.beside = cli::path_text(command_folder / "refwave.drv");
  return found;
}

}  // namespace refwave::doctor
