// `refwave doctor`: collects the facts of this machine, and prints the page that judges them.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "bench/doctor/machine/machine.h"
#include "bench/doctor/page/page.h"
#include "bench/latency/measure.h"
#include "bench/measure/surroundings.h"
#include "driver/configuration/configuration.h"
#include "hal/system/realtime.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/output_file.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_arguments.h"

namespace refwave::doctor {
namespace {

struct DoctorOptions {
  cli::DriverOptions driver;
  std::string report;  // file for an issue; empty: none
  bool json = false;
};

using configuration::Configuration;

// --- configuration: the file, the parameters of the registration, the options of this command ---

void add_differences(const Configuration& before, const Configuration& after, const std::string& origin,
                     Configured& configured) {
  const auto old = configuration::settings_of(before);
  const auto fresh = configuration::settings_of(after);
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    if (fresh[i].value == old[i].value) continue;
    std::erase_if(configured.settings, [&](const Setting& setting) { return setting.key == fresh[i].key; });
    configured.settings.push_back({fresh[i].key, fresh[i].value, origin});
  }
}

Configured configure(const std::string& parameters, const DoctorOptions& options) {
  const std::vector<configuration::ConfigurationFile> files = configuration::configuration_files();
  const configuration::ConfigurationFile& file = files.front();
  const configuration::Parsed of_user = configuration::load_file(file);
  const configuration::Parsed from_file = configuration::load_files();
  const configuration::Parsed registered =
      configuration::parse_open_string(parameters, from_file.configuration);
  Configured configured;
  Configuration& in_effect = configured.in_effect;
  in_effect =
      configuration::parse_open_string(cli::setup_of(options.driver).open_string, registered.configuration)
          .configuration;
  configured.file = file.path;
  std::error_code error;
  configured.file_exists = !file.path.empty() && std::filesystem::exists(cli::to_path(file.path), error);
  configured.warnings = from_file.warnings;
  configured.warnings.insert(configured.warnings.end(), registered.warnings.begin(),
                             registered.warnings.end());
  if (files.size() > 1) configured.program_file = files.back().path;
  add_differences({}, of_user.configuration, "refwave.toml", configured);
  add_differences(of_user.configuration, from_file.configuration, "refwave.toml beside this command",
                  configured);
  add_differences(from_file.configuration, registered.configuration, "parameters of its registration",
                  configured);
  add_differences(registered.configuration, in_effect, "options of this command", configured);
  if (const std::optional<std::string> log = configuration::log_from_environment()) {
    const Configuration without = in_effect;
    in_effect.log = *log;
    add_differences(without, in_effect, "REFWAVE_LOG", configured);
  }
  return configured;
}

// --- devices ---

bool names(const std::string& configured, const Device& device) {
  if (configured.empty() || configured == "default")
    return device.listed.bDefault != 0 && !device.is_clocked();
  return cli::lower(device.listed.szName).find(cli::lower(configured)) != std::string::npos;
}

/// Effects: marks the devices that the configuration names. A name that no device has goes to
/// `devices.missing`.
void mark_configured(const std::vector<std::string>& configured, bool is_input, Devices& devices) {
  for (const std::string& name : configured) {
    bool is_there = name.empty() || name == "default";
    for (Device& device : devices.list) {
      if ((device.listed.bInput != 0) != is_input || !names(name, device)) continue;
      device.is_configured = true;
      is_there = true;
    }
    if (!is_there) devices.missing.push_back(name + (is_input ? " (input)" : " (output)"));
  }
}

void take_warnings(cli::DriverSession& session, const Configured& configured, Devices& devices) {
  for (const std::string& warning : session.take_warnings()) {
    if (std::ranges::find(configured.warnings, warning) != configured.warnings.end()) continue;
    const std::size_t end = std::min(warning.find("; "), warning.size());
    const std::string text = warning.substr(0, end);
    if (std::ranges::find(devices.warnings, text, &Warning::text) != devices.warnings.end()) continue;
    devices.warnings.push_back({text, warning.substr(std::min(end + 2, warning.size()))});
  }
}

Devices find_devices(cli::DriverSession& session, const Configured& configured) {
  Devices devices;
  for (const REFWAVE_DEVICE& listed : session.devices()) devices.list.push_back({listed});
  take_warnings(session, configured, devices);
  if (devices.are_silent() && !devices.warnings.empty()) return devices;  // the names say nothing then
  mark_configured(configured.in_effect.output, false, devices);
  mark_configured(configured.in_effect.input, true, devices);
  return devices;
}

// --- the pace ---

/// Returns: how late a sleep of a millisecond ends, in ns: the median of a hundred. The sleep is the one of
/// the driver's own threads.
std::uint64_t lateness_of_sleeps() {
  constexpr std::int64_t kSleepNs = 1'000'000;
  std::array<std::int64_t, 100> late_ns{};
  for (std::int64_t& late : late_ns) {
    const std::int64_t until_ns = hal::monotonic_now_ns() + kSleepNs;
    hal::sleep_until_ns(until_ns);
    late = hal::monotonic_now_ns() - until_ns;
  }
  const auto median = late_ns.begin() + late_ns.size() / 2;
  std::ranges::nth_element(late_ns, median);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(*median, 0));
}

Pace find_pace() {
  constexpr std::chrono::milliseconds kWindow{300};  // for which the load is measured, at least
  const auto begin = std::chrono::steady_clock::now();
  const measure::ProcessorTime before = measure::processor_time();
  Pace pace;
  pace.processors = std::max(1U, std::thread::hardware_concurrency());
  pace.lateness_ns = lateness_of_sleeps();
  std::this_thread::sleep_until(begin + kWindow);
  const measure::ProcessorTime after = measure::processor_time();
  if (const double wall = after.wall - before.wall; wall > 0) {
    pace.busy = (after.all - before.all) / wall;
  }
  return pace;
}

// --- the self-test ---

SelfTest test_driver(cli::DriverSession& session, const cli::DriverOptions& options,
                     const Configuration& in_effect) {
  constexpr std::uint32_t kBlocks = 4;
  // Over a hundred blocks of the default length, because p99 needs a hundred.
  constexpr double kSeconds = 1.2;
  const measure::Load load{1, kBlocks, in_effect.period_at(measure::kFormat.rate)};
  SelfTest test;
  test.block_ns = static_cast<std::uint64_t>(load.block_ns());
  try {
    measure::LatencyOptions measuring;
    measuring.driver = options;
    measuring.seconds = kSeconds;
    measuring.load = load;
    const measure::Measurement m = measure::measure_refwave(session, measuring);
    test.device = m.settings.device;
    test.seconds = m.seconds;
    test.done = m.driver().measured;
    if (m.counters) test.counters = *m.counters;
    if (test.done.count() == 0) test.failure = "no block came back within a second";
  } catch (const cli::Failure& failure) {
    test.failure = failure.what();
  }
  return test;
}

/// Effects: lists the devices and makes the self-test. One loaded driver serves both, so that a server that
/// hangs is waited for only once.
void try_driver(const cli::DriverOptions& options, Facts& facts) {
  try {
    cli::DriverSession session(options);
    facts.devices = find_devices(session, facts.configured);
    facts.self_test = test_driver(session, options, facts.configured.in_effect);
    take_warnings(session, facts.configured, facts.devices);
  } catch (const cli::Failure& failure) {
    facts.devices.failure = failure.what();
  }
}

/// Effects: loads drivers, plays silence for a second. A sound server or device that hangs delays it for
/// about four seconds at most.
Facts examine(const DoctorOptions& options) {
  Facts facts;
  facts.system = this_system();
  const measure::Run run = measure::begin_run();
  facts.version = run.version;
  facts.began = run.began;
  facts.machine = run.machine.system;
  facts.processor = run.machine.processor;

  Registrations registrations = find_drivers(cli::command_folder());
  facts.drivers = std::move(registrations.drivers);
  if (!options.driver.driver.empty()) facts.drivers.beside = options.driver.driver;

  facts.configured = configure(registrations.parameters, options);
  facts.rights = find_rights();
  facts.pace = find_pace();
  cli::DriverOptions driver = options.driver;
  if (!registrations.parameters.empty() &&
      configuration::parse_open_string(registrations.parameters).warnings.empty())
    driver.settings.insert(driver.settings.begin(), registrations.parameters);
  try_driver(driver, facts);
  return facts;
}

/// Returns: the exit status, 0 if everything is right, 1 if something is not.
int doctor(const DoctorOptions& options) {
  cli::OutputFile report(options.report);
  const Facts facts = examine(options);
  const Page page = judge(facts);
  const std::size_t columns = cli::terminal_columns();
  if (!report.is_standard_output())
    std::fputs((options.json ? as_json(page, facts.self_test) : as_text(page, columns)).c_str(), stdout);
  if (report.is_wanted()) {
    const Person person = this_person();
    report.write(as_report(page, facts, person));
    if (!options.json && !report.is_standard_output())
      std::fputs(
          cli::wrapped("wrote " + options.report + "; read it before you attach it to an issue", columns)
              .c_str(),
          stdout);
  }
  return page.wrongs() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace refwave::doctor

namespace refwave::cli {

void add_doctor(CommandLine& line) {
  const auto options = std::make_shared<doctor::DoctorOptions>();
  const Subcommand command =
      line.add("doctor", "Check this machine, and say what is wrong and how to fix it");
  add_driver_options(command, options->driver);
  command
      .option("--report", options->report,
              "File for an issue: the page without your name, and every key of the configuration")
      .file();
  command.flag("-j,--json", options->json, "Print JSON");
  command.runs([options] { return doctor::doctor(*options); });
}

}  // namespace refwave::cli
