#include "driver/watch/publisher.h"

#include <algorithm>
#include <bitset>
#include <cassert>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <utility>

// lightweightsemaphore.h does not compile without <cassert> and concurrentqueue.h before it.
#include <concurrentqueue/concurrentqueue.h>
#include <concurrentqueue/lightweightsemaphore.h>

#include "driver/configuration/version.h"
#include "driver/core/period/device_round.h"
#include "driver/watch/place.h"
#include "hal/system/clock.h"
#include "hal/system/process.h"
#include "hal/system/realtime.h"
#include "hal/system/threads.h"
#include "hal/system/wide_text.h"

namespace refwave::watch {
namespace {

constexpr std::int64_t kIntervalNs = 100'000'000;
// The supervisor's tick, and by how much it may be late.
constexpr std::int64_t kTickNs = 10'000'000;
constexpr std::int64_t kLateNs = 20'000'000;
// Of more streams than this the histograms are taken over in turns.
constexpr std::size_t kTurns = 16;
constexpr std::uint64_t kMostCount = std::numeric_limits<std::uint32_t>::max();

static_assert(kStreams == core::kSlots && kLatencySteps == core::LatencyHistogram::kCounts);

/// Returns: as much of the text as the place has room for.
template <std::size_t N>
std::string_view fitted(const char (&)[N], std::string_view text) {
  return hal::whole_letters(text, N - 1);
}

template <std::size_t N>
void put(char (&place)[N], std::string_view text) {
  *std::ranges::copy(fitted(place, text), place).out = 0;
}

void take_over(const core::LatencyHistogram& from, Latency& to) {
  for (std::size_t i = 0; i <= core::LatencyHistogram::index_of(from.max_ns()); ++i)
    to.counts[i] = static_cast<std::uint32_t>(std::min(from.count(i), kMostCount));
}

}  // namespace

/// What the supervisor has taken over, for the thread that writes it. Under the mutex both only copy.
struct Publisher::Outbox {
  explicit Outbox(std::shared_ptr<const event_log::EventLog> log) : event_log(std::move(log)) {}

  /// Effects: writes what is taken over, until no device needs that. Thread: the publishing thread.
  void run() noexcept;
  /// Effects: the place has what was taken over, or is gone. Thread: as run(), or another while none runs.
  void write() noexcept;

  const std::shared_ptr<const event_log::EventLog> event_log;
  hal::Mutex mutex;                                         // the supervisor only tries it
  std::unique_ptr<Record> record GUARDED_BY(mutex);         // null: there is to be none
  std::vector<Latency> latencies GUARDED_BY(mutex);         // of the record's streams
  std::bitset<kStreams> is_counted GUARDED_BY(mutex) = {};  // those of them that have been read anew
  bool is_taken GUARDED_BY(mutex) = false;                  // since it was written
  bool is_needed GUARDED_BY(mutex) = false;                 // by a device
  bool has_run GUARDED_BY(mutex) = true;                    // the thread has ended, or is about to
  moodycamel::LightweightSemaphore changed{0, 0};
  std::atomic<bool> is_over{false};  // end() → publishing thread; relaxed: a signal comes after it
  bool has_place = false;            // the publishing thread's, and end()'s after it

 private:
  bool copy();
  std::string put();

  // The publishing thread's: what the place has.
  std::unique_ptr<Place> place_;
  std::unique_ptr<Record> copy_ = std::make_unique<Record>();
  std::vector<Latency> copied_;
  std::bitset<kStreams> is_new_ = {};
  std::uint64_t sequence_ = 0;
  std::uint64_t written_gaps_ = 0;
};

void Publisher::Outbox::run() noexcept {
  hal::step_back();
  for (;;) {
    while (!changed.wait()) {
    }
    write();
    const bool ends = is_over.load(std::memory_order_relaxed);
    // The end has come while it was written.
    if (ends && has_place) write();
    const hal::MutexLock lock(mutex);
    has_run = ends || (!is_needed && !is_taken);
    if (has_run) return;
  }
}

void Publisher::Outbox::write() noexcept {
  std::string problem;
  try {
    const std::int64_t made_ns = copy_->head.made_ns;
    if (!copy()) return;
    if (copy_->head.made_ns != made_ns) {
      place_.reset();
      sequence_ = 0;
    }
    if (!place_ && copy_->head.made_ns != 0) place_ = make_place(problem);
    if (place_) problem = put();
  } catch (const std::bad_alloc&) {
    problem = "no memory";
  }
  if (!problem.empty()) {
    place_.reset();
    event_log->report([&] { return "watch: no record: " + problem; });
    // Until the next device there is none.
    const hal::MutexLock lock(mutex);
    if (record && record->head.made_ns == copy_->head.made_ns) record.reset();
  }
  has_place = place_ != nullptr;
}

/// Effects: takes over what is to be written; a record that was never made, if there is to be none. Returns:
/// whether it is another than before. Throws std::bad_alloc.
bool Publisher::Outbox::copy() {
  if (is_over.load(std::memory_order_relaxed)) {
    copy_->head = {};
    return true;
  }
  const hal::MutexLock lock(mutex);
  if (!std::exchange(is_taken, false)) return false;
  const bool is_other = record && record->head.made_ns != copy_->head.made_ns;
  copy_->head = record ? record->head : Head();
  if (!record) return true;
  std::copy_n(record->devices, record->head.devices, copy_->devices);
  std::copy_n(record->streams, record->head.streams, copy_->streams);
  if (is_other || record->head.gaps != written_gaps_) std::ranges::copy(record->gaps, copy_->gaps);
  copied_.resize(latencies.size());
  is_new_ = std::exchange(is_counted, {});
  for (std::size_t i = 0; i < latencies.size(); ++i)
    if (is_new_[i]) copied_[i] = latencies[i];
  return true;
}

// A seqlock with one writer: the sequence is odd before anything else is written, and even after all of it.
std::string Publisher::Outbox::put() {
  const auto bytes_of = [](const auto* first, std::size_t count) {
    return std::as_bytes(std::span(first, count));
  };
  const std::uint64_t odd = ++sequence_, even = ++sequence_;
  Head& head = copy_->head;
  head.sequence = odd;
  std::vector<Piece> pieces = {{offsetof(Head, sequence), bytes_of(&odd, 1)},
                               {0, bytes_of(copy_.get(), 1).first(offsetof(Record, gaps))},
                               {offsetof(Record, streams), bytes_of(copy_->streams, head.streams)}};
  // The first time all of them, so that the file is whole.
  if (sequence_ == 2 || head.gaps != written_gaps_)
    pieces.push_back({offsetof(Record, gaps), bytes_of(copy_->gaps, kGaps)});
  written_gaps_ = head.gaps;
  // Neighbours together.
  for (std::size_t begin = 0, end = 0; begin < head.streams; begin = end + 1) {
    for (end = begin; end < head.streams && is_new_[end]; ++end) {
    }
    if (end != begin)
      pieces.push_back({sizeof(Record) + begin * sizeof(Latency), bytes_of(&copied_[begin], end - begin)});
  }
  pieces.push_back({offsetof(Head, sequence), bytes_of(&even, 1)});
  return place_->write(pieces);
}

Publisher::Publisher(std::shared_ptr<core::StreamTable> table,
                     std::shared_ptr<const event_log::EventLog> event_log)
    : table_(std::move(table)), outbox_(std::make_shared<Outbox>(std::move(event_log))) {}

Publisher::~Publisher() = default;

bool Publisher::tick(std::int64_t now_ns, bool is_device_open, const std::weak_ptr<const void>& devices,
                     const Serving& serving) noexcept {
  const hal::MutexLock lock(mutex_);
  if (has_ended_) return false;
  note_itself(now_ns);
  const bool is_unfinished = publish(now_ns, is_device_open, devices, serving);
  const std::int64_t end_ns = hal::monotonic_now_ns();
  if (end_ns - now_ns > kLateNs) note_slow_tick(now_ns, end_ns);
  // From here on it sleeps.
  ticked_ns_ = is_device_open ? end_ns : 0;
  return is_unfinished;
}

/// Effects: as tick().
bool Publisher::publish(std::int64_t now_ns, bool is_device_open, const std::weak_ptr<const void>& devices,
                        const Serving& serving) noexcept {
  const bool is_wanted = is_allowed_.load(std::memory_order_relaxed);
  // By DRV_OPEN: other devices, whose counters begin anew.
  const bool is_other = devices_.owner_before(devices) || devices.owner_before(devices_);
  const bool is_stale = is_recording_ && (is_other || !is_wanted);
  // Once more after the last device, so that the record shows none.
  const bool is_due =
      is_wanted && (is_device_open ? !was_open_ || is_other || now_ns >= next_ns_ : was_open_ && !is_other);
  if (!is_due && !is_stale) return false;
  Outbox& outbox = *outbox_;
  if (!outbox.mutex.try_lock()) return true;
  const bool is_new = is_other || !was_open_;
  devices_ = devices;
  was_open_ = is_wanted && is_device_open;
  next_ns_ = now_ns + kIntervalNs;
  if (is_stale) outbox.record.reset();
  is_recording_ = is_recording_ && !is_stale;
  outbox.is_taken = outbox.is_taken || is_stale;
  try {
    if (was_open_ && is_new && !outbox.record) make(now_ns, outbox);
    if (is_due && outbox.record) take(now_ns, outbox, serving);
  } catch (const std::bad_alloc&) {
    // The next device tries again; if there is a record, the next tick does.
  }
  outbox.is_needed = was_open_;
  // A thread that nothing needs any more ends.
  const bool is_news = outbox.is_taken || (!outbox.is_needed && !outbox.has_run);
  const bool has_run = outbox.has_run;
  if (is_news) outbox.has_run = false;
  outbox.mutex.unlock();
  if (is_news) have_written(has_run);
  return false;
}

/// Effects: the publishing thread writes what was taken. `has_run`: there is none, or it does so no more.
void Publisher::have_written(bool has_run) noexcept {
  bool runs = !has_run;
  if (has_run) thread_.join();
  try {
    runs = runs || thread_.start("refwave-watch", 0, [outbox = outbox_] { outbox->run(); }).ok();
  } catch (const std::bad_alloc&) {
    // As without a thread.
  }
  if (runs) {
    outbox_->changed.signal();
    return;
  }
  // The next look tries again.
  const hal::MutexLock lock(outbox_->mutex);
  outbox_->has_run = true;
}

void Publisher::end(const hal::Patience& patience) noexcept {
  const hal::MutexLock lock(mutex_);
  if (std::exchange(has_ended_, true)) return;
  outbox_->is_over.store(true, std::memory_order_relaxed);
  outbox_->changed.signal();
  if (!thread_.join(patience.left()) || !outbox_->has_place) return;
  // The thread had ended with the last device.
  have_written(true);
  thread_.join(patience.left());
}

void Publisher::make(std::int64_t now_ns, Outbox& outbox) {
  auto made = std::make_unique<Record>();
  made->head.record_bytes = sizeof(Record);
  made->head.process = hal::process_number();
  made->head.pointer_bits = 8 * sizeof(void*);
  made->head.made_ns = made->head.updated_ns = now_ns;
  put(made->head.program, hal::program_name());
  put(made->head.driver, configuration::version());
  outbox.latencies.clear();
  epochs_ = {};
  dropped_before_ = table_->gaps.dropped();
  looks_ = 0;
  outbox.record = std::move(made);
  is_recording_ = true;
}

void Publisher::take(std::int64_t now_ns, Outbox& outbox, const Serving& serving) {
  Record& record = *outbox.record;
  Head& head = record.head;
  head.updated_ns = now_ns;
  head.devices = 0;
  for (const Served& served : serving()) {
    const std::size_t device = head.devices++;
    record.devices[device].direction = static_cast<std::uint32_t>(served.direction);
    note_device(record.devices[device], served.statistics);
    if (served.statistics.epoch != 0) epochs_[device] = served.statistics.epoch;
    // Others than its members are not touched: their memory would be fetched for nothing.
    for (std::size_t slot = 0; slot < core::kSlots; ++slot) {
      if (!served.members.has(slot)) continue;
      core::Stream& stream = table_->streams[slot];
      for (; outbox.latencies.size() <= slot; outbox.latencies.emplace_back())
        outbox.is_counted.set(outbox.latencies.size());
      // A call that has the mutex is not waited for. Its stream is shown as it was.
      if (!stream.mutex.try_lock()) continue;
      note_stream(stream, device, outbox);
      stream.mutex.unlock();
    }
  }
  head.streams = static_cast<std::uint32_t>(outbox.latencies.size());
  for (std::size_t slot = 0; slot < head.streams; ++slot) {
    // Relaxed: one that closes now is shown a little longer.
    const std::uintptr_t handle = table_->streams[slot].handle.load(std::memory_order_relaxed);
    if (handle != record.streams[slot].id) record.streams[slot].id = 0;
  }
  note_gaps(record);
  ++looks_;
  outbox.is_taken = true;
}

/// Effects: the record has the gaps that are new, if they were after it was made.
void Publisher::note_gaps(Record& record) {
  std::array<core::Gap, 32> gaps;
  for (std::size_t count = 0; (count = table_->gaps.read(gaps)) != 0;) {
    for (core::Gap& gap : std::span(gaps).first(count)) {
      if (gap.began_at < record.head.made_ns) continue;
      // One that no longer serves, and was not seen, is none of them.
      const auto found = std::ranges::find(epochs_, gap.device);
      gap.device = gap.kind == core::Gap::Kind::supervisor
                       ? kDevices
                       : static_cast<std::uint32_t>(found - epochs_.begin());
      record.gaps[record.head.gaps++ % kGaps] = gap;
    }
  }
  record.head.lost_gaps = table_->gaps.dropped() - dropped_before_;
}

std::int64_t Publisher::newly_waited_ns() {
  const std::int64_t waited_ns = hal::waited_for_processor_ns();
  const std::int64_t before_ns = std::exchange(waited_ns_, waited_ns);
  return waited_ns < 0 || before_ns < 0 ? -1 : waited_ns - before_ns;
}

/// Effects: if this thread was late, it is a witness of what the system gave the process.
void Publisher::note_itself(std::int64_t now_ns) {
  if (!was_open_) waited_ns_ = -1;
  const std::int64_t due_ns = ticked_ns_ + kTickNs;
  const bool is_late = ticked_ns_ != 0 && now_ns - due_ns > kLateNs;
  if (!was_open_ || (!is_late && now_ns < next_ns_)) return;
  const std::int64_t waited_ns = newly_waited_ns();
  if (!is_late) return;
  table_->gaps.record(
      {.kind = core::Gap::Kind::supervisor, .began_at = due_ns, .ended_at = now_ns, .waited_ns = waited_ns});
}

/// Effects: a tick that takes long is no stop of the process, but it may have waited for a processor.
void Publisher::note_slow_tick(std::int64_t began_ns, std::int64_t ended_ns) {
  const std::int64_t waited_ns = newly_waited_ns();
  if (waited_ns < 0 || waited_ns < (ended_ns - began_ns) / 2) return;
  table_->gaps.record({.kind = core::Gap::Kind::supervisor,
                       .began_at = began_ns,
                       .ended_at = ended_ns,
                       .waited_ns = waited_ns});
}

void Publisher::note_device(Device& place, const core::DeviceStatistics& now) {
  place.is_open = now.name.empty() ? 0 : 1;
  if (!now.name.empty()) {
    put(place.name, now.name);
    place.rate = now.format.rate;
    place.period_frames = now.period_frames;
    place.latency_frames = now.latency_frames;
    place.device_period_frames = now.device_period_frames;
    place.device_buffer_frames = now.device_buffer_frames;
    place.missed = static_cast<std::uint32_t>(now.missed);
  }
  place.audio_thread = now.audio_thread;
  place.late_periods = now.late_periods;
  place.max_lateness_ns = now.max_lateness_ns;
  place.returns = now.returns;
  place.dropped_ns = now.dropped_ns;
  place.losses = now.losses;
  place.xruns = now.xruns;
  place.reanchors = now.reanchors;
}

void Publisher::note_stream(core::Stream& stream, std::size_t device, Outbox& outbox) {
  const std::uintptr_t handle = stream.handle.load(std::memory_order_relaxed);
  if (handle == 0) return;
  const std::size_t slot = stream.index();
  OpenStream& place = outbox.record->streams[slot];
  const bool is_new = place.id != handle;
  if (is_new) {
    place = {.id = handle, .opened_ns = outbox.record->head.updated_ns};
    outbox.latencies[slot] = {};
  }
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
  place.header_frames = ring.at(ring.written() - 1).frames;
  place.queued_frames =
      static_cast<std::uint32_t>(std::min(stream.queued_frames(), std::uint64_t{kMostCount}));
  place.blocks = now.blocks;
  place.underruns = now.underruns;
  const bool has_its_turn = looks_ % kTurns == slot * kTurns / outbox.latencies.size();
  if (!is_new && outbox.latencies.size() > kTurns && !has_its_turn) return;
  take_over(*stream.latency, outbox.latencies[slot]);
  place.latency_max_ns = stream.latency->max_ns();
  outbox.is_counted.set(slot);
}

}  // namespace refwave::watch
