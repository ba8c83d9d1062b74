#include "bench/doctor/examine.h"

#include <algorithm>
#include <future>

#include "bench/doctor/machine/machine.h"
#include "bench/latency/measure.h"
#include "bench/latency/surroundings.h"
#include "driver/configuration/configuration.h"
#include "driver/configuration/version.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/install/picture/look.h"
#include "inf/install/picture/program_file.h"

namespace refwave::doctor {
namespace {

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

bool is_clock_alone(const std::vector<std::string>& names) {
  return std::ranges::all_of(names, [](const std::string& name) { return name == "clocked"; });
}

/// Effects: fills `in_effect` with the configuration that the driver will have.
Configured configure(const std::string& parameters, const DoctorOptions& options, Configuration& in_effect) {
  const configuration::ConfigurationFile file = configuration::configuration_file();
  const configuration::Parsed from_file = configuration::load_file(file);
  const configuration::Parsed registered =
      configuration::parse_open_string(parameters, from_file.configuration);
  in_effect = configuration::parse_open_string(cli::open_string(options.driver), registered.configuration)
                  .configuration;

  Configured configured;
  configured.file = file.path;
  std::error_code error;
  configured.file_exists = !file.path.empty() && std::filesystem::exists(cli::to_path(file.path), error);
  configured.warnings = from_file.warnings;
  configured.warnings.insert(configured.warnings.end(), registered.warnings.begin(),
                             registered.warnings.end());
  add_differences({}, from_file.configuration, "refwave.toml", configured);
  add_differences(from_file.configuration, registered.configuration, "parameters of its registration",
                  configured);
  add_differences(registered.configuration, in_effect, "options of this command", configured);
  if (const std::optional<std::string> log = configuration::log_from_environment()) {
    const Configuration without = in_effect;
    in_effect.log = *log;
    add_differences(without, in_effect, "REFWAVE_LOG", configured);
  }
  configured.wants_clock = is_clock_alone(in_effect.output) && is_clock_alone(in_effect.input);
  configured.wants_realtime = in_effect.notifier_priority == configuration::Priority::realtime;
  const auto settings = configuration::settings_of(in_effect);
  const auto chosen = std::ranges::find(settings, "audio_priority", &configuration::Setting::key);
  // Its value stands in quotes there.
  if (chosen != settings.end()) configured.audio_priority = chosen->value.substr(1, chosen->value.size() - 2);
  return configured;
}

// --- devices ---

bool names(const std::string& configured, const Device& device) {
  if (configured.empty() || configured == "default") return device.is_default && !device.is_clocked;
  return cli::lower(device.name).find(cli::lower(configured)) != std::string::npos;
}

Device device_from(const REFWAVE_DEVICE& told) {
  Device device;
  device.name = told.szName;
  device.is_input = told.bInput != 0;
  device.is_default = told.bDefault != 0;
  device.is_clocked = std::string_view(told.szBackend) == "clocked";
  device.channels = told.dwMaxChannels;
  device.used_by = told.szUser;
  for (const std::uint32_t rate : cli::rates_taken(told)) device.rates.push_back(rate);
  return device;
}

/// Effects: marks the devices that the configuration names. A name that no device has goes to
/// `devices.missing`.
void mark_configured(const std::vector<std::string>& configured, bool is_input, Devices& devices) {
  for (const std::string& name : configured) {
    bool is_there = name.empty() || name == "default";
    for (Device& device : devices.list) {
      if (device.is_input != is_input || !names(name, device)) continue;
      device.is_configured = true;
      is_there = true;
    }
    if (!is_there) devices.missing.push_back(name + (is_input ? " (input)" : " (output)"));
  }
}

void take_warnings(cli::DriverSession& session, const Configured& configured, Devices& devices) {
  for (std::string& warning : session.take_warnings()) {
    const bool is_known = std::ranges::find(configured.warnings, warning) != configured.warnings.end() ||
                          std::ranges::find(devices.warnings, warning) != devices.warnings.end();
    if (!is_known) devices.warnings.push_back(std::move(warning));
  }
}

Devices find_devices(cli::DriverSession& session, const Configured& configured,
                     const Configuration& in_effect) {
  Devices devices;
  for (const REFWAVE_DEVICE& told : session.devices()) devices.list.push_back(device_from(told));
  take_warnings(session, configured, devices);
  const bool has_clock_alone =
      std::ranges::all_of(devices.list, [](const Device& device) { return device.is_clocked; });
  if (!devices.warnings.empty() && has_clock_alone) {
    const std::string& warning = devices.warnings.front();
    const std::size_t end = std::min(warning.find("; "), warning.size());
    devices.obstacle = warning.substr(0, end);
    devices.remedy = warning.substr(std::min(end + 2, warning.size()));
    return devices;
  }
  mark_configured(in_effect.output, false, devices);
  mark_configured(in_effect.input, true, devices);
  return devices;
}

// --- the self-test ---

SelfTest test_driver(cli::DriverSession& session, const cli::DriverOptions& options,
                     const Configuration& in_effect) {
  constexpr std::uint32_t kBlocks = 4;
  // Over a hundred blocks of the default length, because p99 needs a hundred.
  constexpr double kSeconds = 1.2;
  const latency::Load load{1, kBlocks, in_effect.period_at(latency::kFormat.rate)};
  SelfTest test;
  test.block_ns = static_cast<std::uint64_t>(load.block_ns());
  try {
    latency::LatencyOptions measuring;
    measuring.driver = options;
    measuring.seconds = kSeconds;
    const latency::Measurement m = latency::measure_refwave(session, measuring, load);
    const bench::Histogram done = m.driver().series.corrected();
    test.device = m.settings.device;
    test.seconds = m.seconds;
    test.count = done.count();
    test.p50_ns = done.percentile(0.5);
    test.p99_ns = done.percentile(0.99);
    test.p999_ns = done.percentile(0.999);
    test.max_ns = done.max();
    if (m.counters) {
      test.underruns = m.counters->underruns;
      test.xruns = m.counters->xruns;
      test.losses = m.counters->device_losses;
    }
    if (test.count == 0) test.failure = "no block came back within a second";
  } catch (const cli::Failure& failure) {
    test.failure = failure.what();
  }
  return test;
}

/// Effects: lists the devices and makes the self-test. One loaded driver serves both, so that a server that
/// hangs is waited for only once.
void try_driver(const cli::DriverOptions& options, const Configuration& in_effect, Facts& facts) {
  try {
    cli::DriverSession session(options);
    facts.devices = find_devices(session, facts.configured, in_effect);
    facts.self_test = test_driver(session, options, in_effect);
    take_warnings(session, facts.configured, facts.devices);
    facts.self_test.instead_of = facts.devices.obstacle;
  } catch (const cli::Failure& failure) {
    facts.devices.failure = failure.what();
  }
}

}  // namespace

Examination examine(const DoctorOptions& options) {
  Examination all;
  Facts& facts = all.facts;
  facts.system = this_system();
  facts.version = configuration::version();
  facts.began = cli::utc_now();
  const latency::Machine machine = latency::this_machine();
  facts.machine = machine.system;
  facts.processor = machine.processor;

  Registrations registrations = find_drivers(cli::command_folder());
  facts.drivers = std::move(registrations.drivers);
  if (!options.program.empty()) look_at_dropin(cli::to_path(options.program), facts.drivers);
  if (!options.driver.driver.empty()) facts.drivers.beside = options.driver.driver;

  Configuration in_effect;
  facts.configured = configure(registrations.parameters, options, in_effect);
  for (const auto& [key, value] : configuration::settings_of(in_effect))
    all.configuration.append(key).append(" = ").append(value).append("\n");

  // The servers are asked while the other facts are collected, because each server may take a second, and the
  // driver waits for a server that hangs, too.
  auto servers = std::async(std::launch::async, find_servers);
  facts.rights = find_rights();
  facts.pace = find_pace("/");
  cli::DriverOptions driver = options.driver;
  if (!registrations.parameters.empty() &&
      configuration::parse_open_string(registrations.parameters).warnings.empty())
    driver.settings.insert(driver.settings.begin(), registrations.parameters);
  try_driver(driver, in_effect, facts);
  facts.servers = servers.get();
  return all;
}

namespace {

namespace fs = std::filesystem;

const char* name_of(install::Architecture architecture) {
  constexpr const char* names[] = {"64-bit", "32-bit", "ARM64", "of no known kind"};
  return names[static_cast<std::size_t>(architecture)];
}

/// Returns: all programs in the folder; or only the program `named`, if that is not empty.
std::vector<install::Executable> programs_in(const fs::path& folder, const std::string& named) {
  std::vector<install::Executable> programs = install::executables_in(folder);
  if (!named.empty())
    std::erase_if(programs,
                  [&](const auto& program) { return cli::lower(program.name) != cli::lower(named); });
  return programs;
}

void look_at_file(const fs::path& file, const std::vector<install::Executable>& programs, Drivers& drivers) {
  const std::string name = cli::path_text(file);
  const auto problem = [&](const std::string& what) {
    drivers.dropin_problems.push_back(name + ": " + what);
  };
  std::error_code error;
  if (!fs::exists(file, error)) {
    problem("missing");
    return;
  }
  const auto content = install::read_program_file(file);
  if (!content || content->product != "refwave") {
    problem("not refwave's");
    return;
  }
  bool fits = true;
  for (const install::Executable& program : programs) {
    if (program.architecture == content->architecture) continue;
    fits = false;
    problem(std::string(name_of(content->architecture)) + ", but " + program.name + " is " +
            name_of(program.architecture));
  }
  if (fits)
    drivers.dropins.push_back(name + ": refwave " + content->version + ", " + name_of(content->architecture));
}

}  // namespace

void look_at_dropin(const fs::path& program, Drivers& drivers) {
  std::error_code error;
  const bool is_folder = fs::is_directory(program, error);
  const fs::path folder = is_folder ? program : program.parent_path();
  const auto programs = programs_in(folder, is_folder ? "" : cli::path_text(program.filename()));
  if (programs.empty())
    drivers.dropin_problems.push_back(cli::path_text(program) + ": no program (.exe) there");
  for (const char* name : {"winmm.dll", "refwave.drv"}) look_at_file(folder / name, programs, drivers);
}

}  // namespace refwave::doctor
