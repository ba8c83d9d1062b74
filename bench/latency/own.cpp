#include "bench/latency/measure.h"

#include <map>
#include <optional>

#include "bench/latency/timeline.h"
#include "bench/measure/bare_wake.h"
#include "bench/trace/driver_trace.h"
#include "hal/system/clock.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/progress.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::measure {
namespace {

/// Joins the driver's and the client's stamps.
class Collector {
 public:
  Collector(trace::DriverTrace& trace, const Client& client, const Load& load, const Pace& pace,
            std::int64_t began_ns)
      : trace_(trace), pace_(pace), began_ns_(began_ns), before_(load.streams) {
    for (std::uint32_t i = 0; i < load.streams; ++i) {
      slots_.push_back(static_cast<std::uint16_t>(client.own_statistics(i).dwSlot));
      stream_of_slot_[slots_.back()] = i;
    }
  }

  void take(const std::vector<Stamp>& back) {
    for (const Stamp& stamp : back)
      lives_.add(trace::ClientStamp{slots_[stamp.stream], stamp.block, stamp.entered_ns, stamp.left_ns});
    events_.clear();
    trace_.read(events_);
    for (const REFWAVE_TRACE_EVENT& event : events_) lives_.add(event);
    for (const trace::BlockLife& life : lives_.take()) add(life);
  }

  Series series{"refwave"};
  Pieces pieces;

 private:
  void add(const trace::BlockLife& life) {
    const std::uint32_t stream = stream_of_slot_[life.slot];
    const std::int64_t latency_ns = life.entered_ns - life.finished_ns;
    trace::BlockLife& before = before_[stream];
    if (before.finished_ns != 0 && life.block == before.block + 1) {
      record_omitted(series.omitted, pace_, life.finished_ns - before.finished_ns,
                     before.entered_ns - before.finished_ns);
    }
    before = life;
    series.add({life.finished_ns - began_ns_, static_cast<std::uint64_t>(latency_ns), stream});
    pieces.add(trace::pieces_of(life));
  }

  trace::DriverTrace& trace_;
  Pace pace_;
  std::int64_t began_ns_;
  std::vector<std::uint16_t> slots_;  // of the streams, in their order
  std::map<std::uint16_t, std::uint32_t> stream_of_slot_;
  std::vector<trace::BlockLife> before_;  // the last one of each stream
  trace::BlockLives lives_;
  std::vector<REFWAVE_TRACE_EVENT> events_;  // of one take
};

/// A measurement: its streams and its result.
class Measuring {
 public:
  Measuring(cli::DriverSession& session, const LatencyOptions& options, const Load& load)
      : session_(session), client_(kFormat, load) {
    client_.open(session, options.driver);
    device_ = session.statistics().value_or(REFWAVE_STATISTICS{});
    if (device_.dwRate == 0)
      throw cli::Failure("the driver gives no statistics; measure it from outside, with --driver");
    trace_.emplace(session.handle());
  }

  Measurement measure(double seconds, const Load& load, BareWake::Sleeper sleeper) {
    const std::int64_t began_ns = hal::monotonic_now_ns();
    const Pace pace{load.block_ns(), std::int64_t{1'000'000'000} * device_.dwPeriodFrames / device_.dwRate};
    Collector collector(*trace_, client_, load, pace, began_ns);
    Subject bare_wakes("bare wake");
    BareWake bare(std::chrono::nanoseconds(load.block_ns()), sleeper, BareWake::Phase::spread);
    cli::Progress progress("measuring", seconds);
    double elapsed = 0;
    while (elapsed < seconds && !cli::is_interrupted() && !is_device_lost(elapsed)) {
      collector.take(client_.refill().back);
      client_.wait();
      bare.take(bare_wakes.series, began_ns);
      elapsed = static_cast<double>(hal::monotonic_now_ns() - began_ns) / 1e9;
      progress.show(elapsed, [&] { return so_far(collector.series.measured); });
    }
    bare.finish();
    bare.take(bare_wakes.series, began_ns);
    return result(elapsed, collector, std::move(bare_wakes));
  }

 private:
  /// After a loss the figures would be another device's. Asks the driver every tenth of a second.
  bool is_device_lost(double elapsed) {
    constexpr double kBetween = 0.1;  // seconds
    if (elapsed < next_look_) return false;
    next_look_ = elapsed + kBetween;
    const auto now = session_.statistics();
    return now && now->ullDeviceLosses != device_.ullDeviceLosses;
  }

  Measurement result(double seconds, Collector& collector, Subject bare_wakes) const {
    Measurement m;
    m.seconds = seconds;
    m.subjects.emplace_back("refwave");
    m.subjects.front().series = std::move(collector.series);
    m.subjects.push_back(std::move(bare_wakes));
    m.pieces = std::move(collector.pieces);
    m.lost_events = trace_->lost();
    m.counters = session_.statistics().value_or(device_);
    m.settings.device = cli::device_text(device_);
    m.settings.period_frames = device_.dwPeriodFrames;
    m.settings.device_rate = device_.dwRate;
    m.settings.buffers = client_.buffers();
    m.settings.device_period_frames = device_.dwDevicePeriodFrames;
    m.settings.device_buffer_frames = device_.dwDeviceBufferFrames;
    return m;
  }

  cli::DriverSession& session_;
  Client client_;
  std::optional<trace::DriverTrace> trace_;  // begins when the streams are open
  REFWAVE_STATISTICS device_{};              // as it was when the measurement began
  double next_look_ = 0;
};

}  // namespace

Measurement measure_refwave(cli::DriverSession& session, const LatencyOptions& options, const Load& load) {
  const bool is_realtime = session.configuration().notifier_priority == configuration::Priority::realtime;
  return Measuring(session, options, load)
      .measure(options.seconds, load,
               is_realtime ? BareWake::Sleeper::realtime : BareWake::Sleeper::ordinary);
}

}  // namespace refwave::measure
