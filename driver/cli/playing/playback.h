// One open stream that plays files of one format, one after the other. Main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "driver/cli/console/keys/keys.h"
#include "driver/cli/console/progress.h"
#include "driver/cli/playing/loss_watch.h"
#include "driver/cli/playing/playlist.h"
#include "driver/cli/wave_client/driver_session.h"
#include "driver/cli/wave_client/wave_out.h"

namespace refwave::cli {

/// What `refwave play` is given.
struct PlayOptions {
  DriverOptions driver;
  std::vector<std::string> files;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: two periods at least, and what the device delays
  std::uint32_t volume_percent = 100;
  double speed = 1;
  double pitch = 1;
  std::string raw;          // empty: files have headers
  double seek_seconds = 0;  // where the first file begins
  std::uint32_t loops = 1;  // 0: without end
  bool quiet = false;
};

class Playback {
 public:
  /// Effects: opens a stream of `format`. Throws: Failure.
  Playback(DriverSession& session, const PlayOptions& options, const dsp::Format& format);

  /// Effects: plays the stream's files until their end, or until Ctrl-C, and obeys `keys`. Prints the end of
  /// each file, and each loss when it happens. Throws: Failure, if the device takes no more audio.
  void run(Playlist& files, Keys& keys);
  /// Effects: prints the stream's buffer-done latency.
  void report() const;
  /// Returns: how much was played and not heard, and why: a sentence for each reason.
  std::vector<std::string> losses() const;
  /// Returns: whether a file was damaged or lacked its end.
  bool has_complaints() const { return has_complaints_; }

 private:
  void obey(Key key, Playlist& files);
  void toggle_pause();
  void seek(Playlist& files, double seconds);
  void check_patience(Playlist& files, std::uint64_t position);
  bool fill(Playlist& files);
  bool write_blocks(Playlist& files);
  bool send(std::size_t bytes);
  void look(std::uint64_t position, bool is_over);
  void report_tracks(Playlist& files, std::uint64_t position, bool is_over);
  void show_progress(Playlist& files, std::uint64_t position);
  void tell_end(const Track& track, std::uint64_t end, const char* how);

  DriverSession& session_;
  dsp::Format format_;
  std::optional<REFWAVE_STATISTICS> before_;  // of the moment when the stream was opened
  std::optional<LossWatch> watch_;            // nothing if the driver gives no statistics
  BlockQueue::Semaphore done_{0, 0};
  WaveOut wave_;
  Watchdog watchdog_;
  /// The time since which the driver refuses blocks, because the device is lost and there is no fallback.
  std::optional<RunningTime> refused_since_;
  std::chrono::steady_clock::time_point next_look_{};
  std::optional<Progress> progress_;  // of the file that is heard now
  std::size_t waiting_bytes_ = 0;     // of a block that was filled, and that the driver has not taken yet
  std::uint64_t sent_before_ = 0;     // blocks that were sent before the last seek
  bool is_at_end_ = false;
  bool is_beginning_ = true;  // the stream pauses until the first blocks are written
  bool is_paused_ = false;    // by the listener
  bool is_quiet_;
  bool has_complaints_ = false;
};

}  // namespace refwave::cli
