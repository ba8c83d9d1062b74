// The driver under test, in a rule's own process. The first use loads it, as any program would load it.
#pragma once

#include <string>

#include "bench/conform/client/platform.h"

namespace refwave::conform {

/// UTF-16, in what the system takes for it.
using WideText = std::basic_string<WCHAR>;

enum class Direction : std::uint8_t { output, input };

struct Target {
  std::string file;
  std::string parameters;  // the string of DRV_OPEN
  double speed = 1;        // how many seconds of audio the device takes in a second
};

/// The messages that differ only by direction.
struct WaveMessages {
  UINT get_num_devs, get_dev_caps, open, close, prepare, unprepare, queue, reset, get_pos;
  UINT opened, done, closed;  // what the client is notified
  UINT first, last;           // of the numbers
};
const WaveMessages& messages_of(Direction direction);

/// Thread: the rule's; entry() any, once a stream is open.
class Subject {
 public:
  explicit Subject(Target target) : target_(std::move(target)) {}
  /// Effects: as unload().
  ~Subject() { unload(); }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  const std::string& file() const { return target_.file; }
  double speed() const { return target_.speed; }
  /// Effects: more parameters, which override those before, from the next load on.
  void add_parameters(std::string_view parameters) { target_.parameters.append("; ").append(parameters); }

  HDRVR handle();
  LRESULT send(UINT message, LPARAM first = 0, LPARAM second = 0);
  /// Effects: a DRV_OPEN with the rule's parameters, as after a DRV_ENABLE.
  LRESULT send_open();
  DRIVERPROC driver_proc();
  WaveEntry entry(Direction direction);
  /// Returns: whether it has an entry of either direction.
  bool is_wave_driver();
  /// Returns: what the driver answers to a message of device 0.
  DWORD ask(Direction direction, UINT message, DWORD_PTR user = 0, DWORD_PTR first = 0,
            DWORD_PTR second = 0) {
    return entry(direction)(0, message, user, first, second);
  }
  /// Effects: the rule does not apply to a driver without a device of that direction. It ends as broken if
  /// the driver had one when it was loaded.
  void need_device(Direction direction);
  void unload();
  /// Effects: the process ends without a word to the driver, as programs do that close nothing.
  void leave_loaded() { handle_ = nullptr; }

 private:
  void load();
  bool has_device(Direction direction) const;
  void send_to_both(UINT message);

  Target target_;
  HDRVR handle_ = nullptr;
  WaveEntry entries_[2] = {};
  bool had_device_[2] = {};
};

}  // namespace refwave::conform
