#include "driver/winmm/own_messages.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "driver/control/driver_gate.h"
#include "driver/core/trace/trace.h"
#include "driver/winmm/refwave.h"
#include "hal/system/clock.h"
#include "hal/system/wide_text.h"

namespace refwave::winmm {
namespace {

static_assert(REFWAVE_RATE_44100 == 1 &&
              hal::kUsualRates == std::array<std::uint32_t, 4>{44'100, 48'000, 96'000, 192'000});
static_assert(REFWAVE_TRACE_WRITTEN == static_cast<int>(core::TraceKind::written));
static_assert(REFWAVE_TRACE_FINISHED == static_cast<int>(core::TraceKind::finished));
static_assert(REFWAVE_TRACE_CALLED == static_cast<int>(core::TraceKind::called));
static_assert(REFWAVE_TRACE_DEVICE_SERVES == static_cast<int>(core::TraceKind::device_serves));
static_assert(REFWAVE_TRACE_READY == static_cast<int>(core::TraceKind::ready));
static_assert(REFWAVE_TRACE_NO_SLOT == core::kNoSlot);

void copy_text(std::span<char> target, const std::string& text) {
  const std::string_view fits = hal::whole_letters(text, target.size() - 1);
  std::memcpy(target.data(), fits.data(), fits.size());
  target[fits.size()] = 0;
}

LRESULT list_devices(const control::DriverReference& driver, REFWAVE_DEVICE* target, std::size_t room) {
  const std::vector<hal::DeviceInfo> devices = driver->list_devices();
  for (std::size_t i = 0; target != nullptr && i < std::min(room, devices.size()); ++i) {
    REFWAVE_DEVICE entry{};
    copy_text(entry.szName, devices[i].name);
    copy_text(entry.szBackend, devices[i].backend);
    entry.bInput = devices[i].direction == hal::Direction::input ? 1 : 0;
    entry.bDefault = devices[i].is_default ? 1 : 0;
    entry.dwMaxChannels = devices[i].max_channels;
    entry.dwDefaultRate = devices[i].default_rate;
    entry.dwRates = devices[i].rates;
    copy_text(entry.szUser, devices[i].used_by);
    target[i] = entry;
  }
  return static_cast<LRESULT>(devices.size());
}

LRESULT give_warnings(const control::DriverReference& driver, char* target, std::size_t room) {
  const std::string text = driver->warnings();
  std::size_t begin = 0;
  if (text.size() >= room && room != 0) {
    begin = text.size() + 1 - room;
    // A line that was cut off is left out.
    if (begin > 0 && text[begin - 1] != '\n') begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  }
  if (target != nullptr && room != 0) copy_text({target, room}, text.substr(begin));
  return static_cast<LRESULT>(text.size() + 1);
}

LRESULT settle(const control::DriverReference& driver, LPARAM milliseconds) {
  constexpr std::int64_t kForever = 1'000'000'000'000;  // 30 years, in the range of times in ns
  const std::int64_t patience = std::clamp<std::int64_t>(milliseconds, 0, kForever);
  const std::int64_t deadline_ns = hal::monotonic_now_ns() + patience * 1'000'000;
  return driver->streams().settle(deadline_ns) ? MMSYSERR_NOERROR : MMSYSERR_ERROR;
}

/// The caller's events may be shorter or longer than the driver's.
LRESULT read_trace(core::Trace& trace, REFWAVE_TRACE_BATCH* batch) {
  if (batch == nullptr || batch->cbSize < sizeof(*batch) || batch->cbEvent == 0) return MMSYSERR_INVALPARAM;
  if (batch->pEvents == nullptr && batch->dwRoom != 0) return MMSYSERR_INVALPARAM;
  std::array<core::TraceEvent, 256> some;
  auto* target = reinterpret_cast<std::byte*>(batch->pEvents);
  std::uint64_t dropped = 0;
  std::size_t count = some.size();
  for (batch->dwEvents = 0; count == some.size() && batch->dwEvents != batch->dwRoom;) {
    const std::size_t room = std::min<std::size_t>(some.size(), batch->dwRoom - batch->dwEvents);
    count = trace.read(std::span(some).first(room), dropped);
    for (std::size_t i = 0; i < count; ++i) {
      const core::TraceEvent& from = some[i];
      const REFWAVE_TRACE_EVENT event{static_cast<ULONGLONG>(from.ns), from.thread, from.block, from.slot,
                                      from.kind};
      std::memcpy(target, &event, std::min<std::size_t>(batch->cbEvent, sizeof(event)));
      target += batch->cbEvent;
    }
    batch->dwEvents += static_cast<DWORD>(count);
  }
  batch->ullLost = dropped;
  return MMSYSERR_NOERROR;
}

LRESULT answer(const control::DriverReference& driver, UINT message, LPARAM first, LPARAM second) {
  switch (message) {
    case REFWAVE_GET_STATISTICS:
      return static_cast<LRESULT>(give_statistics(driver->statistics(), static_cast<DWORD_PTR>(first)));
    case REFWAVE_LIST_DEVICES:
      return list_devices(driver, reinterpret_cast<REFWAVE_DEVICE*>(first), static_cast<std::size_t>(second));
    case REFWAVE_GET_WARNINGS:
      return give_warnings(driver, reinterpret_cast<char*>(first), static_cast<std::size_t>(second));
    case REFWAVE_COUNT_WARNINGS:
      return static_cast<LRESULT>(driver->count_of_warnings());
    case REFWAVE_STEP:
      return driver->step(static_cast<std::uint32_t>(first)) ? MMSYSERR_NOERROR : MMSYSERR_ERROR;
    case REFWAVE_SETTLE:
      return settle(driver, first);
    case REFWAVE_TRACE_START:
      driver->streams().trace().start(first != 0 ? static_cast<std::uint32_t>(first)
                                                 : core::Trace::kAllKinds);
      return MMSYSERR_NOERROR;
    case REFWAVE_TRACE_STOP:
      driver->streams().trace().stop();
      return MMSYSERR_NOERROR;
    case REFWAVE_TRACE_READ:
      return read_trace(driver->streams().trace(), reinterpret_cast<REFWAVE_TRACE_BATCH*>(first));
    case REFWAVE_TRACE_COST:
      return static_cast<LRESULT>(core::trace_cost_ps(first != 0 ? core::Tracing::on : core::Tracing::off));
    default:
      return 0;
  }
}

void fill_device(const core::DeviceStatistics& device, REFWAVE_STATISTICS& all) {
  all.ullLatePeriods = device.late_periods;
  all.ullMaxLatenessNs = device.max_lateness_ns;
  all.ullWakes = device.wakes;
  all.ullDeviceLosses = device.losses;
  all.ullDeviceReturns = device.returns;
  all.ullXruns = device.xruns;
  all.ullReanchors = device.reanchors;
  all.ullDroppedNs = device.dropped_ns;
  if (device.missed != hal::Availability::none) all.dwMissed = REFWAVE_MISSED_DEVICE;
  if (device.missed == hal::Availability::server_pending) all.dwMissed |= REFWAVE_MISSED_SERVER;
  if (!device.name.empty()) {
    all.dwRate = device.format.rate;
    all.dwChannels = device.format.channels;
    all.dwPeriodFrames = device.period_frames;
    all.dwLatencyFrames = device.latency_frames;
    all.dwQueuedFrames = device.queued_frames;
    all.dwDevicePeriodFrames = device.device_period_frames;
    all.dwDeviceBufferFrames = device.device_buffer_frames;
  }
  copy_text(all.szDevice, device.name);
}

}  // namespace

DWORD give_statistics(const core::Statistics& statistics, DWORD_PTR target) noexcept {
  if (target == 0) return MMSYSERR_INVALPARAM;
  DWORD size = 0;
  std::memcpy(&size, reinterpret_cast<const void*>(target), sizeof(size));
  if (size < sizeof(size)) return MMSYSERR_INVALPARAM;
  REFWAVE_STATISTICS all{};
  all.cbSize = size;
  all.dwSlotsInUse = statistics.streams;
  all.ullBlocks = statistics.blocks;
  all.ullMessages = statistics.messages;
  all.ullUndelivered = statistics.undelivered;
  all.ullUnderruns = statistics.underruns;
  all.ullPeriods = statistics.periods;
  all.ullSkipped = statistics.skipped;
  all.ullSilenced = statistics.silenced;
  all.ullUncapturedNs = statistics.uncaptured_ns;
  all.fPeak = statistics.levels.peak;
  all.fRms = statistics.levels.rms;
  all.dwSlot = statistics.slot;
  all.dwNotifiers = statistics.notifiers.threads;
  all.dwRealtimeNotifiers = statistics.notifiers.realtime;
  all.ullHandOns = statistics.notifiers.hand_ons;
  all.ullSpunNs = statistics.notifiers.spun_ns;
  all.ullLatencyP50Ns = statistics.latency.p50_ns;
  all.ullLatencyP99Ns = statistics.latency.p99_ns;
  all.ullLatencyP999Ns = statistics.latency.p999_ns;
  all.ullLatencyMaxNs = statistics.latency.max_ns;
  fill_device(statistics.device, all);
  std::memcpy(reinterpret_cast<void*>(target), &all, std::min<std::size_t>(size, sizeof(all)));
  return MMSYSERR_NOERROR;
}

LRESULT own_message(UINT message, LPARAM first, LPARAM second) noexcept {
  const bool counts = message == REFWAVE_LIST_DEVICES || message == REFWAVE_GET_WARNINGS ||
                      message == REFWAVE_COUNT_WARNINGS || message == REFWAVE_TRACE_COST;
  try {
    const control::DriverReference driver;
    if (!driver) return counts ? 0 : MMSYSERR_NOTENABLED;
    return answer(driver, message, first, second);
  } catch (...) {
    // Out of memory. An MMRESULT would be taken for a count.
    return counts ? 0 : MMSYSERR_NOMEM;
  }
}

}  // namespace refwave::winmm
