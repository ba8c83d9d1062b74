#include "bench/latency/measure.h"

#include <map>
#include <optional>

#include "bench/measure/bare_wake.h"
#include "bench/measure/surroundings.h"
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
  Collector(trace::DriverTrace& trace, const Client& client, std::uint32_t streams, std::int64_t began_ns)
      : trace_(trace), began_ns_(began_ns) {
    for (std::uint32_t i = 0; i < streams; ++i) {
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
    for (const trace::BlockLife& life : lives_.take()) {
      const auto latency_ns = static_cast<std::uint64_t>(life.entered_ns - life.finished_ns);
      series.add({life.finished_ns - began_ns_, latency_ns, stream_of_slot_[life.slot]});
      pieces.add(trace::pieces_of(life));
    }
  }

  Series series{"refwave"};
  Pieces pieces;

 private:
  trace::DriverTrace& trace_;
  std::int64_t began_ns_;
  std::vector<std::uint16_t> slots_;  // of the streams, in their order
  std::map<std::uint16_t, std::uint32_t> stream_of_slot_;
  trace::BlockLives lives_;
  std::vector<REFWAVE_TRACE_EVENT> events_;  // of one take
};

/// A measurement: its streams and its result.
class Measuring {
 public:
  Measuring(cli::DriverSession& session, const LatencyOptions& options)
      : session_(session), client_(kFormat, options.load) {
    client_.open(session, options.driver);
    device_ = session.statistics().value_or(REFWAVE_STATISTICS{});
    if (device_.dwRate == 0)
      throw cli::Failure("the driver gives no statistics; measure it from outside, with --driver");
    trace_.emplace(session.handle());
  }

  Measurement measure(double seconds, const Load& load) {
    const std::int64_t began_ns = hal::monotonic_now_ns();
    Collector collector(*trace_, client_, load.streams, began_ns);
    Series bare_wakes("bare wake");
    const bool is_realtime = session_.configuration().notifier_priority == configuration::Priority::realtime;
    BareWake bare(std::chrono::nanoseconds(load.block_ns()), BareWake::Phase::spread,
                  is_realtime ? &become_realtime : nullptr);
    cli::Progress progress("measuring", seconds);
    double elapsed = 0;
    while (elapsed < seconds && !cli::is_interrupted() && !is_device_lost(elapsed)) {
      collector.take(client_.refill().back);
      client_.wait();
      bare.take(bare_wakes, began_ns);
      elapsed = static_cast<double>(hal::monotonic_now_ns() - began_ns) / 1e9;
      progress.show(elapsed, [&] { return so_far(collector.series.measured); });
    }
    bare.finish();
    bare.take(bare_wakes, began_ns);
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

  Measurement result(double seconds, Collector& collector, Series bare_wakes) const {
    Measurement m;
    m.seconds = seconds;
    m.subjects = {std::move(collector.series), std::move(bare_wakes)};
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

Measurement measure_refwave(cli::DriverSession& session, const LatencyOptions& options) {
  return Measuring(session, options).measure(options.seconds, options.load);
}

}  // namespace refwave::measure
