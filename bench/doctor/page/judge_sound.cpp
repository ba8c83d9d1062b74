// The judgement of devices and the self-test.
#include <algorithm>

#include "bench/doctor/page/page.h"
#include "bench/measure/measurement.h"
#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::doctor {
namespace {

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
  if (facts.pace.busy > 0.5) return "the machine was busy meanwhile: try again when it is quiet";
  const bool wants_realtime =
      facts.configured.in_effect.notifier_priority == configuration::Priority::realtime;
  if (wants_realtime && facts.rights.gets_realtime)
    return "set wake = \"predict\"; `refwave trace` shows what is late";
  if (!facts.rights.gets_realtime) return "see \"Rights\", then set notifier_priority = \"realtime\"";
  return "set notifier_priority = \"realtime\" or wake = \"predict\"; `refwave trace` shows what is late";
}

std::string counted(std::uint64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

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

}  // namespace refwave::doctor
