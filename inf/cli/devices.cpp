// `refwave devices`: lists the devices that `output`, `input` and --device can name.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>
#include <string>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/json.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_arguments.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::cli {
namespace {

struct DevicesOptions {
  DriverOptions driver;
  bool json = false;
  bool names = false;
};

constexpr std::size_t kRest = 64;  // columns of a line of the table without the name

bool is_clocked(const REFWAVE_DEVICE& device) { return std::string_view(device.szBackend) == "clocked"; }

void print_json(const std::vector<REFWAVE_DEVICE>& devices) {
  std::string text;
  for (const REFWAVE_DEVICE& device : devices) {
    const Json all = {{"name", device.szName},
                      {"backend", device.szBackend},
                      {"direction", device.bInput != 0 ? "input" : "output"},
                      {"default", device.bDefault != 0},
                      {"channels", device.dwMaxChannels},
                      {"rate", device.dwDefaultRate},
                      {"takes", rates_taken(device)},
                      {"used_by", device.szUser}};
    text += (text.empty() ? "[\n  " : ",\n  ") + json_text(all);
  }
  std::puts((text + "\n]").c_str());
}

/// Effects: prints each name once, one a line, for scripts.
void print_names(const std::vector<REFWAVE_DEVICE>& devices) {
  std::set<std::string> printed;
  for (const REFWAVE_DEVICE& device : devices)
    if (printed.insert(device.szName).second) std::puts(visible(device.szName).c_str());
}

/// `is_explained`: the driver's warnings say why a sound server does not serve.
void print_table(const std::vector<REFWAVE_DEVICE>& devices, bool is_explained) {
  std::size_t width = 4;
  for (const REFWAVE_DEVICE& device : devices) width = std::max(width, letters_of(visible(device.szName)));
  const std::size_t columns = terminal_columns();
  const bool is_beside = width + kRest <= columns;  // else a name has a line of its own
  if (is_beside)
    std::printf("            %s  backend    channels  rate    takes\n", left("name", width).c_str());
  for (const REFWAVE_DEVICE& device : devices) {
    const std::string name = visible(device.szName);
    std::printf("%-8s %c  %s", device.bInput != 0 ? "records" : "plays", device.bDefault != 0 ? '*' : ' ',
                is_beside ? left(name, width).c_str() : name.c_str());
    const std::string backend = visible(device.szBackend);
    const std::string rest =
        device.szUser[0] != 0 ? formatted(is_beside ? "  %-9s  busy: %s" : "%s, busy: %s", backend.c_str(),
                                          visible(device.szUser).c_str())
        : device.dwMaxChannels == 0 && !is_clocked(device)
            ? formatted(is_beside ? "  %-9s  a sound card, which is opened only to play or to record"
                                  : "%s, a sound card, which is opened only to play or to record",
                        backend.c_str())
            : formatted(is_beside ? "  %-9s  %8u  %-6u  %s" : "%s, %u channels, %u Hz; takes %s",
                        backend.c_str(), static_cast<unsigned>(device.dwMaxChannels),
                        static_cast<unsigned>(device.dwDefaultRate), rates_text(device).c_str());
    std::fputs(is_beside ? (rest + '\n').c_str() : ("\n    " + wrapped(rest, columns, 4, 4)).c_str(), stdout);
  }
  const auto say = [&](const std::string& text) { std::fputs(wrapped(text, columns).c_str(), stdout); };
  say("* the default; a device that takes a stream's rate is opened at it (rate = 0)");
  if (!std::ranges::all_of(devices, is_clocked)) return;
  say("Only the built-in clocked device is there, which makes no sound" +
      (is_explained ? std::string(".") : ": " + no_sound_hint() + "."));
}

/// Returns: the devices of a driver that is not refwave, as far as its capabilities tell.
std::vector<REFWAVE_DEVICE> wave_devices() {
  std::vector<REFWAVE_DEVICE> devices;
  const auto add = [&](const auto& caps, DWORD is_input) {
    REFWAVE_DEVICE device{};
    std::copy_n(caps.szPname, sizeof caps.szPname - 1, device.szName);
    device.bInput = is_input;
    device.dwMaxChannels = caps.wChannels;
    devices.push_back(device);
  };
  for (UINT i = 0; i < waveOutGetNumDevs(); ++i)
    if (WAVEOUTCAPSA caps{}; waveOutGetDevCapsA(i, &caps, sizeof caps) == MMSYSERR_NOERROR) add(caps, 0);
  for (UINT i = 0; i < waveInGetNumDevs(); ++i)
    if (WAVEINCAPSA caps{}; waveInGetDevCapsA(i, &caps, sizeof caps) == MMSYSERR_NOERROR) add(caps, 1);
  return devices;
}

int list_other(const DevicesOptions& options) {
  const std::vector<REFWAVE_DEVICE> found = wave_devices();
  if (found.empty()) throw Failure("this driver has no wave device; `refwave conform` checks a driver");
  if (options.names) print_names(found);
  Json all = Json::array();
  for (const REFWAVE_DEVICE& device : found) {
    const char* const direction = device.bInput != 0 ? "input" : "output";
    all.push_back({{"name", device.szName}, {"direction", direction}, {"channels", device.dwMaxChannels}});
    if (!options.names && !options.json)
      std::printf("%-8s    %s, %u channels\n", device.bInput != 0 ? "records" : "plays",
                  visible(device.szName).c_str(), static_cast<unsigned>(device.dwMaxChannels));
  }
  if (options.json) std::puts(json_text(all).c_str());
  print_error("note: a driver other than refwave tells no more of its devices than GETDEVCAPS does");
  return 0;
}

int devices(const DevicesOptions& options) {
  tell_of_other_driver(options.driver);
  DriverSession session(options.driver);
  const std::vector<REFWAVE_DEVICE> found = session.devices();
  if (found.empty()) return list_other(options);
  const std::vector<std::string> warnings = session.take_warnings();
  if (options.names) {
    print_names(found);
  } else {
    options.json ? print_json(found) : print_table(found, !warnings.empty());
  }
  for (const std::string& warning : warnings) print_error("warning: " + warning);
  return 0;
}

}  // namespace

void add_devices(CommandLine& line) {
  const auto options = std::make_shared<DevicesOptions>();
  const Subcommand command = line.add("devices", "List the sound devices");
  add_driver_options(command, options->driver);
  const Argument json = command.flag("-j,--json", options->json, "Print JSON");
  command.flag("--names", options->names, "Print only the names, one a line").excludes({json});
  command.runs([options] { return devices(*options); });
}

}  // namespace refwave::cli
