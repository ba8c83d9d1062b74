#include "bench/watch/reader.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "driver/core/handover/latency_histogram.h"
#include "dsp/format.h"
#include "hal/system/realtime.h"

namespace refwave::watching {
namespace {

static_assert(kLatencySteps == core::LatencyHistogram::kCounts);

/// Returns: whether sums of four such times cannot overflow.
bool is_time(std::int64_t ns) { return ns >= 0 && ns < std::int64_t{1} << 60; }

bool agrees_with_itself(const Process& process) {
  const auto is_device = [](const Device& device) { return device.direction <= 1; };
  const auto is_stream = [&](const Stream& stream) {
    return stream.sample_type < dsp::kSampleTypes && stream.device < process.devices.size() &&
           stream.rate != 0 && stream.channels != 0;
  };
  const auto is_gap = [](const core::Gap& gap) {
    const auto times = {gap.began_at,     gap.ended_at,
                        gap.written_at,   gap.notifier_ns,
                        gap.callbacks_ns, gap.program_ns,
                        gap.late_ns,      gap.lost_ns,
                        gap.held_ns,      std::max<std::int64_t>(gap.waited_ns, 0)};
    return gap.kind <= core::Gap::Kind::supervisor && gap.writer <= core::Gap::Writer::callback &&
           gap.pressure_percent <= 100 && gap.began_at <= gap.ended_at && std::ranges::all_of(times, is_time);
  };
  return is_time(process.head.made_ns) && is_time(process.head.updated_ns) &&
         std::ranges::all_of(process.devices, is_device) && std::ranges::all_of(process.streams, is_stream) &&
         std::ranges::all_of(process.gaps, is_gap);
}

}  // namespace

Process parse(std::uint32_t number, std::span<const std::byte> bytes) {
  watch::Record record;
  Head& head = record.head;
  head.magic = 0;
  if (!bytes.empty())
    std::memcpy(static_cast<void*>(&record), bytes.data(), std::min(bytes.size(), sizeof record));
  const auto refuse = [&](std::string problem) {
    return Process{.number = number, .problem = std::move(problem), .head = {.sequence = head.sequence}};
  };
  if (head.magic != watch::kMagic) return refuse("not a refwave record");
  if (head.version != watch::kVersion)
    return refuse("its record is of version " + std::to_string(head.version) + ", and this is " +
                  std::to_string(watch::kVersion));
  if (head.sequence % 2 != 0) return refuse("its record is being written");
  if (head.record_bytes != sizeof record || head.devices > watch::kDevices ||
      head.streams > watch::kStreams || bytes.size() < sizeof record + head.streams * sizeof(Stream))
    return refuse("its record is cut short");

  head.program[sizeof head.program - 1] = 0;
  for (Device& device : record.devices) device.name[sizeof device.name - 1] = 0;
  Process process{.number = number, .head = head};
  process.devices.assign(record.devices, record.devices + head.devices);
  process.streams.resize(head.streams);
  std::ranges::copy(bytes.subspan(sizeof record).first(head.streams * sizeof(Stream)),
                    std::as_writable_bytes(std::span(process.streams)).begin());
  std::erase_if(process.streams, [](const Stream& stream) { return stream.id == 0; });
  for (std::uint64_t kept = std::min(head.gaps, std::uint64_t{watch::kGaps}); kept != 0; --kept)
    process.gaps.push_back(record.gaps[(head.gaps - kept) % watch::kGaps]);
  return agrees_with_itself(process) ? process : refuse("its record contradicts itself");
}

Process read_record(std::uint32_t number, const Read& read) {
  constexpr int kTries = 50;
  constexpr std::chrono::microseconds kNap{200};
  std::vector<std::byte> bytes(sizeof(watch::Record) + watch::kStreams * sizeof(Stream));
  for (int i = 0; i < kTries; ++i) {
    Process process = parse(number, std::span(bytes).first(read(0, bytes)));
    std::uint64_t after = 0;
    read(offsetof(Head, sequence), std::as_writable_bytes(std::span(&after, 1)));
    if (after == process.head.sequence && after % 2 == 0) return process;
    hal::nap(kNap);
  }
  return {.number = number, .problem = "its record is never at rest"};
}

}  // namespace refwave::watching
