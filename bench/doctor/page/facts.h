// What `refwave doctor` knows of a machine: plain values, and no opinion of them. A test makes up such a
// machine; examine.cpp looks at this one. Values; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace refwave::doctor {

enum class System : std::uint8_t { linux_like, windows };

/// One registration of a wave driver, and what became of it.
struct Driver {
  std::string where;    // "~/.config/refwave/system.ini:2: wave", "64-bit wave1"
  std::string file;     // the driver's; empty if there is none
  std::string problem;  // why it does not serve programs; empty if it does
  bool is_refwave = false;
};

struct Drivers {
  std::vector<Driver> found;
  std::string why_none;                      // if none is registered: where registrations are looked for
  std::string beside;                        // the refwave.drv that this command itself uses
  std::optional<unsigned> outputs, inputs;   // wave devices that programs find, where somebody counted them
  std::vector<std::string> to_repair;        // by `refwave repair`
  std::vector<std::string> dropin_problems;  // of the winmm.dll beside one program
  std::vector<std::string> dropins;          // the files there that are as they should be
};

/// A key that differs from its default.
struct Setting {
  std::string key;
  std::string value;   // as in refwave.toml
  std::string origin;  // "refwave.toml", "parameters of wave", "--option"
};

struct Configured {
  std::string file;  // empty: there is no such place
  bool file_exists = false;
  std::vector<Setting> settings;
  std::vector<std::string> warnings;
  bool wants_clock = false;     // every device that is configured is the clocked one
  bool wants_realtime = false;  // notifier_priority = realtime
  std::string audio_priority;   // "ordinary", "realtime", "rtkit"
};

/// A sound server.
struct Server {
  enum class State : std::uint8_t {
    absent,       // no process, no socket
    answers,      // it told its version
    present,      // it is there, and was not asked
    stopped,      // its process is stopped (SIGSTOP, a debugger)
    silent,       // it is there, and did not answer in time
    left_over,    // its socket is there, and nobody behind it
    refuses,      // it answers, and wants nothing to do with this user
    not_asked,    // it is on another machine
    not_running,  // a service that is there, and was not started
  };
  std::string name;
  State state = State::absent;
  std::string version;  // "16.1"; empty if it did not tell
  std::string detail;   // of the state: a socket, a process
};

struct Device {
  std::string name;
  bool is_input = false;
  bool is_default = false;
  bool is_clocked = false;
  bool is_configured = false;  // the configuration means this one
  unsigned channels = 0;
  std::vector<unsigned> rates;  // of the usual ones, those that it takes
};

struct Devices {
  std::vector<Device> list;
  std::vector<std::string> warnings;  // of the driver: what hangs, and the like
  std::vector<std::string> missing;   // configured, and no device's name
  bool hangs = false;                 // a sound server kept the driver waiting
  std::string failure;                // the driver did not load
};

/// What the service RealtimeKit lends to this process.
struct Rtkit {
  std::string problem;           // why it lends nothing; empty if it does
  int priority = 0;              // the highest
  int nice = 0;                  // the lowest
  std::uint64_t longest_us = 0;  // the highest RLIMIT_RTTIME with which it lends real-time priority
  bool is_limited = false;       // this process has such a limit
};

/// What this process may ask for, and whether it gets it.
struct Rights {
  static constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};

  bool gets_realtime = false;                 // tried, on a thread of its own
  std::string realtime;                       // what was asked for: "SCHED_FIFO", "MMCSS, Pro Audio"
  std::optional<std::uint64_t> rtprio_limit;  // where the system has such limits
  std::optional<std::uint64_t> memlock_bytes;
  std::optional<Rtkit> rtkit;  // where a system may have it
};

/// What makes a machine punctual.
struct Pace {
  std::map<std::string, unsigned> governors;  // processors by the name of their governor
  std::string governor_driver;                // "intel_pstate"
  std::string clock_source;
  std::string power_plan;
  bool saves_battery = false;
  std::optional<std::uint64_t> slack_ns;  // of an ordinary thread's timers
  std::uint64_t lateness_ns = 0;          // of a sleep of a millisecond, at p50
  double busy = 0;                        // share of all processors, 0 to 1
  double stolen = 0;                      // share that the host of a virtual machine took
  std::optional<double> load;             // threads that run or want to, over a minute
  unsigned processors = 1;
};

/// A second of silence through the driver.
struct SelfTest {
  std::string failure;
  std::string device;
  std::string instead_of;  // the device that hangs; the clocked one was taken
  double seconds = 0;
  std::uint64_t block_ns = 0;
  std::uint64_t count = 0;
  std::uint64_t p50_ns = 0, p99_ns = 0, p999_ns = 0, max_ns = 0;
  std::uint64_t underruns = 0, xruns = 0, losses = 0;
};

struct Facts {
  System system = System::linux_like;
  std::string version;    // refwave's
  std::string began;      // "2026-11-20 15:04:05 UTC"
  std::string machine;    // "Linux 6.1.0-13-amd64"
  std::string processor;  // "AMD EPYC"
  Drivers drivers;
  Configured configured;
  std::vector<Server> servers;
  Devices devices;
  Rights rights;
  Pace pace;
  SelfTest self_test;
};

}  // namespace refwave::doctor
