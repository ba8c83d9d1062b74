// Writes a sound file on a thread of its own, so that a disk, or the reader of a pipe, that stands still
// holds up nobody who records. What it has not taken yet waits in memory, which grows by need up to a bound.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {

/// Thread: main.
class BackgroundWriter {
 public:
  /// `most_bytes`: how much may wait.
  BackgroundWriter(SoundFileWriter file, std::size_t most_bytes);
  /// Effects: writes what waits, and finishes the file.
  ~BackgroundWriter();
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;

  /// Effects: queues a copy of `frames`, whole or not at all. Returns: whether there was room. Throws: the
  /// Failure of an earlier write.
  bool write(std::span<const std::byte> frames);
  /// Effects: nothing more comes. The file is finished as soon as everything is written.
  void end();
  /// Returns: whether that is so, `patience` from now at the latest.
  bool has_ended(std::chrono::milliseconds patience);
  /// Throws: the Failure that ended the file early, if there is one.
  void check();
  /// Returns: how many bytes wait.
  std::size_t waiting_bytes();
  /// Returns: how long the file is. Precondition: has_ended().
  double seconds() const { return file_.seconds(); }

 private:
  void run();
  void write_all();
  bool take_next(std::vector<std::byte>& frames);

  SoundFileWriter file_;  // the writing thread's, until it has ended
  const std::size_t most_bytes_;

  std::mutex mutex_;  // of what follows, but for the thread itself
  std::condition_variable to_writer_;
  std::condition_variable from_writer_;
  std::deque<std::vector<std::byte>> waiting_;
  std::size_t waiting_bytes_ = 0;  // the block that is being written included
  bool is_ending_ = false;
  bool has_ended_ = false;
  std::exception_ptr failure_;

  std::thread thread_;
};

}  // namespace refwave::cli
