// The test tone: a quiet sine of one and a half seconds, played as a client of the driver plays it, and the
// buffer-done latency of its blocks. One tone at a time.
#pragma once

#include <functional>
#include <string>

#include "driver/control/driver.h"
#include "hal/system/mutex.h"

namespace refwave::dialog {

class Tone {
 public:
  /// Receives a line for the user, several times a second while the tone plays. The last line says how the
  /// tone ended.
  using Report = std::function<void(std::string line)>;

  /// Effects: plays through the first output device of `driver`. Returns when the tone has been heard, was
  /// stopped, or has failed. Thread: one that may wait for a device.
  void play(control::Driver& driver, const Report& report);

  /// Effects: ends the tone that plays, or otherwise the next tone. Thread: any; returns at once.
  void stop();
  /// Effects: the next tone may play. Thread: any.
  void allow();

 private:
  bool wait_a_moment();

  hal::Mutex mutex_;
  hal::Condition changed_;
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace refwave::dialog
