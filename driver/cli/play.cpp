// `refwave play`: a file through the wave functions, block by block, as any player does it.
#include <cstdio>
#include <filesystem>
#include <optional>

#include "driver/cli/commands.h"
#include "driver/cli/console/failure.h"
#include "driver/cli/console/interruption.h"
#include "driver/cli/console/letters.h"
#include "driver/cli/console/platform.h"
#include "driver/cli/console/progress.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/sound_file.h"
#include "driver/cli/wave_client/driver_session.h"
#include "driver/cli/wave_client/latency_report.h"
#include "driver/cli/wave_client/wave_out.h"

namespace refwave::cli {
namespace {

/// One file on its way through one stream.
class Playback {
 public:
  Playback(const std::string& path, const PlayOptions& options, std::size_t block_frames)
      : path_(path), file_(path), wave_(file_.format(), options.buffers, block_frames, done_) {}

  void open(DriverSession& session, const PlayOptions& options) {
    const MMRESULT result = wave_.open();
    if (result != MMSYSERR_NOERROR) throw Failure(open_failure(session, result, options.driver.device, 0));
    wave_.set_volume(options.volume_percent);
    before_ = wave_.statistics();
  }

  /// Effects: plays until the end of the file or Ctrl-C.
  void run() {
    const double total = static_cast<double>(file_.frames()) / file_.format().rate;
    Progress progress(path_text(to_path(path_).filename()), total);
    while (write_blocks() || wave_.queue().outstanding() > 0) {
      done_.wait(kWaitMicroseconds);
      if (is_interrupted()) return;
      const std::uint64_t position = wave_.position();
      progress.show(static_cast<double>(position) / file_.format().rate, wave_.queue().next().peak);
      if (watchdog_.is_stalled(position)) {
        throw Failure(path_ + ": the device has taken no audio for five seconds; try another --device");
      }
    }
  }

  void report() {
    const std::uint64_t frames = is_interrupted() ? wave_.position() : file_.frames_read();
    const double seconds = static_cast<double>(frames) / file_.format().rate;
    auto statistics = wave_.statistics();
    if (statistics && before_) subtract_device(*statistics, *before_);
    const std::string what = std::string(is_interrupted() ? "stopped " : "played ") + path_ + ": " +
                             clock_text(seconds) + " of " + format_text(file_.format()) + " on " +
                             (statistics ? device_text(*statistics) : "a driver that gives no statistics");
    std::fputs(wrapped(what, terminal_columns(), 2).c_str(), stdout);
    if (statistics) std::fputs(latency_text(*statistics, terminal_columns()).c_str(), stdout);
    std::fflush(stdout);
  }

  std::string complaint() const { return file_.complaint(); }

 private:
  /// Effects: leaves out what the device, which may have been open before, counted for the files before.
  static void subtract_device(REFWAVE_STATISTICS& now, const REFWAVE_STATISTICS& before) {
    for (ULONGLONG REFWAVE_STATISTICS::*count :
         {&REFWAVE_STATISTICS::ullWakes, &REFWAVE_STATISTICS::ullLatePeriods, &REFWAVE_STATISTICS::ullXruns})
      if (now.*count >= before.*count) now.*count -= before.*count;
  }

  /// Returns: whether there is more to write. Effects: fills the blocks that are at home.
  bool write_blocks() {
    while (!is_at_end_ && wave_.queue().has_block()) {
      Block& block = wave_.queue().next();
      const std::size_t frames = file_.read(block.memory, block.peak);
      const std::size_t bytes = frames * file_.format().bytes_per_frame();
      is_at_end_ = bytes < block.memory.size();
      if (bytes > 0) wave_.write(bytes);
    }
    return !is_at_end_;
  }

  std::string path_;
  SoundFileReader file_;
  std::optional<REFWAVE_STATISTICS> before_;  // when it was opened
  BlockQueue::Semaphore done_{0, 0};
  WaveOut wave_;
  Watchdog watchdog_;
  bool is_at_end_ = false;
};

/// Effects: plays one file through `session`, which is made when the first file turns out to be playable.
void play_one(const std::string& path, std::optional<DriverSession>& session, const PlayOptions& options,
              std::size_t block_frames) {
  Playback playback(path, options, block_frames);
  if (!session) session.emplace(options.driver);
  playback.open(*session, options);
  playback.run();
  playback.report();
  if (is_interrupted()) return;
  const std::string complaint = playback.complaint();
  if (!complaint.empty()) throw Failure(complaint);
}

}  // namespace

int play(const PlayOptions& options) {
  const std::uint32_t period = configuration_with(options.driver).period;
  const std::size_t block_frames = options.block_frames != 0 ? options.block_frames : 2 * period;
  std::optional<DriverSession> session;
  watch_for_interruption();
  int status = 0;
  for (const std::string& path : options.files) {
    try {
      play_one(path, session, options, block_frames);
    } catch (const Failure& failure) {  // the files after this one may be good
      print_error(failure.what());
      status = failure.exit_status();
    }
    if (is_interrupted()) return kInterrupted;
  }
  return status;
}

}  // namespace refwave::cli
