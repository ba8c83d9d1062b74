// The facts that `refwave doctor` knows of a machine, without a judgement. command.cpp collects the facts of
// this machine; a test writes its own. Values; any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/measure/histogram.h"
#include "driver/configuration/configuration.h"
#include "driver/winmm/refwave.h"

namespace refwave::doctor {

enum class System : std::uint8_t { linux_like, windows };

/// One registration of a wave driver, and whether the driver loads.
struct Driver {
  std::string where;    // "~/.config/refwave/system.ini:2: wave", "64-bit wave1"
  std::string file;     // the driver's file; empty if the registration names none
  std::string problem;  // why it does not serve programs; empty if it serves them
  bool is_refwave = false;
};

struct Drivers {
  std::vector<Driver> found;
  std::string why_none;                     // if no driver is registered: the places of registrations
  std::string beside;                       // the refwave.drv that this command uses
  std::optional<unsigned> outputs, inputs;  // wave devices that programs find; nothing if not counted
  std::vector<std::string> to_repair;       // things that `refwave repair` would fix
};

/// A key that differs from its default.
struct Setting {
  std::string key;
  std::string value;   // as in refwave.toml
  std::string origin;  // "refwave.toml", "parameters of wave", "--option"
};

struct Configured {
  std::string file;  // refwave.toml; empty: this system has no place for it
  bool file_exists = false;
  std::string program_file;  // the refwave.toml beside this command; empty without
  std::vector<Setting> settings;
  std::vector<std::string> warnings;
  configuration::Configuration in_effect;
};

struct Device {
  REFWAVE_DEVICE listed;
  bool is_configured = false;  // the configuration names this device

  bool is_clocked() const { return listed.szBackend == std::string_view("clocked"); }
};

/// A warning of the driver, for example about a sound server that does not respond.
struct Warning {
  std::string text;
  std::string remedy;  // empty if the driver names none
};

struct Devices {
  std::vector<Device> list;
  std::vector<Warning> warnings;
  std::vector<std::string> missing;  // configured names that no device has
  std::string failure;               // why the driver did not load; empty if it did

  /// Returns: whether only the clocked device is there.
  bool are_silent() const { return std::ranges::all_of(list, &Device::is_clocked); }
};

/// The rights of this process.
struct Rights {
  bool gets_realtime = false;  // a thread of this process has tried
  std::string realtime;        // the priority that it asked for: "SCHED_FIFO", "MMCSS, Pro Audio"
  std::string rtprio_limit;    // "95", "unlimited"; empty on a system without such limits
  std::string rtkit;  // what the service RealtimeKit lends to this process; empty where there is none
};

/// How punctual this machine is.
struct Pace {
  std::uint64_t lateness_ns = 0;  // how late a sleep of a millisecond ends, p50
  double busy = 0;                // share of all processors' time, 0 to 1
  unsigned processors = 1;
};

/// A second of silence through the driver.
struct SelfTest {
  std::string failure;
  std::string device;
  double seconds = 0;
  std::uint64_t block_ns = 0;
  measure::Histogram done;  // from each finished block to its report
  REFWAVE_STATISTICS counters{};
};

struct Facts {
  System system = System::linux_like;
  std::string version;    // refwave's
  std::string began;      // "2026-11-20 15:04:05 UTC"
  std::string machine;    // "Linux 6.1.0-13-amd64"
  std::string processor;  // "AMD EPYC"
  Drivers drivers;
  Configured configured;
  Devices devices;
  Rights rights;
  Pace pace;
  SelfTest self_test;
};

}  // namespace refwave::doctor
