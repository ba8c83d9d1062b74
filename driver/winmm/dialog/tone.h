// The test tone: a second and a half of a quiet sine, as a client of the driver plays it, and the latency
// with which its blocks were reported done. One tone at a time.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "driver/control/driver.h"

namespace refwave::winmm {

class Tone {
 public:
  /// Told a line for people, several times a second while it plays; the last one says how it ended.
  using Tell = std::function<void(std::string line)>;

  /// Effects: plays through the first output device of `driver`. Returns when it was heard, was stopped, or
  /// could not be. Thread: one that may wait for a device.
  void play(control::Driver& driver, const Tell& tell);

  /// Effects: the tone being played, or the next one, is over. Thread: any; returns at once.
  void stop();
  /// Effects: the next tone may play. Thread: any.
  void allow();

 private:
  bool wait_a_moment();

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool stopped_ = false;
};

}  // namespace refwave::winmm
