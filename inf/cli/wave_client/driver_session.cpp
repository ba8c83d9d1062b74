#include "inf/cli/wave_client/driver_session.h"

#include <winmm_host.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <sstream>
#include <thread>
#include <utility>

#include "driver/configuration/nearest_name.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/running_time.h"
#include "inf/cli/console/text.h"

namespace refwave::cli {
namespace {

constexpr std::chrono::seconds kPatienceWithServer{5};
constexpr std::chrono::seconds kLongestOpen{4};  // a look for the name and an open, each two at most
constexpr std::chrono::milliseconds kBetweenAttempts{50};

std::filesystem::path driver_file(const DriverOptions& options) {
  std::error_code error;
  std::filesystem::path file = options.driver.empty()
                                   ? command_folder() / "refwave.drv"
                                   : std::filesystem::absolute(to_path(options.driver), error);
  if (std::filesystem::is_regular_file(file, error)) return file;
  throw Failure(path_text(file) + ": no such driver; " +
                (options.driver.empty() ? missing_driver_hint() + ", or name a driver with --driver"
                                        : "name the file of a wave driver"));
}

/// Returns: "; did you mean "clocked"?", or nothing if no device's name is like `wanted`.
std::string device_meant(const std::vector<REFWAVE_DEVICE>& devices, DWORD is_input,
                         std::string_view wanted) {
  std::vector<std::string_view> names;
  for (const REFWAVE_DEVICE& device : devices)
    if (device.bInput == is_input) names.emplace_back(device.szName);
  const std::string_view nearest = configuration::nearest_name(wanted, names);
  return nearest.empty() || nearest == wanted ? "" : "; did you mean \"" + std::string(nearest) + "\"?";
}

std::string names_of(const std::vector<REFWAVE_DEVICE>& devices, DWORD is_input) {
  std::string names;
  for (const REFWAVE_DEVICE& device : devices) {
    if (device.bInput != is_input) continue;
    names.append(names.empty() ? "" : ", ").append("\"").append(device.szName).append("\"");
  }
  return names;
}

void CALLBACK take_other(LPVOID context, const WINMM_HOST_REGISTRATION* one) {
  auto& other = *static_cast<std::optional<OtherDriver>*>(context);
  const std::filesystem::path file = to_path(one->szFile);
  if (!other && !file.empty() && file.filename() != "refwave.drv") other = {one->szOrigin, one->szFile};
}

}  // namespace

DriverSession::DriverSession(const DriverOptions& options, DriverSetup setup) : setup_(std::move(setup)) {
  const std::filesystem::path file = driver_file(options);
  use_driver(file, setup_.open_string);
  driver_ = open_driver();
  if (driver_ != nullptr) return;
  const std::string why = load_error();
  throw Failure(path_text(file) + ": not usable as a wave driver" + (why.empty() ? "" : ": " + why) +
                "; name another with --driver");
}

DriverSession::~DriverSession() {
  for (const std::string& warning : take_warnings()) print_error("warning: " + warning);
  CloseDriver(driver_, 0, 0);
  unload_drivers();
}

std::vector<REFWAVE_DEVICE> DriverSession::devices() const {
  constexpr std::size_t kUsual = 256;
  constexpr std::size_t kMost = 65'536;  // of a driver that reports nonsense
  std::vector<REFWAVE_DEVICE> devices(kUsual);
  for (;;) {
    const LRESULT answer =
        SendDriverMessage(driver_, REFWAVE_LIST_DEVICES, reinterpret_cast<LPARAM>(devices.data()),
                          static_cast<LPARAM>(devices.size()));
    const std::size_t count = std::min(static_cast<std::size_t>(std::max<LRESULT>(answer, 0)), kMost);
    const bool is_all = count <= devices.size();
    devices.resize(count);
    if (is_all) return devices;
  }
}

std::optional<REFWAVE_STATISTICS> DriverSession::statistics() const {
  const REFWAVE_STATISTICS all = counters();
  return all.dwRate == 0 ? std::nullopt : std::optional(all);
}

REFWAVE_STATISTICS DriverSession::counters() const {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  SendDriverMessage(driver_, REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics), 0);
  return statistics;
}

std::optional<LRESULT> DriverSession::show_dialog() const {
  if (SendDriverMessage(driver_, DRV_QUERYCONFIGURE, 0, 0) == 0) return std::nullopt;
  return SendDriverMessage(driver_, DRV_CONFIGURE, 0, 0);
}

std::vector<std::string> DriverSession::take_warnings() {
  const auto ask = [this](UINT message, std::string& text) {
    return static_cast<std::size_t>(
        std::max<LRESULT>(SendDriverMessage(driver_, message, reinterpret_cast<LPARAM>(text.data()),
                                            static_cast<LPARAM>(text.size())),
                          0));
  };
  std::string none;
  std::string text;
  std::size_t count = 0;
  // Another warning may arrive.
  for (int tries = 0; tries < 3; ++tries) {
    count = ask(REFWAVE_COUNT_WARNINGS, none);
    text.assign(std::min<std::size_t>(ask(REFWAVE_GET_WARNINGS, none), 1U << 20U), '\0');
    ask(REFWAVE_GET_WARNINGS, text);
    if (ask(REFWAVE_COUNT_WARNINGS, none) == count) break;
  }
  std::vector<std::string> fresh;
  std::istringstream lines(text.c_str());
  for (std::string line; std::getline(lines, line);) fresh.push_back(line);
  has_capture_failed_ |= text.find("captured", text.find("capture: ")) != std::string::npos;
  // Other drivers count nothing.
  count = std::max(count, fresh.size());
  const std::size_t dropped = count - fresh.size();
  const std::size_t known = std::min(std::max(warnings_taken_, dropped) - dropped, fresh.size());
  fresh.erase(fresh.begin(), fresh.begin() + static_cast<std::ptrdiff_t>(known));
  if (dropped > warnings_taken_)
    fresh.insert(fresh.begin(), std::to_string(dropped - warnings_taken_) + " older warnings are not kept");
  warnings_taken_ = count;
  fresh.insert(fresh.begin(), held_warnings_.begin(), held_warnings_.end());
  held_warnings_.clear();
  return fresh;
}

std::vector<std::uint32_t> rates_taken(const REFWAVE_DEVICE& device) {
  constexpr std::pair<DWORD, std::uint32_t> kRates[] = {{REFWAVE_RATE_44100, 44'100},
                                                        {REFWAVE_RATE_48000, 48'000},
                                                        {REFWAVE_RATE_96000, 96'000},
                                                        {REFWAVE_RATE_192000, 192'000}};
  std::vector<std::uint32_t> rates;
  for (const auto& [bit, rate] : kRates)
    if ((device.dwRates & bit) != 0) rates.push_back(rate);
  return rates;
}

std::string rates_text(const REFWAVE_DEVICE& device) {
  std::string text;
  for (const std::uint32_t rate : rates_taken(device))
    text += (text.empty() ? "" : " ") + std::to_string(rate);
  return text;
}

std::string wave_error_text(MMRESULT result) {
  if (result == MMSYSERR_NOMEM) return "there is no memory, or no thread, for it";
  char text[MAXERRORLENGTH] = "";
  if (waveOutGetErrorTextA(result, text, MAXERRORLENGTH) != MMSYSERR_NOERROR)
    return "error " + std::to_string(result);
  std::string_view sentence = text;
  if (sentence.ends_with('.')) sentence.remove_suffix(1);
  return std::string(sentence);
}

MMRESULT DriverSession::open_patiently(const std::function<MMRESULT()>& open,
                                       const std::function<void()>& close) {
  RunningTime waited(kLongestOpen);
  std::vector<std::string> before = take_warnings();  // of the configuration, for example
  std::vector<std::string> newest;                    // the driver does not repeat one
  for (;;) {
    const MMRESULT result = open();
    std::vector<std::string> fresh = take_warnings();
    const bool is_slow = (counters().dwMissed & REFWAVE_MISSED_SERVER) != 0;
    const bool has_failed = is_slow || result != MMSYSERR_NOERROR;
    if (has_failed && !fresh.empty()) newest = fresh;
    if (!is_slow || waited.so_far() >= kPatienceWithServer || is_interrupted()) {
      held_warnings_ = std::move(before);
      std::ranges::move(has_failed ? newest : fresh, std::back_inserter(held_warnings_));
      return result;
    }
    close();
    std::this_thread::sleep_for(kBetweenAttempts);
  }
}

std::string open_failure(DriverSession& session, MMRESULT result, const std::string& device, DWORD is_input) {
  std::string why;
  for (const std::string& warning : session.take_warnings())
    why.append(why.empty() ? "" : "; ").append(warning);
  if (why.empty() && result == MMSYSERR_NOMEM)
    return "no stream could be opened: there is no memory, or no thread, for it; end other programs, or "
           "raise "
           "`ulimit -u`";
  const std::vector<REFWAVE_DEVICE> devices = session.devices();
  session.take_warnings();  // of the look for devices, which waits for the same server
  if (device.empty()) {
    return "no device could be opened: " + (why.empty() ? wave_error_text(result) : why) +
           (devices.empty() ? "" : "; `refwave devices` lists what there is");
  }
  if (why.empty()) why = wave_error_text(result) + "; there are: " + names_of(devices, is_input);
  const std::string meant = device_meant(devices, is_input, device);
  return "device '" + device + "' could not be opened: " + why +
         (meant.empty() ? "; `refwave devices` lists them" : meant);
}

void use_driver(const std::filesystem::path& driver_file, const std::string& open_string) {
  winmm_host_register_driver("wave", ("\"" + path_text(driver_file) + "\" " + open_string).c_str());
}

void unload_drivers() { winmm_host_unload_wave_drivers(); }

std::optional<OtherDriver> other_driver() {
  std::optional<OtherDriver> other;
  winmm_host_list_registrations(take_other, &other);
  return other;
}

void tell_of_other_driver(const DriverOptions& options) {
  const auto other = options.driver.empty() ? other_driver() : std::nullopt;
  if (other)
    print_error("note: " + other->origin + " names " + other->file +
                " for programs; this command uses refwave.drv, and with --driver FILE that one");
}

std::string load_error() {
  std::string reasons = winmm_host_last_error();
  while (reasons.ends_with('\n')) reasons.pop_back();
  std::ranges::replace(reasons, '\n', ' ');
  return reasons;
}

std::string setting(std::string_view key, std::string_view value) {
  if (value.empty()) return {};
  return std::string(key) + "=\"" + escaped(value, {{'"', "\"\""}}) + '"';
}

DriverSetup setup_of(const DriverOptions& options) {
  configuration::Configuration base;
  const bool has_usual = options.driver.empty() && options.usual_latency_ms != 0;
  if (has_usual) base.latency_ms = options.usual_latency_ms;
  base = configuration::load_files(base).configuration;
  std::string text;
  const auto add = [&](const std::string& one) {
    if (!one.empty()) text += (text.empty() ? "" : ";") + one;
  };
  for (const std::string& own :
       {setting("device", options.device), std::string(options.device.empty() ? "" : "fallback=none"),
        setting("latency_ms", has_usual ? std::to_string(base.latency_ms) : ""),
        setting("period", options.period), setting("rate", options.rate),
        setting("completion", options.completion), setting("wake", options.wake),
        setting("done", options.done), setting("capture", options.capture)})
    add(own);
  for (const std::string& given : options.settings) add(given);
  const bool is_others = !options.parameters.empty();
  if (is_others) text = options.parameters;
  configuration::Parsed parsed = configuration::parse_open_string(text, base);
  if (!is_others && !parsed.warnings.empty()) {
    // The driver's warning names the value that is kept; here none is.
    const std::string warning =
        parsed.warnings.front().substr(0, parsed.warnings.front().rfind("; it stays "));
    throw Failure("the options are not usable: " + warning.substr(warning.find(": ") + 2) +
                      "; `refwave config` lists what each key takes",
                  kUsage);
  }
  return {std::move(text), std::move(parsed.configuration)};
}

}  // namespace refwave::cli
