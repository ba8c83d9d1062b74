#include "bench/latency/measure.h"

#include <map>

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

}  // namespace

Measurement measure_refwave(cli::DriverSession& session, const LatencyOptions& options) {
  Client client(kFormat, options.load);
  client.open(session, options.driver);
  const REFWAVE_STATISTICS device = session.statistics().value_or(REFWAVE_STATISTICS{});
  if (device.dwRate == 0)
    throw cli::Failure("the driver gives no statistics; measure it from outside, with --driver");
  trace::DriverTrace trace(session.handle());
  const std::int64_t began_ns = hal::monotonic_now_ns();
  Collector collector(trace, client, options.load.streams, began_ns);
  Series bare_wakes("bare wake");
  const bool is_realtime = session.configuration().notifier_priority == configuration::Priority::realtime;
  BareWake bare(std::chrono::nanoseconds(options.load.block_ns()), BareWake::Phase::spread,
                is_realtime ? &become_realtime : nullptr);
  // After a loss the figures would be another device's. The driver is asked every tenth of a second.
  auto is_lost = [&, next_look = 0.0](double now) mutable {
    if (now < next_look) return false;
    next_look = now + 0.1;
    const auto statistics = session.statistics();
    return statistics && statistics->ullDeviceLosses != device.ullDeviceLosses;
  };
  cli::Progress progress("measuring", options.seconds);
  Measurement m;
  while (m.seconds < options.seconds && !cli::is_interrupted() && !is_lost(m.seconds)) {
    collector.take(client.refill().back);
    client.wait();
    bare.take(bare_wakes, began_ns);
    m.seconds = static_cast<double>(hal::monotonic_now_ns() - began_ns) / 1e9;
    progress.show(m.seconds, [&] { return so_far(collector.series.measured); });
  }
  bare.finish();
  bare.take(bare_wakes, began_ns);
  m.subjects = {std::move(collector.series), std::move(bare_wakes)};
  m.pieces = std::move(collector.pieces);
  m.lost_events = trace.lost();
  m.counters = session.statistics().value_or(device);
  m.settings = {.device = cli::device_text(device),
                .buffers = client.buffers(),
                .period_frames = device.dwPeriodFrames,
                .device_rate = device.dwRate,
                .device_period_frames = device.dwDevicePeriodFrames,
                .device_buffer_frames = device.dwDeviceBufferFrames};
  return m;
}

}  // namespace refwave::measure
