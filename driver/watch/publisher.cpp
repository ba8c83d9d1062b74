#include "driver/watch/publisher.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <utility>

#include "driver/core/period/device_round.h"
#include "driver/watch/place.h"
#include "hal/system/clock.h"
#include "hal/system/process.h"
#include "hal/system/realtime.h"
#include "hal/system/semaphore.h"
#include "hal/system/wide_text.h"

namespace refwave::watch {
namespace {

constexpr std::int64_t kIntervalNs = 100'000'000;
constexpr std::int64_t kTickNs = 10'000'000;  // the supervisor's
constexpr std::int64_t kLateNs = 20'000'000;
constexpr std::int64_t kRarelyNs = 1'000'000'000;
constexpr int kMostMissed = 100;
constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
// With more streams than this, half as many looks are made, and the histograms are copied in turns.
constexpr std::size_t kMany = 16;
constexpr std::size_t kTurns = 8;

static_assert(kStreams == core::kSlots && kLatencySteps == core::LatencyHistogram::kCounts);

template <std::size_t N>
void put(char (&place)[N], std::string_view text) {
  *std::ranges::copy(hal::whole_letters(text, N - 1), place).out = 0;
}

std::uint32_t limited(std::uint64_t count) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

/// What the supervisor has copied. The publishing thread holds the mutex while it writes that, even if the
/// folder hangs; so the others only try the mutex, and the supervisor then leaves out a look.
struct Publisher::Outbox {
  explicit Outbox(std::shared_ptr<const event_log::EventLog> log) : event_log_(std::move(log)) {}

  /// Effects: writes what was copied, until no device is open. Thread: the publishing thread.
  void run() noexcept;

  hal::Mutex mutex;
  std::unique_ptr<Record> record GUARDED_BY(mutex);  // null: there is to be none
  std::vector<OpenStream> streams GUARDED_BY(mutex);
  bool is_taken GUARDED_BY(mutex) = false;   // copied since the last write
  bool is_needed GUARDED_BY(mutex) = false;  // a device is open
  bool has_run GUARDED_BY(mutex) = true;     // the thread has ended, or is about to
  // end() → publishing thread; relaxed: after a write that hung it only has to be seen some time.
  std::atomic<bool> is_over{false};
  moodycamel::LightweightSemaphore changed{0, 0};

 private:
  void write() noexcept REQUIRES(mutex);
  std::string put() REQUIRES(mutex);

  const std::shared_ptr<const event_log::EventLog> event_log_;
  std::unique_ptr<Place> place_ GUARDED_BY(mutex);
  std::int64_t made_ns_ GUARDED_BY(mutex) = 0;         // the record in it
  std::uint64_t gaps_in_place_ GUARDED_BY(mutex) = 0;  // of its gaps; kNone: the place is new
};

void Publisher::Outbox::run() noexcept {
  hal::step_back();
  for (;;) {
    while (!changed.wait()) {
    }
    const hal::MutexLock lock(mutex);
    if (std::exchange(is_taken, false)) write();
    if (is_over.load(std::memory_order_relaxed)) {
      record.reset();
      write();
      is_needed = false;
    }
    has_run = !is_needed;
    if (has_run) return;
  }
}

/// Effects: the place has the record; without one it is removed.
void Publisher::Outbox::write() noexcept {
  std::string problem;
  try {
    if (!record || record->head.made_ns != made_ns_) place_.reset();
    if (!record) return;
    made_ns_ = record->head.made_ns;
    if (!place_) {
      place_ = make_place(problem);
      gaps_in_place_ = kNone;
    }
    if (place_) problem = put();
  } catch (const std::bad_alloc&) {
    problem = "no memory";
  }
  if (problem.empty()) return;
  // Until the next device there is none.
  place_.reset();
  record.reset();
  event_log_->report([&] { return "watch: no record: " + problem; });
}

// A seqlock with one writer: the sequence is odd before anything else is written, and even after all of it.
std::string Publisher::Outbox::put() {
  const std::span sequence(&record->head.sequence, 1);
  ++sequence[0];
  std::string problem = place_->write(offsetof(Head, sequence), std::as_bytes(sequence));
  // The gaps are most of the record, and new ones are rare.
  const bool has_new_gaps = std::exchange(gaps_in_place_, record->head.gaps) != record->head.gaps;
  const std::size_t bytes = has_new_gaps ? sizeof(Record) : offsetof(Record, gaps);
  if (problem.empty()) problem = place_->write(0, std::as_bytes(std::span(record.get(), 1)).first(bytes));
  if (problem.empty()) problem = place_->write(sizeof(Record), std::as_bytes(std::span(streams)));
  ++sequence[0];
  return problem.empty() ? place_->write(offsetof(Head, sequence), std::as_bytes(sequence)) : problem;
}

Publisher::Publisher(std::shared_ptr<core::StreamTable> table,
                     std::shared_ptr<const event_log::EventLog> event_log)
    : table_(std::move(table)), outbox_(std::make_shared<Outbox>(std::move(event_log))) {}

Publisher::~Publisher() = default;

bool Publisher::tick(std::int64_t now_ns, bool is_device_open, const std::weak_ptr<const void>& devices,
                     const Serving& serving) noexcept {
  const hal::MutexLock lock(mutex_);
  if (has_ended_) return false;
  if (!was_open_) waited_ns_ = -1;
  note_itself(ticked_ns_ != 0 ? ticked_ns_ + kTickNs : now_ns, now_ns, Late::sleeping);
  waits_.look(now_ns);
  const bool is_unfinished = publish(now_ns, is_device_open, devices, serving);
  const std::int64_t end_ns = hal::monotonic_now_ns();
  note_itself(now_ns, end_ns, Late::working);
  ticked_ns_ = is_device_open ? end_ns : 0;
  return is_unfinished;
}

/// Effects: as tick().
bool Publisher::publish(std::int64_t now_ns, bool is_device_open, const std::weak_ptr<const void>& devices,
                        const Serving& serving) noexcept {
  Outbox& outbox = *outbox_;
  if (!outbox.mutex.try_lock()) {
    // If the folder hangs, the supervisor rests nevertheless.
    if (now_ns >= next_ns_) next_ns_ = now_ns + kIntervalNs;
    return ++missed_ < kMostMissed;
  }
  missed_ = 0;
  const bool is_wanted = is_allowed_.load(std::memory_order_relaxed);
  const bool is_other = devices_.owner_before(devices) || devices.owner_before(devices_);
  const bool is_first = is_other || !was_open_;
  const bool is_stale = outbox.record && (is_other || !is_wanted);
  // Once more after the last device, so that the record shows none.
  const bool is_due = is_wanted && (is_device_open ? is_first || now_ns >= next_ns_ : was_open_ && !is_other);
  if (!is_due && !is_stale) {
    outbox.mutex.unlock();
    return false;
  }
  devices_ = devices;
  was_open_ = is_wanted && is_device_open;
  next_ns_ = now_ns + (outbox.streams.size() > kMany ? 2 : 1) * kIntervalNs;
  if (is_stale) outbox.record.reset();
  outbox.is_taken = outbox.is_taken || is_stale;
  try {
    if (was_open_ && is_first && !outbox.record) make(now_ns, outbox);
    if (is_due && outbox.record) take(now_ns, outbox, serving);
  } catch (const std::bad_alloc&) {
    // The next device tries again; if there is a record, the next tick does.
  }
  outbox.is_needed = was_open_;
  // A thread that is no longer needed ends.
  const bool has_run = outbox.has_run;
  const bool is_news = outbox.is_taken || (!outbox.is_needed && !has_run);
  if (is_news) outbox.has_run = false;
  outbox.mutex.unlock();
  if (is_news) start_writing(has_run);
  return false;
}

/// Effects: the publishing thread writes what was copied. `has_run`: it must be started for that.
void Publisher::start_writing(bool has_run) noexcept {
  if (has_run) thread_.join();
  try {
    if (!has_run || thread_.start("refwave-watch", 0, [outbox = outbox_] { outbox->run(); }).ok()) {
      outbox_->changed.signal();
      return;
    }
  } catch (const std::bad_alloc&) {
    // The next look tries again.
  }
  // No thread runs that could hold it.
  const hal::MutexLock lock(outbox_->mutex);
  outbox_->has_run = true;
}

void Publisher::end(const hal::Patience& patience) noexcept {
  const hal::MutexLock lock(mutex_);
  if (std::exchange(has_ended_, true)) return;
  Outbox& outbox = *outbox_;
  outbox.is_over.store(true, std::memory_order_relaxed);
  // The publishing thread holds the mutex while it writes. If it hangs, it removes the record afterwards.
  while (!outbox.mutex.try_lock()) {
    if (patience.is_over()) {
      thread_.join(patience.left());
      return;
    }
    hal::nap(std::chrono::milliseconds(1));
  }
  const bool has_run = outbox.has_run;
  const bool is_news = outbox.record || !has_run;
  if (is_news) outbox.has_run = false;
  // A watcher that has the record open finds the last gaps, and that nothing follows.
  if (outbox.record) {
    note_gaps(*outbox.record);
    for (Device& device : outbox.record->devices) device.is_open = 0;
    outbox.is_taken = true;
  }
  outbox.mutex.unlock();
  if (is_news) start_writing(has_run);
  thread_.join(patience.left());
}

void Publisher::make(std::int64_t now_ns, Outbox& outbox) {
  auto made = std::make_unique<Record>();
  made->head.record_bytes = sizeof(Record);
  made->head.process = hal::process_number();
  made->head.pointer_bits = 8 * sizeof(void*);
  made->head.made_ns = made->head.updated_ns = now_ns;
  put(made->head.program, hal::program_name());
  outbox.streams.clear();
  epochs_ = {};
  lost_before_ = table_->gaps.dropped();
  looks_ = 0;
  outbox.record = std::move(made);
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
    for (std::size_t slot = 0; slot < core::kSlots; ++slot) {
      // Only members are touched, to spare the caches.
      if (!served.members.has(slot)) continue;
      core::Stream& stream = table_->streams[slot];
      if (outbox.streams.size() <= slot) outbox.streams.resize(slot + 1);
      // If a call holds the mutex, the stream keeps its previous values.
      if (!stream.mutex.try_lock()) continue;
      note_stream(stream, device, outbox);
      stream.mutex.unlock();
    }
  }
  head.streams = static_cast<std::uint32_t>(outbox.streams.size());
  for (std::size_t slot = 0; slot < head.streams; ++slot)
    // Relaxed: a stream that is being closed may be shown a little longer.
    if (table_->streams[slot].handle.load(std::memory_order_relaxed) != outbox.streams[slot].id)
      outbox.streams[slot].id = 0;
  note_gaps(record);
  ++looks_;
  outbox.is_taken = true;
}

/// Effects: reads how long the watched threads have waited by now.
void Publisher::Waits::look(std::int64_t now_ns) noexcept {
  for (Thread& one : threads_) {
    if (one.number == 0) continue;
    if (now_ns - one.seen_ns > kWatchedNs) one.number = 0;
    one.looks[one.count++ % one.looks.size()] = {now_ns, hal::waited_for_processor_ns(one.number)};
  }
}

/// Effects: that thread is watched from now on. Returns: how long it waited between the looks around these
/// times; -1: not known.
std::int64_t Publisher::Waits::between(std::uint32_t thread, std::int64_t from_ns, std::int64_t to_ns,
                                       std::int64_t now_ns) noexcept {
  if (thread == 0) return -1;
  auto found = std::ranges::find(threads_, thread, &Thread::number);
  if (found == threads_.end()) {
    found = std::ranges::min_element(threads_, {}, &Thread::seen_ns);
    *found = {.number = thread};
  }
  found->seen_ns = now_ns;
  Look before, after{now_ns, hal::waited_for_processor_ns(thread)};
  for (const Look& look : std::span(found->looks).first(std::min(found->count, found->looks.size()))) {
    if (look.at_ns <= from_ns && look.at_ns > before.at_ns) before = look;
    if (look.at_ns >= to_ns && look.at_ns < after.at_ns) after = look;
  }
  return before.waited_ns < 0 || after.waited_ns < 0 ? -1 : after.waited_ns - before.waited_ns;
}

/// Effects: reads the pressure, which takes some 50 us of a processor. Returns: its share of the time since
/// the last read, in percent; 0: not known.
std::uint16_t Publisher::pressure_percent(std::int64_t now_ns) {
  const Look before = std::exchange(pressure_, {now_ns, hal::pressure_ns()});
  if (before.waited_ns < 0 || pressure_.waited_ns < 0) return 0;
  const std::int64_t between_ns = std::max(now_ns - before.at_ns, std::int64_t{1});
  return static_cast<std::uint16_t>(
      std::clamp<std::int64_t>(100 * (pressure_.waited_ns - before.waited_ns) / between_ns, 0, 100));
}

/// Effects: adds the new gaps, except those from before the record.
void Publisher::note_gaps(Record& record) {
  const std::int64_t now_ns = hal::monotonic_now_ns();
  std::array<core::Gap, 32> gaps;
  std::size_t count = table_->gaps.read(gaps);
  if (count != 0) gap_ns_ = now_ns;
  // A gap needs the pressure before it. For the first one in ten seconds that was read up to a second ago.
  const bool is_due = now_ns - pressure_.at_ns >= (now_ns - gap_ns_ < kWatchedNs ? 0 : kRarelyNs);
  const std::uint16_t percent = count != 0 || is_due ? pressure_percent(now_ns) : std::uint16_t{0};
  for (; count != 0; count = table_->gaps.read(gaps)) {
    for (core::Gap& gap : std::span(gaps).first(count)) {
      if (gap.began_at < record.head.made_ns) continue;
      // kDevices, if no wave device has that sound device as its newest.
      const auto found = std::ranges::find(epochs_, gap.device);
      gap.device = gap.kind == core::Gap::Kind::supervisor
                       ? kDevices
                       : static_cast<std::uint32_t>(found - epochs_.begin());
      if (gap.kind != core::Gap::Kind::supervisor) {
        gap.pressure_percent = percent;
        const bool is_written = gap.writer != core::Gap::Writer::unknown;
        gap.waited_ns =
            waits_.between(gap.thread, is_written ? gap.written_at - gap.program_ns : gap.began_at,
                           is_written ? gap.written_at : gap.ended_at, now_ns);
      }
      record.gaps[record.head.gaps++ % kGaps] = gap;
    }
  }
  record.head.lost_gaps = table_->gaps.dropped() - lost_before_;
}

/// Effects: records that the supervisor was late, which shows what the system gave this process. A tick that
/// takes long counts only if it waited for a processor, because otherwise the process was not stopped.
void Publisher::note_itself(std::int64_t due_ns, std::int64_t now_ns, Late late) {
  const bool is_late = now_ns - due_ns > kLateNs;
  if (!was_open_ || (!is_late && now_ns < next_ns_)) return;
  const std::int64_t waited_ns = hal::waited_for_processor_ns();
  const std::int64_t before_ns = std::exchange(waited_ns_, waited_ns);
  const std::int64_t new_ns = waited_ns < 0 || before_ns < 0 ? -1 : waited_ns - before_ns;
  if (!is_late || (late == Late::working && new_ns < (now_ns - due_ns) / 2)) return;
  table_->gaps.record(
      {.kind = core::Gap::Kind::supervisor, .began_at = due_ns, .ended_at = now_ns, .waited_ns = new_ns});
}

void Publisher::note_device(Device& place, const core::DeviceStatistics& now) {
  place.is_open = now.name.empty() ? 0 : 1;
  if (!now.name.empty()) {
    put(place.name, now.name);
    place.rate = now.format.rate;
    place.period_frames = now.period_frames;
    place.latency_frames = now.latency_frames;
    place.missed = static_cast<std::uint32_t>(now.missed);
  }
  place.late_periods = now.late_periods;
  place.dropped_ns = now.dropped_ns;
  place.losses = now.losses;
  place.xruns = now.xruns;
}

void Publisher::note_stream(core::Stream& stream, std::size_t device, Outbox& outbox) {
  const std::uintptr_t handle = stream.handle.load(std::memory_order_relaxed);
  if (handle == 0) return;
  const std::size_t slot = stream.index();
  OpenStream& place = outbox.streams[slot];
  const bool is_new = place.id != handle;
  const std::uint64_t blocks_before = place.blocks;
  if (is_new) place = {.id = handle, .opened_ns = outbox.record->head.updated_ns};
  core::Statistics now;
  now.add(stream.counters);
  core::BlockRing& ring = stream.audio().ring();
  place.device = static_cast<std::uint16_t>(device);
  place.running = stream.running.load(std::memory_order_relaxed) ? 1 : 0;
  place.sample_type = static_cast<std::uint16_t>(stream.format().type);
  place.channels = stream.format().channels;
  place.rate = stream.format().rate;
  place.headers = ring.written() - ring.released() + stream.waiting.load(std::memory_order_relaxed);
  // Only writers, under the mutex, change the entry.
  place.header_frames = ring.at(ring.written() - 1).frames;
  place.queued_frames = limited(stream.queued_frames());
  place.blocks = now.blocks;
  place.underruns = now.underruns;
  const bool has_its_turn = looks_ % kTurns == slot * kTurns / outbox.streams.size();
  // A stream that has played its last block does not wait for its turn.
  const bool rests = now.blocks == blocks_before;
  if (!is_new && outbox.streams.size() > kMany && !has_its_turn && !rests) return;
  place.latency_max_ns = stream.latency->max_ns();
  for (std::size_t i = 0; i <= core::LatencyHistogram::index_of(place.latency_max_ns); ++i)
    place.latency[i] = limited(stream.latency->count(i));
}

}  // namespace refwave::watch
