// The judgement of devices and the self-test.
#include "bench/doctor/page/page.h"
#include "inf/cli/console/text.h"

namespace refwave::doctor {
namespace {

std::string rates_of(const Device& device) {
  std::string text;
  for (const unsigned rate : device.rates) text.append(text.empty() ? "" : " ").append(std::to_string(rate));
  return text.empty() ? "takes none of the usual rates" : "takes " + text;
}

/// Effects: adds the device's line. A device without rates is wrong only if it is configured, because another
/// program may use it, or it may be a plugin of ALSA's that opens no device.
void judge_device(const Facts& facts, const Device& device, Section& section) {
  const bool is_busy = !device.used_by.empty();
  const bool is_unasked = device.channels == 0 && !is_busy;
  const std::string text = std::string(device.is_input ? "records " : "plays ") +
                           (device.is_default ? "* " : "  ") + device.name + ": " +
                           (is_unasked ? "a sound card, which is opened only to play or to record"
                            : is_busy  ? "busy: " + device.used_by
                                       : std::to_string(device.channels) + " channels, " + rates_of(device));
  if (!device.rates.empty() || is_unasked)
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

/// Returns: the percentile; a dash if there are less than `least` durations, because then no duration is
/// longer than this percentile.
std::string percentile(const SelfTest& test, std::uint64_t ns, std::uint64_t least) {
  return test.count >= least ? cli::duration_text(static_cast<double>(ns)) : "-";
}

std::string to_be_punctual(const Facts& facts) {
  if (facts.pace.busy > 0.5) return "the machine was busy meanwhile: try again when it is quiet";
  if (facts.configured.wants_realtime && facts.rights.gets_realtime)
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
  const bool is_only = devices.warnings.size() == 1 && devices.are_silent() && !facts.configured.wants_clock;
  const std::string others =
      is_only ? to_get_sound(facts) : "`refwave devices` lists the names to choose from";
  for (const Warning& warning : devices.warnings)
    section.wrong(warning.text, warning.remedy.empty() ? others : warning.remedy);
  if (devices.are_silent() && !facts.configured.wants_clock && devices.warnings.empty())
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
  const std::string figures =
      counted(test.count, "block") + " done: p50 " + percentile(test, test.p50_ns, 2) + ", p99 " +
      percentile(test, test.p99_ns, 100) + ", p99.9 " + percentile(test, test.p999_ns, 1000) + ", max " +
      cli::duration_text(static_cast<double>(test.max_ns));
  const bool is_late = (test.count >= 100 ? test.p99_ns : test.max_ns) > test.block_ns;
  if (is_late)
    section.wrong(figures + ": later than a whole block", to_be_punctual(facts));
  else
    section.good(figures);
  if (test.underruns + test.xruns != 0)
    section.wrong(counted(test.underruns, "underrun") + ", " + counted(test.xruns, "xrun") + " of the device",
                  "set a larger `latency_ms` or `period`, or see why the machine is late");
  if (test.losses != 0) section.wrong("the device was lost meanwhile", "see \"Devices\", and try again");
  return section;
}

}  // namespace refwave::doctor
