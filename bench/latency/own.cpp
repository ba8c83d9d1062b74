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

Measurement measure_refwave(cli::DriverSession& session, const LatencyOptions& options) {
  Client client(kFormat, options.load);
  client.open(session, options.driver);
  const REFWAVE_STATISTICS device = session.statistics().value_or(REFWAVE_STATISTICS{});
  if (device.dwRate == 0)
    throw cli::Failure("the driver gives no statistics; measure it from outside, with --driver");
  trace::DriverTrace trace(session.handle());
  const std::int64_t began_ns = hal::monotonic_now_ns();
  Series series("refwave"), bare_wakes("bare wake");
  Pieces pieces;
  std::map<std::uint16_t, std::uint32_t> stream_of_slot;
  std::vector<std::uint16_t> slots;
  for (std::uint32_t i = 0; i < options.load.streams; ++i)
    stream_of_slot[slots.emplace_back(static_cast<std::uint16_t>(client.own_statistics(i).dwSlot))] = i;
  trace::BlockLives lives;
  std::vector<REFWAVE_TRACE_EVENT> events;  // of one take
  // Joins the driver's and the client's stamps.
  const auto take = [&](const std::vector<Stamp>& back) {
    for (const Stamp& stamp : back)
      lives.add(trace::ClientStamp{slots[stamp.stream], stamp.block, stamp.entered_ns, stamp.left_ns});
    events.clear();
    trace.read(events);
    for (const REFWAVE_TRACE_EVENT& event : events) lives.add(event);
    for (const trace::BlockLife& life : lives.take()) {
      const auto latency_ns = static_cast<std::uint64_t>(life.entered_ns - life.finished_ns);
      series.add({life.finished_ns - began_ns, latency_ns, stream_of_slot[life.slot]});
      pieces.add(trace::pieces_of(life));
    }
  };
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
    take(client.refill().back);
    client.wait();
    bare.take(bare_wakes, began_ns);
    m.seconds = static_cast<double>(hal::monotonic_now_ns() - began_ns) / 1e9;
    progress.show(m.seconds, [&] { return so_far(series.measured); });
  }
  bare.finish();
  bare.take(bare_wakes, began_ns);
  m.subjects = {std::move(series), std::move(bare_wakes)};
  m.pieces = std::move(pieces);
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
