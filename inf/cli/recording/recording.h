// One stream on its way into one file. Main thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "hal/system/mutex.h"
#include "inf/cli/console/progress.h"
#include "inf/cli/console/running_time.h"
#include "inf/cli/playing/loss_watch.h"
#include "inf/cli/sound_file/sound_file.h"
#include "inf/cli/wave_client/driver_session.h"
#include "inf/cli/wave_client/wave_in.h"

namespace refwave::cli {

/// Thread: main.
class BackgroundWriter {
 public:
  /// `most_bytes`: how much may be pending.
  BackgroundWriter(SoundFileWriter file, std::size_t most_bytes);
  /// Effects: writes what is pending, and finishes the file.
  ~BackgroundWriter();
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;

  /// Effects: queues a copy of `frames`, whole or not at all. Returns: whether there was room. Throws: the
  /// Failure of an earlier write.
  bool write(std::span<const std::byte> frames);
  /// Effects: no more frames follow; the file is finished once all are written.
  void end();
  /// Returns: whether it is finished; waits up to `patience`.
  bool has_ended(std::chrono::milliseconds patience);
  /// Throws: the Failure that ended the file early, if there is one.
  void check();
  std::size_t waiting_bytes();
  double seconds() const { return file_.seconds(); }

 private:
  void run();
  void write_all();
  bool take_next(std::vector<std::byte>& frames);

  SoundFileWriter file_;  // the writing thread's, until it has ended
  const std::size_t most_bytes_;

  hal::Mutex mutex_;
  hal::Condition to_writer_;
  hal::Condition from_writer_;
  std::deque<std::vector<std::byte>> waiting_ GUARDED_BY(mutex_);
  std::size_t waiting_bytes_ GUARDED_BY(mutex_) = 0;  // with the block being written
  bool is_ending_ GUARDED_BY(mutex_) = false;
  bool has_ended_ GUARDED_BY(mutex_) = false;
  std::exception_ptr failure_ GUARDED_BY(mutex_);

  std::thread thread_;
};

/// Compares what a recording device delivers with elapsed time: a device, or a program, that was stopped
/// delivers less. Main thread.
class GivenTime {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `tolerance`: what may be missing in three seconds, uncounted.
  GivenTime(std::uint32_t rate, std::chrono::milliseconds tolerance) : rate_(rate), tolerance_(tolerance) {}

  /// Effects: notes the device's total of frames, as reported at that time.
  void note(std::uint64_t frames, Time time);
  /// Effects: notes that the program runs. Call it at least ten times a second.
  void tick(Time now);
  /// Effects: notes that the device is stopped then, so later reports are of sound from before.
  void stop(Time now) { stopped_ = now; }
  /// Returns: by how much less than elapsed time the device has delivered.
  double missing_seconds() const;
  /// Returns: whether the program was stopped (Ctrl-Z, SIGSTOP, a suspended machine).
  bool was_stopped() const { return was_stopped_; }

 private:
  using Span = std::chrono::nanoseconds;
  struct Look {
    Time time;
    Span delay;  // of the sound behind the clock
  };

  Span least_delay() const;
  Span missing_at(Span delay) const;

  /// Longer than any server's pauses, and so short that two clocks hardly differ. Sound may be late, but
  /// never early, so the least delay is the true one.
  static constexpr std::chrono::seconds kWindow{3};
  static constexpr std::chrono::milliseconds kStopped{500};

  std::uint32_t rate_;
  Span tolerance_;
  std::deque<Look> looks_;  // of the last window, and after the last stop
  Time begun_{};
  Time window_end_{};
  Span usual_delay_{};  // of the window before
  Span missing_{};      // up to there
  Time running_{};      // when the program was last seen to run
  Time resumed_{};
  Time stopped_ = Time::max();
  bool was_stopped_ = false;
};

struct RecordOptions {
  DriverOptions driver;
  std::string file;
  double seconds = 0;  // 0: until Ctrl-C
  std::uint32_t rate = 48'000;
  std::uint16_t channels = 2;
  std::string bits = "16";
  std::string raw;  // empty: a file with a header
};

class Recording {
 public:
  /// Effects: opens the device, then the file, so that a device that fails leaves no empty file. Throws:
  /// Failure.
  Recording(DriverSession& session, const RecordOptions& options, const dsp::Format& format,
            const std::optional<RawFormat>& raw);

  /// Effects: records until the end or Ctrl-C, finishes the file, and prints each loss. Returns: why it ended
  /// early, in one line; else empty. Throws: Failure, if the file takes no more.
  std::string run();
  double seconds() const { return file_->seconds(); }
  /// Returns: whether the clocked device recorded on request.
  bool is_on_clock() const { return wants_clock_; }
  /// Returns: how much is silent or missing, a sentence for each reason.
  std::vector<std::string> losses() const;

 private:
  std::string record();
  void take_rest();
  void finish_file();
  void save(const Block& block);
  void give_back();
  bool has_given_up();
  void look(bool is_over);
  void say(const std::string& line);
  void show();
  double seconds_of(std::uint64_t frames) const { return static_cast<double>(frames) / format_.rate; }

  DriverSession& session_;
  std::string path_;
  dsp::Format format_;
  WaveIn wave_;
  std::optional<REFWAVE_STATISTICS> begun_;  // nothing without the driver's statistics, as the next two
  std::optional<LossWatch> watch_;
  std::optional<GivenTime> given_;  // nor on a clock with its own pace
  std::optional<BackgroundWriter> file_;
  Messages messages_;
  std::optional<Progress> progress_;
  double wanted_seconds_;
  std::uint64_t frames_left_;
  bool wants_clock_ = false;

  std::uint64_t blocks_ = 0;        // that came back
  std::uint64_t given_frames_ = 0;  // in them
  std::uint64_t frames_ = 0;        // of them, up to the wanted end
  std::uint64_t dropped_ = 0;       // frames that the driver dropped, because it had no block
  std::uint64_t unwritten_ = 0;     // frames for which there was no room
  std::uint64_t silent_ = 0;        // frames that no device delivered
  std::uint64_t looked_at_ = 0;     // frames_ at the last look
  bool is_silent_ = false;
  bool lacks_end_ = false;
  std::chrono::steady_clock::time_point next_look_{};
  Watchdog watchdog_;
  /// How long the driver has refused blocks: the device is lost, and there is no fallback.
  std::optional<RunningTime> refused_since_;
};

}  // namespace refwave::cli
