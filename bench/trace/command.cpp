// `refwave trace`: plays silence on some streams while the driver stamps every block's way, and makes a
// picture of the stamps.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <sstream>
#include <vector>

#include "bench/measure/client.h"
#include "bench/trace/block_pieces.h"
#include "bench/trace/driver_trace.h"
#include "bench/trace/picture.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/output_file.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/progress.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_arguments.h"
#include "inf/cli/wave_client/driver_session.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::trace {
namespace {

struct TraceOptions {
  cli::DriverOptions driver;
  double seconds = 1;
  measure::Load load;
  std::string output;  // file, or "-" for standard output
};

/// So often that the driver's ring never fills, and so seldom that reading disturbs few periods.
constexpr std::chrono::milliseconds kReadEvery{50};
constexpr std::int64_t kWaitMicroseconds = 20'000;
/// They make a picture of about 150 MB. Viewers take no larger one.
constexpr unsigned kMostEvents = 500'000;

/// The traced program: its streams, and what is seen of them.
class Traced {
 public:
  Traced(cli::DriverSession& session, const TraceOptions& options)
      : session_(session), client_(measure::kFormat, options.load), trace_(session.handle()) {
    read();  // or it is not refwave's
    client_.open(session, options.driver);
    for (std::uint32_t i = 0; i < options.load.streams; ++i)
      slots_.push_back(static_cast<std::uint16_t>(client_.own_statistics(i).dwSlot));
  }

  /// Effects: plays for so long, then what is still queued, so that every block's life is whole.
  void run(double seconds) {
    cli::Progress progress("tracing", seconds);
    const auto begin = std::chrono::steady_clock::now();
    for (double elapsed = 0; elapsed < seconds && !cli::is_interrupted() && !is_full();) {
      const measure::Client::Turn turn = client_.refill();
      for (const measure::Stamp& stamp : turn.written) recording_.writes.push_back(of_slot(stamp));
      wait(turn.back);
      elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      progress.show(elapsed, [this] { return so_far(); });
    }
    while (client_.is_busy() && !cli::is_interrupted()) wait(client_.take_back());
    wait(client_.take_back());
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
  ClientStamp of_slot(const measure::Stamp& stamp) const {
    return {slots_[stamp.stream], stamp.block, stamp.entered_ns, stamp.left_ns};
  }
  /// Effects: takes the client's stamps, now and then the driver's, and waits for a block to come back.
  void wait(const std::vector<measure::Stamp>& back) {
    for (const measure::Stamp& stamp : back) lives_.add(recording_.callbacks.emplace_back(of_slot(stamp)));
    client_.wait(kWaitMicroseconds);
    if (std::chrono::steady_clock::now() >= next_read_) read();
  }
  /// Effects: reads until the last blocks' periods and calls are over, too: the client hears of a block
  /// before they are.
  void read_last() {
    constexpr std::chrono::milliseconds kPatience{500};  // what was lost never comes
    cli::RunningTime waited;
    read();
    while (lives_.whole() < recording_.callbacks.size() && waited.so_far() < kPatience) {
      client_.wait(kWaitMicroseconds);
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
  measure::Client client_;
  DriverTrace trace_;
  std::vector<std::uint16_t> slots_;  // of the streams
  Recording recording_;
  BlockLives lives_;
  std::chrono::steady_clock::time_point next_read_{};
};

int trace_buffers(TraceOptions options) {
  cli::DriverSession session(options.driver);
  if (options.load.block_frames == 0)
    options.load.block_frames = session.configuration().period_at(measure::kFormat.rate);
  cli::OutputFile file(options.output);
  cli::watch_for_interruption();
  REFWAVE_STATISTICS statistics{};  // while the streams are open
  Recording recording;
  {
    Traced traced(session, options);
    traced.run(options.seconds);
    statistics = session.statistics().value_or(REFWAVE_STATISTICS{});
    recording = traced.finish();
    recording.device = statistics.szDevice;
  }
  const auto stamp_ps = static_cast<double>(SendDriverMessage(session.handle(), REFWAVE_TRACE_COST, 1, 0));
  std::ostringstream text;
  trace::write_picture(text, recording);
  file.write(text.str());
  if (file.is_standard_output()) return cli::is_interrupted() ? cli::kInterrupted : 0;
  const std::size_t columns = cli::terminal_columns();
  const auto wide = [](std::uint64_t number) -> unsigned long long { return number; };
  for (const std::string& line :
       {cli::formatted("%llu blocks on ", wide(recording.lives.size())) + cli::device_text(statistics) +
            cli::formatted(": %llu events, %llu lost, %llu blocks incomplete", wide(recording.events.size()),
                           wide(recording.lost), wide(recording.incomplete)),
        "a stamp costs " + cli::round_duration_text(stamp_ps / 1000) +
            " here, of which a block's way holds about six",
        cli::visible(options.output) + ": open it in https://ui.perfetto.dev or chrome://tracing"})
    std::fputs(cli::wrapped(line, columns).c_str(), stdout);
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
  add_block_options(command, options->load.buffers, options->load.block_frames);
  command.option("-s,--seconds", options->seconds, "Length in seconds").finite(0.1, 600).shows_default();
  command.option("-S,--streams", options->load.streams, "Streams at the same time")
      .range(1, 256)
      .shows_default();
  command
      .option("-o,--output", options->output,
              "File for the picture, in the trace event format of Chrome and Perfetto; - for standard output")
      .required()
      .file();
  command.runs([options] { return trace::trace_buffers(*options); });
}

}  // namespace refwave::cli
