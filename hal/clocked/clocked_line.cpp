#include "hal/clocked/clocked_line.h"

#include <algorithm>
#include <utility>

#include "hal/system/clock.h"
#include "hal/system/realtime.h"

namespace refwave::hal {
namespace {

constexpr const char* kHung = "clocked: a callback does not return";

}  // namespace

ClockedLine::ClockedLine(const Options& options, std::shared_ptr<PeriodSink> sink,
                         std::shared_ptr<std::atomic<std::uint64_t>> uncaptured_ns,
                         std::shared_ptr<PeriodSource> source)
    : options_(options),
      sink_(std::move(sink)),
      source_(std::move(source)),
      uncaptured_ns_(std::move(uncaptured_ns)) {
  const std::size_t bytes = options.period_frames * options.format.bytes_per_frame();
  heard_.resize(bytes);
  unheard_.resize(bytes);
  silence_.assign(bytes, dsp::silent_byte(options.format.type));
  on_the_way_.resize(options.loop_frames * options.format.bytes_per_frame());
  empty_the_loop();
}

std::optional<std::size_t> ClockedLine::claim(Direction direction, std::shared_ptr<AudioCallback> callback) {
  const MutexLock lock(control_);
  Places& all = places(direction);
  const auto free = std::find_if(all.begin(), all.end(),
                                 [](const Place& place) { return !place.claimed && !place.gate.occupied(); });
  if (free == all.end()) return std::nullopt;
  free->claimed = true;
  free->callback = std::move(callback);
  return static_cast<std::size_t>(free - all.begin());
}

void ClockedLine::release(Direction direction, std::size_t index) {
  stop(direction, index);
  const MutexLock lock(control_);
  Place& place = places(direction)[index];
  if (!place.gate.occupied()) place.callback.reset();
  place.claimed = false;
}

Status ClockedLine::start(Direction direction, std::size_t index) {
  const MutexLock lock(control_);
  if (hung()) return Status::failure(kHung);
  places(direction)[index].gate.open();
  if (options_.speed <= 0.0 || thread_.running()) return {};
  Status started = start_thread();
  if (!started.ok()) places(direction)[index].gate.shut();
  return started;
}

Status ClockedLine::stop(Direction direction, std::size_t index) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  Place& place = places(direction)[index];
  const bool was_open = place.gate.is_open();
  place.gate.shut();
  const bool returned = place.gate.wait_until_empty(deadline);
  // The thread, too, needs time to end.
  if (returned && was_open && sink_ && direction == Direction::output) sink_->flush(deadline - kPatience / 8);

  const MutexLock lock(control_);
  if (thread_.running() && !any_open() && !end_thread(deadline)) hung_ = true;
  return returned || place.gate.entered_by_this_thread() ? Status() : Status::failure(kHung);
}

bool ClockedLine::any_open() const {
  const auto open = [](const Place& place) { return place.gate.is_open(); };
  return std::any_of(outputs_.begin(), outputs_.end(), open) ||
         std::any_of(inputs_.begin(), inputs_.end(), open);
}

/// While no thread runs.
void ClockedLine::empty_the_loop() {
  std::fill(on_the_way_.begin(), on_the_way_.end(), dsp::silent_byte(options_.format.type));
}

Status ClockedLine::start_thread() {
  empty_the_loop();
  ending_ = std::make_shared<std::atomic<bool>>(false);
  return thread_.start("refwave-audio", kClockedStackBytes + kThreadOverheadBytes,
                       [line = shared_from_this(), ending = ending_] { line->run(*ending); });
}

bool ClockedLine::end_thread(std::chrono::steady_clock::time_point deadline) {
  ending_->store(true);
  const auto left = deadline - std::chrono::steady_clock::now();
  return thread_.join(
      std::max(std::chrono::milliseconds{0}, std::chrono::ceil<std::chrono::milliseconds>(left)));
}

void ClockedLine::run(const std::atomic<bool>& ending) noexcept {
  const bool is_urgent = options_.speed <= 1.0 && options_.priority != AudioPriority::ordinary;
  const PunctualThread urgent(is_urgent ? Urgency::realtime : Urgency::ordinary, kClockedStackBytes);
  Pacer pacer(1e9 * options_.period_frames / options_.format.rate, options_.speed, monotonic_now_ns());
  while (!ending.load(std::memory_order_relaxed)) {
    const Beat begun = pacer.begin(monotonic_now_ns());
    const Beat beat = options_.may_wait ? Beat{} : begun;
    render(beat);
    record(beat);
    // Also after the last period, so that it has been heard when the thread ends.
    sleep_until_ns(pacer.due_ns());
  }
}

void ClockedLine::call(Place& place, const Period& period) noexcept {
  calling_.store(true, std::memory_order_relaxed);
  place.callback->process(period);
  calling_.store(false, std::memory_order_relaxed);
}

void ClockedLine::render(const Beat& beat) noexcept {
  playing_ = false;
  for (Place& place : outputs_) {
    if (!place.gate.enter()) continue;
    call(place, period(beat, playing_ ? unheard_ : heard_));
    if (!playing_ && sink_) sink_->push(heard_, place.callback->used_frames());
    if (!playing_ && uncaptured_ns_)
      uncaptured_ns_->fetch_add(std::uint64_t{options_.period_frames} * 1'000'000'000 / options_.format.rate,
                                std::memory_order_relaxed);
    place.gate.leave();
    playing_ = true;
  }
}

void ClockedLine::record(const Beat& beat) noexcept {
  std::vector<std::byte>& data = options_.loop ? looped() : silence_;
  for (Place& place : inputs_) {
    if (!place.gate.enter()) continue;
    if (!source_ || source_->peek(data)) {
      call(place, period(beat, data));
      if (source_) source_->advance(place.callback->used_frames());
    }
    place.gate.leave();
  }
}

/// Effects: puts this period into the loop. Returns: the period that leaves it.
std::vector<std::byte>& ClockedLine::looped() noexcept {
  if (on_the_way_.empty()) return playing_ ? heard_ : silence_;
  if (!playing_) std::copy(silence_.begin(), silence_.end(), heard_.begin());
  for (std::size_t done = 0; done < heard_.size();) {
    const std::size_t count = std::min(heard_.size() - done, on_the_way_.size() - oldest_);
    std::swap_ranges(heard_.data() + done, heard_.data() + done + count, on_the_way_.data() + oldest_);
    done += count;
    oldest_ = (oldest_ + count) % on_the_way_.size();
  }
  return heard_;
}

Period ClockedLine::period(const Beat& beat, std::vector<std::byte>& data) const noexcept {
  return {.data = data.data(),
          .frames = options_.period_frames,
          .monotonic_ns = monotonic_now_ns(),
          .latency_frames = std::max(options_.period_frames, options_.loop_frames),
          .clock_rate = options_.speed,
          .lateness_ns = beat.lateness_ns,
          .reanchored = beat.reanchored,
          .skips_silence = options_.may_wait};
}

}  // namespace refwave::hal
