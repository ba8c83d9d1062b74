// The test's side of the puppet drivers first.drv and second.drv: records every message, and answers it as
// the test says, otherwise as a small correct driver would: every format, one device in each direction,
// headers left to the host. Any thread.
#pragma once

#include <mmddk.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace refwave::host::test {

struct DriverMessage {
  std::string driver;
  UINT message;
  DWORD_PTR identifier;
  HDRVR handle;
  std::u16string text;  // DRV_OPEN: lParam1
  LPARAM lparam1;
  LPARAM lparam2;
};

struct WaveMessageSeen {
  std::string driver;
  std::string entry;  // "wod" or "wid"
  UINT device;
  UINT message;
  DWORD_PTR user;
  DWORD_PTR parameter1;
  DWORD_PTR parameter2;
};

class Puppets {
 public:
  using DriverAnswer = std::function<std::optional<LRESULT>(const DriverMessage&)>;
  using WaveAnswer = std::function<std::optional<DWORD>(const WaveMessageSeen&)>;

  static Puppets& instance();

  /// Effects: removes the recorded messages and the test's answers.
  void reset();

  /// Effects: messages for which this has an answer get it. Call it while no driver runs.
  void answer_driver(DriverAnswer answer) { driver_answer_ = std::move(answer); }
  void answer_wave(WaveAnswer answer) { wave_answer_ = std::move(answer); }
  void answer_driver(UINT message, LRESULT answer);
  /// `driver`: the one that answers so; empty: both.
  void answer_wave(UINT message, DWORD answer, const std::string& driver = {});

  /// How many devices a driver has: by its name and "wod" or "wid". One by default.
  std::map<std::string, UINT> devices;

  std::vector<DriverMessage> driver_messages() const;
  std::vector<WaveMessageSeen> wave_messages() const;

  /// Returns: what the drivers were sent, as "LOAD ENABLE OPEN …", DriverProc's messages alone.
  std::string driver_order() const;

  LRESULT take(const DriverMessage& message);
  DWORD take(const WaveMessageSeen& message);

 private:
  LRESULT usual_answer(const DriverMessage& message);
  DWORD usual_answer(const WaveMessageSeen& message);

  mutable std::mutex mutex_;
  std::vector<DriverMessage> driver_messages_;
  std::vector<WaveMessageSeen> wave_messages_;
  DriverAnswer driver_answer_;
  WaveAnswer wave_answer_;
  std::atomic<LRESULT> next_identifier_ = 0x1234567890AB;
};

/// Returns: the path of a driver built for these tests, for example "first.drv".
std::string driver_path(const std::string& file);
std::u16string wide(const std::string& text);

}  // namespace refwave::host::test
