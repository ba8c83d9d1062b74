// The judgement: of the drivers that programs find, their configuration and devices, of whether this machine
// can wake threads in time, and of the self-test.
#include <algorithm>

#include "bench/doctor/page/page.h"
#include "bench/measure/measurement.h"
#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::doctor {
namespace {

constexpr double kBusy = 0.5;  // of all processors' time: above it our threads often wait for others
constexpr std::uint64_t kLateNs = 1'000'000;
std::string percent(double share) { return cli::formatted("%.0f%%", 100 * share); }

std::string to_get_realtime(const Facts& facts) {
  if (facts.system == System::windows)
    return "start the service \"Multimedia Class Scheduler\" (MMCSS), and see that its task \"Pro Audio\" is "
           "in the registry";
  return "put \"@audio - rtprio 95\" into /etc/security/limits.d/audio.conf, be in the group audio "
         "(`usermod -aG audio NAME`), and log in again";
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

/// Effects: adds the device's line. A device without rates is wrong only if it is configured, because another
/// program may use it, or it may be a plugin of ALSA's that opens no device.
void judge_device(const Facts& facts, const Device& device, Section& section) {
  const REFWAVE_DEVICE& listed = device.listed;
  const std::string rates = cli::rates_text(listed);
  const bool is_busy = listed.szUser[0] != 0;
  const bool is_unasked = listed.dwMaxChannels == 0 && !is_busy;
  const std::string text = std::string(listed.bInput != 0 ? "records " : "plays ") +
                           (listed.bDefault != 0 ? "* " : "  ") + listed.szName + ": " +
                           (is_unasked ? "a sound card, which is opened only to play or to record"
                            : is_busy  ? std::string("busy: ") + listed.szUser
                                       : std::to_string(listed.dwMaxChannels) + " channels, takes " +
                                            (rates.empty() ? "none of the usual rates" : rates));
  if (!rates.empty() || is_unasked)
    section.good(text);
  else if (!device.is_configured)
    section.note(text);
  else if (is_busy)
    section.wrong(text, "end that program, or configure another device");
  else
    section.wrong(text, std::string("see whether another program has it (") +
                            (facts.system == System::windows ? "exclusive mode" : "`fuser -v /dev/snd/*`") +
                            "), or configure another");
}

std::string to_get_sound(const Facts& facts) {
  return facts.system == System::windows
             ? "see that the service \"Windows Audio\" runs and a device is enabled; under Wine, that the "
               "system "
               "around it has a sound server"
             : "start a sound server (PulseAudio, PipeWire, JACK) or plug a sound card in";
}

bool wants_clock(const Facts& facts) {
  const auto is_clock = [](const std::string& name) { return name == "clocked"; };
  const configuration::Configuration& in_effect = facts.configured.in_effect;
  return std::ranges::all_of(in_effect.output, is_clock) && std::ranges::all_of(in_effect.input, is_clock);
}

std::string to_be_punctual(const Facts& facts) {
  if (facts.pace.busy > kBusy) return "the machine was busy meanwhile: try again when it is quiet";
  if (!facts.rights.gets_realtime) return "see \"Rights\", then set notifier_priority = \"realtime\"";
  return "set notifier_priority = \"realtime\" or wake = \"predict\"; `refwave trace` shows what is late";
}

std::string counted(std::uint64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

Section judge_rights(const Facts& facts) {
  const Rights& rights = facts.rights;
  Section section{"Rights", {}};
  const std::string text = rights.realtime + (rights.gets_realtime ? " is granted" : " is refused") +
                           (rights.rtprio_limit.empty() ? "" : "; RTPRIO limit " + rights.rtprio_limit);
  if (rights.gets_realtime)
    section.good(text);
  else
    section.wrong(text, to_get_realtime(facts));
  if (!rights.rtkit.empty()) section.note(rights.rtkit);
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

Section judge_devices(const Facts& facts) {
  const Devices& devices = facts.devices;
  Section section{"Devices (* the default)", {}};
  if (!devices.failure.empty()) {
    section.wrong(devices.failure, "reinstall refwave, and keep its files together");
    return section;
  }
  for (const Device& device : devices.list) judge_device(facts, device, section);
  for (const std::string& name : devices.missing)
    section.wrong("configured, but not found: " + name, "`refwave devices` lists the names to choose from");
  const bool is_only = devices.warnings.size() == 1 && devices.are_silent() && !wants_clock(facts);
  const std::string others =
      is_only ? to_get_sound(facts) : "`refwave devices` lists the names to choose from";
  for (const Warning& warning : devices.warnings)
    section.wrong(warning.text, warning.remedy.empty() ? others : warning.remedy);
  if (devices.are_silent() && !wants_clock(facts) && devices.warnings.empty())
    section.wrong("only the built-in clocked device is there, which makes no sound", to_get_sound(facts));
  return section;
}

Section judge_self_test(const Facts& facts) {
  const SelfTest& test = facts.self_test;
  Section section{"Self-test", {}};
  if (!facts.devices.failure.empty()) {
    section.note("not made, because the driver did not load");
    return section;
  }
  if (!test.failure.empty()) {
    section.wrong(test.failure, "see what `refwave play FILE` prints; `refwave devices` lists the devices");
    return section;
  }
  const bool has_reason = facts.devices.are_silent() && !facts.devices.warnings.empty();
  section.note(cli::formatted("%.1f s of silence on %s, blocks of %.1f ms", test.seconds, test.device.c_str(),
                              static_cast<double>(test.block_ns) / 1e6) +
               (has_reason ? ", because " + facts.devices.warnings.front().text : ""));
  const std::string figures = counted(test.done.count(), "block") + " done: " + measure::so_far(test.done);
  const bool is_late = test.done.percentile(test.done.count() >= 100 ? 0.99 : 1) > test.block_ns;
  if (is_late)
    section.wrong(figures + ": later than a whole block", to_be_punctual(facts));
  else
    section.good(figures);
  const REFWAVE_STATISTICS& counters = test.counters;
  if (counters.ullUnderruns + counters.ullXruns != 0)
    section.wrong(counted(counters.ullUnderruns, "underrun") + ", " + counted(counters.ullXruns, "xrun") +
                      " of the device",
                  "set a larger `latency_ms` or `period`, or see why the machine is late");
  if (counters.ullDeviceLosses != 0)
    section.wrong("the device was lost meanwhile", "see \"Devices\", and try again");
  return section;
}

}  // namespace

Page judge(const Facts& facts) {
  return {"refwave doctor, refwave " + facts.version,
          {judge_drivers(facts), judge_configuration(facts.configured), judge_devices(facts),
           judge_rights(facts), judge_pace(facts), judge_self_test(facts)}};
}

}  // namespace refwave::doctor
