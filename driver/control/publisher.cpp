#include "driver/control/publisher.h"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "driver/configuration/version.h"
#include "driver/control/streams.h"
#include "driver/core/period/device_round.h"
#include "hal/system/process.h"
#include "hal/system/threads.h"
#include "hal/system/wide_text.h"

namespace refwave::control {
namespace {

constexpr std::int64_t kIntervalNs = 100'000'000;
// Of more streams than this the histograms are taken over in turns.
constexpr std::size_t kTurns = 16;
constexpr std::uint64_t kMostCount = std::numeric_limits<std::uint32_t>::max();

static_assert(watch::kStreams == core::kSlots && watch::kLatencySteps == core::LatencyHistogram::kCounts);

/// Returns: as much of the text as the place has room for.
template <std::size_t N>
std::string_view fitted(const char (&)[N], std::string_view text) {
  return hal::whole_letters(text, N - 1);
}

template <std::size_t N>
void put(char (&place)[N], std::string_view text) {
  *std::ranges::copy(fitted(place, text), place).out = 0;
}

std::int64_t ns_of(std::uint64_t frames, std::uint32_t rate) {
  return rate != 0 ? static_cast<std::int64_t>(static_cast<double>(frames) * 1e9 / rate) : 0;
}

/// Effects: takes the histogram over. Returns: the longest latency that has come to it.
std::int64_t take_over(const core::LatencyHistogram& from, watch::Latency& to) {
  std::uint64_t longest_ns = 0;
  const std::uint64_t max_ns = from.max_ns();
  for (std::size_t i = 0; i <= core::LatencyHistogram::index_of(max_ns); ++i) {
    const auto count = static_cast<std::uint32_t>(std::min(from.count(i), kMostCount));
    if (std::exchange(to.counts[i], count) != count)
      longest_ns = std::min(core::LatencyHistogram::upper_end(i), max_ns);
  }
  return static_cast<std::int64_t>(longest_ns);
}

}  // namespace

void Publisher::tick(std::int64_t now_ns, bool is_device_open, const Equipment& equipment) noexcept {
  const hal::MutexLock lock(mutex_);
  if (!is_wanted()) {
    was_open_ = false;
    return;
  }
  if (devices_.owner_before(equipment.devices) || equipment.devices.owner_before(devices_)) {
    // By DRV_OPEN: other devices, whose counters begin anew.
    devices_ = equipment.devices;
    record_.reset();
    was_open_ = false;
  }
  // Once more after the last device, so that the record shows none.
  if (!is_device_open && !was_open_) return;
  if (is_device_open && was_open_ && now_ns < next_ns_) return;
  next_ns_ = now_ns + kIntervalNs;
  const bool is_new = !std::exchange(was_open_, is_device_open);
  try {
    if (is_new && !record_) make(now_ns);
    if (record_) take(now_ns, equipment);
  } catch (const std::bad_alloc&) {
    // The next device tries again; if there is a record, the next tick does.
  }
}

void Publisher::write() noexcept {
  const hal::MutexLock lock(mutex_);
  if (!is_wanted()) record_.reset();
  if (!record_ || record_->head.sequence == 0) place_.reset();
  if (!record_ || !std::exchange(is_taken_, false)) return;
  try {
    std::string problem;
    if (!place_) place_ = watch::make_place(problem);
    if (place_) problem = put_record();
    if (problem.empty()) return;
    event_log_->report([&] { return "watch: no record: " + problem; });
  } catch (const std::bad_alloc&) {
    // Until the next device there is none.
  }
  record_.reset();
  place_.reset();
}

void Publisher::end() noexcept {
  if (!mutex_.try_lock()) return;
  has_ended_ = true;
  place_.reset();
  mutex_.unlock();
}

void Publisher::make(std::int64_t now_ns) {
  auto made = std::make_unique<watch::Record>();
  made->head.record_bytes = sizeof(watch::Record);
  made->head.process = hal::process_number();
  made->head.pointer_bits = 8 * sizeof(void*);
  made->head.made_ns = made->head.updated_ns = now_ns;
  put(made->head.program, hal::program_name());
  put(made->head.driver, configuration::version());
  latencies_.clear();
  devices_before_ = {};
  record_ = std::move(made);
}

void Publisher::take(std::int64_t now_ns, const Equipment& equipment) {
  watch::Head& head = record_->head;
  const std::int64_t elapsed_ns = now_ns - std::exchange(head.updated_ns, now_ns);
  head.devices = 0;
  for (const auto direction : {hal::Direction::output, hal::Direction::input}) {
    for (const auto& engine : equipment.of(direction)) {
      const std::size_t device = head.devices++;
      record_->devices[device].direction = static_cast<std::uint32_t>(direction);
      const Dry dry{.late_periods = note_device(device, engine->statistics(), elapsed_ns),
                    .elapsed_ns = elapsed_ns};
      // Others than its members are not touched: their memory would be fetched for nothing.
      for (std::size_t slot = 0; slot < core::kSlots; ++slot) {
        if (!engine->membership().has(slot)) continue;
        core::Stream& stream = table_->streams[slot];
        for (; latencies_.size() <= slot; latencies_.emplace_back()) is_counted_.set(latencies_.size());
        // A call that has the mutex is not waited for. Its stream is shown as it was.
        if (!stream.mutex.try_lock()) continue;
        note_stream(stream, device, dry);
        stream.mutex.unlock();
      }
    }
  }
  head.streams = static_cast<std::uint32_t>(latencies_.size());
  for (std::size_t slot = 0; slot < head.streams; ++slot) {
    // Relaxed: one that closes now is shown a little longer.
    const Handle handle = table_->streams[slot].handle.load(std::memory_order_relaxed);
    if (handle != record_->streams[slot].id) record_->streams[slot].id = 0;
  }
  is_taken_ = true;
}

// A seqlock with one writer: the sequence is odd before anything else is written, and even after all of it.
std::string Publisher::put_record() {
  const auto bytes_of = [](const auto* first, std::size_t count) {
    return std::as_bytes(std::span(first, count));
  };
  watch::Head& head = record_->head;
  const std::uint64_t odd = ++head.sequence, even = odd + 1;
  const std::size_t used = offsetof(watch::Record, streams) + head.streams * sizeof(watch::OpenStream);
  std::vector<watch::Piece> pieces = {{offsetof(watch::Head, sequence), bytes_of(&odd, 1)},
                                      {0, bytes_of(record_.get(), 1).first(used)}};
  // Neighbours together.
  for (std::size_t begin = 0, end = 0; begin < head.streams; begin = end + 1) {
    for (end = begin; end < head.streams && is_counted_[end]; ++end) {
    }
    if (end != begin)
      pieces.push_back({sizeof(watch::Record) + begin * sizeof(watch::Latency),
                        bytes_of(&latencies_[begin], end - begin)});
  }
  pieces.push_back({offsetof(watch::Head, sequence), bytes_of(&even, 1)});
  std::string problem = place_->write(pieces);
  head.sequence = even;
  is_counted_.reset();
  return problem;
}

std::uint64_t Publisher::note_device(std::size_t device, const core::DeviceStatistics& now,
                                     std::int64_t elapsed_ns) {
  watch::Device& place = record_->devices[device];
  DeviceBefore& before = devices_before_[device];
  // A loss is counted as such.
  const bool has_called = before.called_ns != 0 && fitted(place.name, now.name) == place.name &&
                          now.losses == place.losses && now.returns == place.returns;
  if (!now.name.empty()) {
    put(place.name, now.name);
    place.rate = now.format.rate;
    place.period_frames = now.period_frames;
    place.latency_frames = now.latency_frames;
    place.device_period_frames = now.device_period_frames;
    place.device_buffer_frames = now.device_buffer_frames;
    place.missed = static_cast<std::uint32_t>(now.missed);
  }
  place.audio_thread = hal::thread_number(now.audio_thread);
  const std::uint64_t late_periods = now.late_periods - std::exchange(place.late_periods, now.late_periods);
  place.max_lateness_ns = now.max_lateness_ns;
  place.returns = now.returns;
  const bool has_dropped = std::exchange(place.dropped_ns, now.dropped_ns) != now.dropped_ns;
  if (has_dropped && record_->head.sequence != 0) ++place.drops;
  place.losses = now.losses;
  place.xruns = now.xruns;
  place.reanchors = now.reanchors;

  const std::int64_t called_ns = std::exchange(before.called_ns, now.called_ns);
  if (has_called && called_ns == now.called_ns) {
    // If this process stands still, the supervisor does, too.
    if (elapsed_ns < 2 * kIntervalNs) before.silent_ns += elapsed_ns;
    return late_periods;
  }
  const std::int64_t held_ns = ns_of(std::max(place.latency_frames, place.device_buffer_frames), place.rate);
  const std::int64_t silent_ns = std::exchange(before.silent_ns, 0);
  if (has_called && silent_ns > std::max(held_ns, 2 * kIntervalNs)) ++place.stalls;
  return late_periods;
}

void Publisher::note_stream(core::Stream& stream, std::size_t device, Dry dry) {
  const Handle handle = stream.handle.load(std::memory_order_relaxed);
  if (handle == 0) return;
  const std::size_t slot = stream.index();
  watch::OpenStream& place = record_->streams[slot];
  StreamBefore& before = streams_before_[slot];
  const std::int64_t now_ns = record_->head.updated_ns;
  const bool is_new = place.id != handle;
  if (is_new) {
    place = {.id = handle, .opened_ns = now_ns};
    latencies_[slot] = {};
    // It may have been opened just before the last look, or that may have found its mutex taken.
    before = {.at_ns = now_ns - dry.elapsed_ns - kIntervalNs};
  }
  dry.elapsed_ns = now_ns - std::exchange(before.at_ns, now_ns);
  dry.queued_ns = ns_of(std::uint64_t{place.headers} * place.header_frames, place.rate);

  // Before the queue: a block that waits then comes after what was lost.
  core::Statistics now;
  now.add(stream.counters);
  core::BlockRing& ring = stream.audio().ring();
  place.device = static_cast<std::uint16_t>(device);
  place.running = stream.running.load(std::memory_order_relaxed) ? 1 : 0;
  place.sample_type = static_cast<std::uint16_t>(stream.format().type);
  place.channels = stream.format().channels;
  place.rate = stream.format().rate;
  place.headers = ring.written() - ring.released() + stream.waiting.load(std::memory_order_relaxed);
  // Only writers change it, and they have the mutex.
  place.header_frames = std::max(place.header_frames, ring.at(ring.written() - 1).frames);

  const std::uint64_t underruns = now.underruns - std::exchange(place.underruns, now.underruns);
  const std::uint64_t periods = now.periods - std::exchange(before.periods, now.periods);
  const std::uint64_t blocks = now.blocks - std::exchange(place.blocks, now.blocks);
  const bool has_its_turn = record_->head.sequence / 2 % kTurns == slot * kTurns / latencies_.size();
  if (is_new || underruns != 0 || latencies_.size() <= kTurns || has_its_turn) {
    const std::int64_t longest_ns = take_over(*stream.latency, latencies_[slot]);
    if (latencies_.size() <= kTurns) dry.notify_ns = longest_ns;  // of this look alone
    place.latency_max_ns = stream.latency->max_ns();
    is_counted_.set(slot);
  }
  // What was before the record has no known cause.
  if (record_->head.sequence == 0 || (underruns == 0 && before.gap_ns == 0)) return;
  const bool is_input = direction_of(handle) == hal::Direction::input;
  watch::Device& taker = record_->devices[device];
  if (underruns != 0) {
    // A long period counts once for each run.
    const std::uint32_t runs = (taker.period_frames + core::kBusFrames - 1) / core::kBusFrames;
    dry.taken_ns = ns_of(periods * taker.period_frames / std::max(runs, 1U), taker.rate);
    dry.at_once_ns = ns_of(std::max(taker.period_frames, taker.device_period_frames), taker.rate);
    if (is_input) {
      dry.gap_ns = ns_of(underruns, place.rate);
    } else if (stream.audio().is_sounding() && place.headers != 0) {  // else it may not be over, or be none
      // An underrun is shorter than half a second. After a reset, or a pause, the gap is not known.
      const std::uint32_t gap = stream.playback().newest_gap_frames();
      if (gap < taker.rate) dry.gap_ns = ns_of(gap, taker.rate);
    }
  }
  const auto tell = [&](watch::Cause cause, std::uint64_t clicks, std::int64_t gap_ns) {
    for (auto* counters : {&place.clicks, &taker.clicks})
      (*counters)[static_cast<std::size_t>(cause)] += clicks;
    if (cause != watch::Cause::program) return;
    place.late_ns = static_cast<std::uint64_t>(gap_ns);
    place.longest_late_ns = std::max(place.longest_late_ns, place.late_ns);
  };
  const watch::Cause cause = cause_of(dry);
  if (!is_input) {
    tell(cause, underruns, dry.gap_ns);
    return;
  }
  // A recording's gap is one click, and told when it is over.
  const auto end_gap = [&] {
    if (before.gap_ns != 0) tell(before.cause, 1, std::exchange(before.gap_ns, 0));
  };
  const bool has_block = place.headers != 0;
  if (blocks != 0 && !has_block) end_gap();  // a block has ended it
  if (before.gap_ns == 0) before.cause = cause;
  before.gap_ns += dry.gap_ns;
  if (has_block) {
    end_gap();
  } else if (place.running == 0) {
    before.gap_ns = 0;  // nothing follows, so nothing is cut
  }
}

}  // namespace refwave::control
