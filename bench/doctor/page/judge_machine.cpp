// The judgement of rights and pace: whether this machine can wake threads in time; of the drivers that
// programs find, and of their configuration.
#include <algorithm>

#include "bench/doctor/page/page.h"
#include "inf/cli/console/text.h"

namespace refwave::doctor {
namespace {

constexpr double kBusy = 0.5;  // of all processors' time: above it our threads often wait for others
constexpr double kStolen = 0.05;
constexpr std::uint64_t kLateNs = 1'000'000;
constexpr std::uint64_t kLongSlackNs = 1'000'000;
constexpr std::uint64_t kJackLocksBytes = 64ULL << 20;
constexpr int kAudioPriority = 20;  // the priority that the clocked device asks for

std::string limit_text(std::uint64_t limit) {
  return limit == Rights::kUnlimited ? "unlimited" : std::to_string(limit);
}

std::string bytes_text(std::uint64_t bytes) {
  return bytes == Rights::kUnlimited ? "unlimited" : std::to_string(bytes >> 20) + " MiB";
}

std::string percent(double share) { return cli::formatted("%.0f%%", 100 * share); }

std::string to_get_realtime(const Facts& facts) {
  if (facts.system == System::windows)
    return "start the service \"Multimedia Class Scheduler\" (MMCSS), and see that its task \"Pro Audio\" is "
           "in the registry";
  return "put \"@audio - rtprio 95\" into /etc/security/limits.d/audio.conf, be in the group audio "
         "(`usermod -aG audio NAME`), and log in again";
}

bool has_jack(const Facts& facts) {
  for (const Server& server : facts.servers) {
    if (server.name == "JACK" && server.state != Server::State::absent) return true;
  }
  return false;
}

void judge_memory(const Facts& facts, Section& section) {
  const Rights& rights = facts.rights;
  if (!rights.memlock_bytes) return;
  const std::string text = "locked memory: " + bytes_text(*rights.memlock_bytes);
  // refwave locks no memory, but libjack does in each client of a JACK server that runs in real time.
  if (*rights.memlock_bytes >= kJackLocksBytes)
    section.good(text);
  else if (!has_jack(facts))
    section.note(text + ", of which refwave needs none");
  else
    section.wrong(
        text + ", and clients of JACK lock all of theirs",
        "put \"@audio - memlock unlimited\" into /etc/security/limits.d/audio.conf, and log in again");
}

/// Effects: reports what rtkit lends, and what a device's audio thread will have.
void judge_rtkit(const Facts& facts, const Rtkit& rtkit, Section& section) {
  if (!rtkit.problem.empty()) {
    section.note(rtkit.problem);
    return;
  }
  const std::string limit = std::to_string(rtkit.longest_us / 1'000) + " ms";
  section.note("rtkit lends priority " + std::to_string(rtkit.priority) +
               " to programs with an RLIMIT_RTTIME of " + limit + " at most, and nice " +
               std::to_string(rtkit.nice) + " to all");
  if (facts.rights.gets_realtime || facts.configured.audio_priority == "ordinary") return;
  const bool lends = rtkit.is_limited || facts.configured.audio_priority == "rtkit";
  section.note(lends ? "a device's audio thread gets that priority of rtkit"
                     : "a device's audio thread gets that nice value: this program has no such limit");
}

void judge_governor(const Pace& pace, Section& section) {
  std::string text;
  bool is_slow = false;
  for (const auto& [name, processors] : pace.governors) {
    text.append(text.empty() ? "" : ", ").append(name).append(" on ").append(std::to_string(processors));
    is_slow = is_slow || name == "powersave" || name == "conservative";
  }
  if (text.empty()) {
    section.note("governor: not reported by this system");
    return;
  }
  // These two drivers choose the frequency by themselves, and "powersave" is their ordinary governor.
  const bool is_own =
      pace.governor_driver == "intel_pstate" || pace.governor_driver.starts_with("amd-pstate");
  text = "governor: " + text + (pace.governor_driver.empty() ? "" : " (" + pace.governor_driver + ")");
  if (!is_slow || is_own)
    section.good(text);
  else
    section.wrong(text, "`cpupower frequency-set -g performance`, or schedutil, as root");
}

void judge_power(const Pace& pace, Section& section) {
  if (pace.power_plan.empty()) return;
  const std::string text = "power plan: " + pace.power_plan;
  if (!pace.saves_battery)
    section.good(text);
  else
    section.wrong(text + ", saving power",
                  "choose \"Balanced\" or \"High performance\" in the power options");
}

void judge_timers(const Facts& facts, Section& section) {
  const Pace& pace = facts.pace;
  if (pace.slack_ns) {
    const std::string text = "timer slack: " + cli::duration_text(static_cast<double>(*pace.slack_ns));
    if (*pace.slack_ns <= kLongSlackNs)
      section.good(text);
    else
      section.wrong(text, "something has slowed this program's timers down: start it from another shell");
  }
  const std::string text =
      "a sleep of 1 ms ends " + cli::duration_text(static_cast<double>(pace.lateness_ns)) + " late";
  if (pace.lateness_ns <= kLateNs)
    section.good(text);
  else
    section.wrong(text, pace.busy > kBusy ? "the machine is busy: try again when it is quiet"
                                          : "see governor, power plan and, in a virtual machine, the host");
}

void judge_load(const Facts& facts, Section& section) {
  const Pace& pace = facts.pace;
  const std::string load = pace.load ? cli::formatted(", load %.1f", *pace.load) : "";
  const std::string text = "busy: " + percent(pace.busy) + " of " + std::to_string(pace.processors) +
                           (pace.processors == 1 ? " processor" : " processors") + load;
  if (pace.busy <= kBusy)
    section.good(text);
  else
    section.wrong(text, std::string("find what runs (") +
                            (facts.system == System::windows ? "the task manager" : "`top`") +
                            ") and end it, or measure when it has ended");
  if (pace.stolen > kStolen)
    section.wrong("the host of this virtual machine took " + percent(pace.stolen) + " of its time",
                  "give the virtual machine processors of its own, or measure on hardware");
}

}  // namespace

Section judge_rights(const Facts& facts) {
  const Rights& rights = facts.rights;
  Section section{"Rights", {}};
  std::string limit = rights.rtprio_limit ? "; RTPRIO limit " + limit_text(*rights.rtprio_limit) : "";
  if (rights.rtprio_limit && *rights.rtprio_limit != 0 && *rights.rtprio_limit < kAudioPriority)
    limit += ", below the " + std::to_string(kAudioPriority) + " that refwave asks for";
  if (rights.gets_realtime && rights.rtprio_limit == 0)
    section.good(rights.realtime + " is granted by a capability, though the RTPRIO limit is 0");
  else if (rights.gets_realtime)
    section.good(rights.realtime + " is granted" + limit);
  else
    section.wrong(rights.realtime + " is refused" + limit, to_get_realtime(facts));
  if (rights.rtkit) judge_rtkit(facts, *rights.rtkit, section);
  if (facts.configured.audio_priority == "ordinary")
    section.note("audio_priority = \"ordinary\": audio threads ask for nothing");
  judge_memory(facts, section);
  return section;
}

Section judge_pace(const Facts& facts) {
  Section section{"Machine", {}};
  section.note(facts.machine + (facts.processor.empty() ? "" : ", " + facts.processor));
  if (facts.system == System::linux_like) judge_governor(facts.pace, section);
  judge_power(facts.pace, section);
  if (const std::string& source = facts.pace.clock_source; source == "hpet" || source == "acpi_pm")
    section.wrong("clock source: " + source + ", which is slow to read",
                  "boot with clocksource=tsc, if the kernel does not say that the TSC is unstable");
  else if (!source.empty())
    section.good("clock source: " + source);
  judge_timers(facts, section);
  judge_load(facts, section);
  return section;
}

namespace {

std::string to_register(const Facts& facts) {
  if (facts.system == System::windows)
    return "`refwave install` for all programs, or `refwave install --program FOLDER` for one";
  return "put the line wave=\"" + facts.drivers.beside +
         "\" under [drivers32] in ~/.config/refwave/system.ini";
}

std::string to_fix(const Facts& facts, const Driver& driver) {
  if (facts.system == System::windows) return "`refwave repair`, as an administrator";
  return "correct or remove the entry at " + driver.where;
}

void judge_one(const Facts& facts, const Driver& driver, Section& section) {
  const std::string file = driver.file.empty() ? "" : ": " + driver.file;
  if (!driver.problem.empty())
    section.wrong(driver.where + file + ": " + driver.problem, to_fix(facts, driver));
  else if (driver.is_refwave)
    section.good(driver.where + file);
  else
    section.note(driver.where + file + " (not refwave)");
}

void judge_wave_devices(const Drivers& drivers, Section& section) {
  if (!drivers.outputs || !drivers.inputs) return;
  const std::string text =
      cli::formatted("wave outputs that programs find: %u; inputs: %u", *drivers.outputs, *drivers.inputs);
  if (*drivers.outputs + *drivers.inputs != 0)
    section.good(text);
  else
    section.wrong(text, "see that `output` and `input` name devices, and `deny` not every program");
}

/// Returns: whether the driver does not load. Such a driver may be refwave, so nothing is said about its
/// kind.
bool fails(const Driver& driver) { return !driver.problem.empty(); }

}  // namespace

Section judge_drivers(const Facts& facts) {
  const Drivers& drivers = facts.drivers;
  Section section{"Drivers", {}};
  for (const Driver& driver : drivers.found) judge_one(facts, driver, section);
  const bool any_fails = std::ranges::any_of(drivers.found, fails);
  const bool has_refwave = std::ranges::any_of(drivers.found, &Driver::is_refwave);
  if (drivers.found.empty())
    section.wrong("no wave driver is registered: " + drivers.why_none, to_register(facts));
  else if (!has_refwave && !any_fails && drivers.to_repair.empty())
    section.wrong("none of these is refwave, so programs do not find it", to_register(facts));
  if (has_refwave) judge_wave_devices(drivers, section);
  for (const std::string& reason : drivers.to_repair)
    section.wrong(reason, "`refwave repair`, as an administrator");
  for (const std::string& file : drivers.dropins) section.good(file);
  for (const std::string& problem : drivers.dropin_problems)
    section.wrong(problem, "`refwave install --program FOLDER` puts in the files of the right bitness");
  section.note("this command uses " + drivers.beside);
  return section;
}

Section judge_configuration(const Configured& configured) {
  Section section{"Configuration", {}};
  if (configured.file.empty())
    section.note("no refwave.toml is read");
  else
    section.good(configured.file + (configured.file_exists ? "" : ": not there; the defaults apply"));
  for (const Setting& setting : configured.settings)
    section.note(setting.key + " = " + setting.value + "  (" + setting.origin + ")");
  if (configured.settings.empty()) section.good("every key has its default");
  for (const std::string& warning : configured.warnings)
    section.wrong(warning, "correct it; `refwave config` lists what each key takes");
  return section;
}

}  // namespace refwave::doctor
