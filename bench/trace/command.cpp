// `refwave trace`: plays silence on some streams while the driver stamps every block's way, and makes a
// picture of the stamps.
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <vector>

#include "bench/trace/block_pieces.h"
#include "bench/trace/driver_trace.h"
#include "bench/trace/picture.h"
#include "hal/system/clock.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/progress.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_arguments.h"
#include "inf/cli/wave_client/driver_session.h"
#include "inf/cli/wave_client/latency_report.h"
#include "inf/cli/wave_client/wave_out.h"

namespace refwave::trace {
namespace {

/// The program that is traced: one stream of silence, which stamps its own calls. Main thread, except for the
/// callback.
class TracedStream {
 public:
  /// `done` is signalled once for every block that comes back; several streams may share one.
  TracedStream(const dsp::Format& format, std::size_t blocks, std::size_t block_frames,
               cli::BlockQueue::Semaphore& done);

  /// Returns: MMSYSERR_NOERROR, or why the stream could not be opened; then nothing else may be called.
  MMRESULT open();
  /// Effects: writes every block that the client has by now, and adds a stamp of each waveOutWrite. Throws:
  /// Failure.
  void refill(std::vector<ClientStamp>& writes);
  /// Effects: adds the stamps of the callbacks that have returned since the last call. Call it between two
  /// refills.
  void take_callbacks(std::vector<ClientStamp>& callbacks);
  /// Returns: whether the driver has a block, or a callback has not returned.
  bool is_busy() const { return stamped_.load(std::memory_order_acquire) != wave_.queue().sent(); }

 private:
  std::uint16_t slot_ = REFWAVE_TRACE_NO_SLOT;
  std::uint32_t taken_ = 0;
  std::vector<ClientStamp> stamps_;        // a ring; the callback fills it, take_callbacks() empties it
  std::atomic<std::uint32_t> stamped_{0};  // callback → main: stamps that are whole
  cli::WaveOut wave_;                      // last: it is closed while the rest is there
};

TracedStream::TracedStream(const dsp::Format& format, std::size_t blocks, std::size_t block_frames,
                           cli::BlockQueue::Semaphore& done)
    : stamps_(2 * blocks + 1), wave_(format, blocks, block_frames, done) {
  // The callbacks of a stream come one after the other. There is room for the stamp: when stamps were taken
  // last, those in flight had none, nor had one that was just back; the refill since then has sent each block
  // at most once.
  wave_.at_end_of_callback = [this](const WAVEHDR*, std::int64_t entered_ns) {
    const std::uint32_t block = stamped_.load(std::memory_order_relaxed);
    stamps_[block % stamps_.size()] = {slot_, block, entered_ns, hal::monotonic_now_ns()};
    stamped_.store(block + 1, std::memory_order_release);  // pairs with take_callbacks()
  };
}

MMRESULT TracedStream::open() {
  const MMRESULT result = wave_.open();
  if (result != MMSYSERR_NOERROR) return result;
  if (const auto statistics = wave_.statistics()) slot_ = static_cast<std::uint16_t>(statistics->dwSlot);
  return result;
}

void TracedStream::refill(std::vector<ClientStamp>& writes) {
  cli::BlockQueue& queue = wave_.queue();
  // Not those that come back meanwhile: of a device that is behind that may be any number.
  for (std::size_t n = queue.blocks().size() - queue.outstanding(); n > 0; --n) {
    const auto block = static_cast<std::uint32_t>(queue.sent());
    const std::int64_t entered_ns = hal::monotonic_now_ns();
    wave_.write(queue.next().memory.size());
    writes.push_back({slot_, block, entered_ns, hal::monotonic_now_ns()});
  }
}

void TracedStream::take_callbacks(std::vector<ClientStamp>& callbacks) {
  const std::uint32_t end = stamped_.load(std::memory_order_acquire);  // pairs with the callback
  for (; taken_ != end; ++taken_) callbacks.push_back(stamps_[taken_ % stamps_.size()]);
}

struct TraceOptions {
  cli::DriverOptions driver;
  double seconds = 1;
  std::uint32_t streams = 1;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: one period
  std::string output;              // file, or "-" for standard output
};

constexpr dsp::Format kFormat{dsp::SampleType::s16, 2, 48'000, 0};
/// So often that the driver's ring never fills, and so seldom that reading disturbs few periods.
constexpr std::chrono::milliseconds kReadEvery{50};
constexpr std::int64_t kWaitMicroseconds = 20'000;
/// They make a picture of about 150 MB. Viewers take no larger one.
constexpr unsigned kMostEvents = 500'000;

/// The traced program: its streams, and what is seen of them.
class Traced {
 public:
  Traced(cli::DriverSession& session, const TraceOptions& options, std::uint32_t block_frames)
      : session_(session), trace_(session.handle()) {
    read();  // or it is not refwave's
    for (std::uint32_t i = 0; i < options.streams; ++i) {
      auto stream = std::make_unique<TracedStream>(kFormat, options.buffers, block_frames, done_);
      const MMRESULT result = stream->open();
      if (result != MMSYSERR_NOERROR)
        throw cli::Failure(cli::open_failure(session, result, options.driver.device, 0));
      streams_.push_back(std::move(stream));
    }
  }

  /// Effects: plays for so long, then what is still queued, so that every block's life is whole.
  void run(double seconds) {
    cli::Progress progress("tracing", seconds);
    const auto begin = std::chrono::steady_clock::now();
    for (double elapsed = 0; elapsed < seconds && !cli::is_interrupted() && !is_full();) {
      for (const auto& stream : streams_) stream->refill(recording_.writes);
      wait();
      elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      progress.show(elapsed, [this] { return so_far(); });
    }
    while (is_busy() && !cli::is_interrupted()) wait();
    read_last();
    if (is_full())
      cli::print_error(
          cli::formatted("warning: stopped after %u events, as viewers take no more: trace fewer --streams, "
                         "longer periods or fewer --seconds",
                         kMostEvents));
  }

  Recording finish() {
    recording_.lives = lives_.take();
    recording_.incomplete = lives_.incomplete();
    return std::move(recording_);
  }

 private:
  /// Returns: the driver's own percentiles until now.
  std::string so_far() const {
    const REFWAVE_STATISTICS s = session_.statistics().value_or(REFWAVE_STATISTICS{});
    return cli::so_far_text(s.ullLatencyP50Ns, s.ullLatencyP99Ns, s.ullLatencyMaxNs, s.ullBlocks);
  }
  bool is_full() const { return recording_.events.size() >= kMostEvents; }
  bool is_busy() const {
    return std::ranges::any_of(streams_, [](const auto& stream) { return stream->is_busy(); });
  }

  /// Effects: waits for a block to come back, takes the client's stamps, and now and then the driver's.
  void wait() {
    done_.wait(kWaitMicroseconds);
    take_callbacks();
    if (watchdog_.is_stalled(recording_.callbacks.size()))
      throw cli::Failure("the device has taken no audio for five seconds; try another --device");
    if (std::chrono::steady_clock::now() >= next_read_) read();
  }
  void take_callbacks() {
    const std::size_t before = recording_.callbacks.size();
    for (const auto& stream : streams_) stream->take_callbacks(recording_.callbacks);
    for (std::size_t i = before; i < recording_.callbacks.size(); ++i) lives_.add(recording_.callbacks[i]);
  }
  /// Effects: reads until the last blocks' periods and calls are over, too: the client hears of a block
  /// before they are.
  void read_last() {
    constexpr std::chrono::milliseconds kPatience{500};  // what was lost never comes
    cli::RunningTime waited;
    read();
    while (lives_.whole() < recording_.callbacks.size() && waited.so_far() < kPatience) {
      done_.wait(kWaitMicroseconds);
      read();
    }
  }
  void read() {
    const std::size_t before = recording_.events.size();
    trace_.read(recording_.events);
    for (std::size_t i = before; i < recording_.events.size(); ++i) lives_.add(recording_.events[i]);
    recording_.lost = trace_.lost();
    next_read_ = std::chrono::steady_clock::now() + kReadEvery;
  }

  cli::DriverSession& session_;
  cli::BlockQueue::Semaphore done_{0, 0};
  DriverTrace trace_;
  Recording recording_;
  BlockLives lives_;
  cli::Watchdog watchdog_;
  std::chrono::steady_clock::time_point next_read_{};
  std::vector<std::unique_ptr<TracedStream>> streams_;  // last: they are closed while the rest is there
};

/// Effects: traces, and closes the streams. `statistics`: as they were before that.
Recording record(cli::DriverSession& session, const TraceOptions& options, std::uint32_t block_frames,
                 REFWAVE_STATISTICS& statistics) {
  Traced traced(session, options, block_frames);
  traced.run(options.seconds);
  statistics = session.statistics().value_or(REFWAVE_STATISTICS{});
  Recording recording = traced.finish();
  recording.device = statistics.szDevice;
  return recording;
}

/// Returns: what was recorded, in lines of no more than `columns` letters. `stamp_ps`: the cost of a stamp.
std::string summary(const Recording& recording, const std::string& device, double stamp_ps,
                    std::size_t columns) {
  return cli::wrapped(
             cli::formatted("%llu blocks on ", static_cast<unsigned long long>(recording.lives.size())) +
                 device +
                 cli::formatted(": %llu events, %llu lost, %llu blocks incomplete",
                                static_cast<unsigned long long>(recording.events.size()),
                                static_cast<unsigned long long>(recording.lost),
                                static_cast<unsigned long long>(recording.incomplete)),
             columns) +
         cli::wrapped("a stamp costs " + cli::round_duration_text(stamp_ps / 1000) +
                          " here, of which a block's way holds about six",
                      columns);
}

int trace_buffers(const TraceOptions& options) {
  const std::uint32_t block_frames =
      options.block_frames != 0 ? options.block_frames : cli::configuration_with(options.driver).period;
  cli::DriverSession session(options.driver);
  const bool to_standard_output = options.output == "-";
  std::ofstream file;
  if (!to_standard_output) file.open(cli::to_path(options.output), std::ios::binary);
  if (!file) throw cli::Failure(options.output + ": cannot be written; name another file with --output");
  cli::watch_for_interruption();
  REFWAVE_STATISTICS statistics{};
  const Recording recording = record(session, options, block_frames, statistics);
  // The driver's own trace is over.
  const auto stamp_ps = static_cast<double>(SendDriverMessage(session.handle(), REFWAVE_TRACE_COST, 1, 0));
  trace::write_picture(to_standard_output ? std::cout : file, recording);
  if (to_standard_output) return cli::is_interrupted() ? cli::kInterrupted : 0;
  file.close();
  if (!file) throw cli::Failure(options.output + ": could not be written whole; is there room on the disk?");
  const std::size_t columns = cli::terminal_columns();
  std::fputs(summary(recording, cli::device_text(statistics), stamp_ps, columns).c_str(), stdout);
  std::fputs(
      cli::wrapped(cli::visible(options.output) + ": open it in https://ui.perfetto.dev or chrome://tracing",
                   columns)
          .c_str(),
      stdout);
  return cli::is_interrupted() ? cli::kInterrupted : 0;
}

}  // namespace
}  // namespace refwave::trace

namespace refwave::cli {

void add_trace(CommandLine& line) {
  const auto options = std::make_shared<trace::TraceOptions>();
  const Subcommand command = line.add("trace", "Trace every block through the driver, as a picture");
  add_device_options(command, options->driver);
  add_wake_option(command, options->driver);
  add_block_options(command, options->buffers, options->block_frames);
  command.option("-s,--seconds", options->seconds, "Length in seconds").finite(0.1, 600).shows_default();
  command.option("-S,--streams", options->streams, "Streams at the same time").range(1, 256).shows_default();
  command
      .option("-o,--output", options->output,
              "File for the picture, in the trace event format of Chrome and Perfetto; - for standard output")
      .required()
      .file();
  command.runs([options] { return trace::trace_buffers(*options); });
}

}  // namespace refwave::cli
