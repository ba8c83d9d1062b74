// The judgement of rights and pace: whether this machine can wake threads in time; of the drivers that
// programs find, and of their configuration.
#include <algorithm>

#include "bench/doctor/page/page.h"
#include "inf/cli/console/text.h"

namespace refwave::doctor {
namespace {

using configuration::AudioPriority;

constexpr double kBusy = 0.5;  // of all processors' time: above it our threads often wait for others
constexpr double kStolen = 0.05;
constexpr std::uint64_t kLateNs = 1'000'000;
constexpr int kAudioPriority = 20;  // the priority that the clocked device asks for

std::string limit_text(std::uint64_t limit) {
  return limit == Rights::kUnlimited ? "unlimited" : std::to_string(limit);
}

std::string percent(double share) { return cli::formatted("%.0f%%", 100 * share); }

std::string to_get_realtime(const Facts& facts) {
  if (facts.system == System::windows)
    return "start the service \"Multimedia Class Scheduler\" (MMCSS), and see that its task \"Pro Audio\" is "
           "in the registry";
  return "put \"@audio - rtprio 95\" into /etc/security/limits.d/audio.conf, be in the group audio "
         "(`usermod -aG audio NAME`), and log in again";
}

/// Effects: reports what rtkit lends, and what a device's audio thread will have.
void judge_rtkit(const Facts& facts, const Rtkit& rtkit, Section& section) {
  if (!rtkit.problem.empty()) {
    section.note(rtkit.problem);
    return;
  }
  const AudioPriority priority = facts.configured.in_effect.audio_priority;
  const std::string limit = std::to_string(rtkit.longest_us / 1'000) + " ms";
  section.note("rtkit lends priority " + std::to_string(rtkit.priority) +
               " to programs with an RLIMIT_RTTIME of " + limit + " at most, and nice " +
               std::to_string(rtkit.nice) + " to all");
  if (facts.rights.gets_realtime || priority == AudioPriority::ordinary) return;
  const bool lends = rtkit.is_limited || priority == AudioPriority::rtkit;
  section.note(lends ? "a device's audio thread gets that priority of rtkit"
                     : "a device's audio thread gets that nice value: this program has no such limit");
}

void judge_lateness(const Facts& facts, Section& section) {
  const Pace& pace = facts.pace;
  const std::string text =
      "a sleep of 1 ms ends " + cli::duration_text(static_cast<double>(pace.lateness_ns)) + " late";
  if (pace.lateness_ns <= kLateNs)
    section.good(text);
  else if (pace.busy > kBusy)
    section.wrong(text, "the machine is busy: try again when it is quiet");
  else if (facts.system == System::windows)
    section.wrong(text, "choose the power plan \"High performance\"; in a virtual machine see its host");
  else
    section.wrong(text,
                  "`cpupower frequency-set -g performance`, as root; in a virtual machine see its host; or "
                  "start this program from another shell, if something has slowed its timers down");
}

void judge_load(const Facts& facts, Section& section) {
  const Pace& pace = facts.pace;
  const std::string text = "busy: " + percent(pace.busy) + " of " + std::to_string(pace.processors) +
                           (pace.processors == 1 ? " processor" : " processors");
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

/// Effects: reports that programs do not find refwave. On Windows that is no fault: it need not be installed,
/// or it serves single programs.
void judge_absence(const Facts& facts, const std::string& text, Section& section) {
  if (facts.system == System::windows)
    section.note(text +
                 "; `refwave install` is for all programs, `refwave install --program FOLDER` for one");
  else
    section.wrong(text, "put the line wave=\"" + facts.drivers.beside +
                            "\" under [drivers32] in ~/.config/refwave/system.ini");
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

/// Returns: whether the driver does not load. It may be refwave nevertheless.
bool fails(const Driver& driver) { return !driver.problem.empty(); }

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
  if (facts.configured.in_effect.audio_priority == AudioPriority::ordinary)
    section.note("audio_priority = \"ordinary\": audio threads ask for nothing");
  return section;
}

Section judge_pace(const Facts& facts) {
  Section section{"Machine", {}};
  section.note(facts.machine + (facts.processor.empty() ? "" : ", " + facts.processor));
  judge_lateness(facts, section);
  judge_load(facts, section);
  return section;
}

Section judge_drivers(const Facts& facts) {
  const Drivers& drivers = facts.drivers;
  Section section{"Drivers", {}};
  for (const Driver& driver : drivers.found) judge_one(facts, driver, section);
  const bool any_fails = std::ranges::any_of(drivers.found, fails);
  const bool has_refwave = std::ranges::any_of(drivers.found, &Driver::is_refwave);
  if (drivers.found.empty())
    judge_absence(facts, "no wave driver is registered: " + drivers.why_none, section);
  else if (!has_refwave && !any_fails && drivers.to_repair.empty())
    judge_absence(facts, "none of these is refwave, so programs do not find it", section);
  if (has_refwave) judge_wave_devices(drivers, section);
  for (const std::string& reason : drivers.to_repair)
    section.wrong(reason, "`refwave repair`, as an administrator");
  section.note("this command uses " + drivers.beside);
  return section;
}

Section judge_configuration(const Configured& configured) {
  Section section{"Configuration", {}};
  if (configured.file.empty())
    section.note("no refwave.toml is read");
  else
    section.good(configured.file + (configured.file_exists ? "" : ": not there; the defaults apply"));
  if (!configured.program_file.empty()) section.good(configured.program_file);
  for (const Setting& setting : configured.settings)
    section.note(setting.key + " = " + setting.value + "  (" + setting.origin + ")");
  if (configured.settings.empty()) section.good("every key has its default");
  for (const std::string& warning : configured.warnings)
    section.wrong(warning, "correct it; `refwave config` lists what each key takes");
  return section;
}

}  // namespace refwave::doctor
