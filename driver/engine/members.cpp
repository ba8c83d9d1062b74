#include "driver/engine/members.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <utility>

#include "driver/engine/dither.h"
#include "driver/stream/control_seat.h"
#include "hal/system/clock.h"

namespace refwave::engine {
namespace {

// Ticks that an audio thread of a replaced device may stay in a seat. A header has to complete within half a
// second. Half of that is over when the device is replaced, and on a busy machine a tick takes half as long
// again.
constexpr std::uint32_t kEnoughTicksBehind = 10;

/// Returns: for each pipeline of the process another noise. Odd: the seeds of mixers are even.
std::uint32_t next_seed() noexcept {
  static std::atomic<std::uint32_t> made{0};
  return 2 * made.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

dsp::Quality quality_of(configuration::Resampling resampling) noexcept {
  switch (resampling) {
    case configuration::Resampling::fastest:
      return dsp::Quality::fastest;
    case configuration::Resampling::best:
      return dsp::Quality::best;
    case configuration::Resampling::medium:
      break;
  }
  return dsp::Quality::medium;
}

Members::Members(std::shared_ptr<core::StreamTable> table, hal::Direction direction,
                 const configuration::Configuration& configuration)
    : table_(std::move(table)),
      direction_(direction),
      quality_(quality_of(configuration.resampling)),
      dither_(dither_of(configuration.dither)),
      timed_(configuration.completion == configuration::Completion::direct ? core::Timed::one_in_eight
                                                                           : core::Timed::every_block),
      roster_(std::make_shared<core::Roster>()) {}

bool Members::add(core::Stream& stream) {
  Member member;
  if (!make_pipeline(stream, member, format_, member.next)) return false;
  member.adopted = format_;
  member.has_pipeline = true;
  Member& kept = members_[stream.index()] = std::move(member);
  kept.left_behind = !move_over(stream, kept);
  roster_->add(stream.index());
  return true;
}

void Members::remove(std::size_t slot) {
  roster_->remove(slot);
  members_.erase(slot);
}

/// Effects: makes the pipeline that the stream needs for such a device, unless it has one. Returns: false if
/// there is no memory.
bool Members::make_pipeline(const core::Stream& stream, const Member& member, const dsp::Format& device,
                            std::unique_ptr<core::Pipeline>& made) {
  if (member.has_pipeline && member.adopted == device) return true;
  const dsp::Format& client = stream.format();
  const bool output = direction_ == hal::Direction::output;
  made = core::Pipeline::make(output ? client : device, output ? device : client, quality_,
                              {.dither = dither_, .seed = next_seed()});
  return made != nullptr;
}

bool Members::make_pipelines(const dsp::Format& device, Pipelines& made) {
  try {
    return std::all_of(members_.begin(), members_.end(), [&](const auto& entry) {
      return make_pipeline(table_->streams[entry.first], entry.second, device, made[entry.first]);
    });
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void Members::move_all(const dsp::Format& device, std::uint32_t epoch, Pipelines& made) noexcept {
  format_ = device;
  epoch_ = epoch;
  for (auto& [slot, member] : members_) {
    if (auto& pipeline = made.at(slot)) {
      member.next = std::move(pipeline);
      member.adopted = format_;
      member.has_pipeline = true;
    }
    // The ticks of a thread that is inside since an earlier change go on: its headers wait as long.
    if (!member.left_behind) member.ticks_behind = 0;
    member.left_behind = !move_over(table_->streams[slot], member);
  }
}

/// Effects: a notifier tells the client in the place of an audio thread whose turn does not come (completion
/// = direct). If the thread comes back, it finds its turn taken.
void Members::take_turn(std::size_t index) noexcept {
  if (table_->owed.claim(index)) table_->hand_to_notifier(index);
}

/// Effects: the newest device serves the stream from now on, through a pipeline that fits. Returns: false if
/// an audio thread is in its seat.
bool Members::move_over(core::Stream& stream, Member& member) noexcept {
  std::unique_ptr<core::Pipeline> before;  // destroyed after the seat has been left
  const stream::ControlSeat seat(stream, stream::ControlSeat::IfTaken::come_back_later);
  if (!seat.seated()) return stream.is_retired();
  stream.lane->time(timed_);
  // Relaxed: the audio thread reads it in the seat.
  stream.device_epoch.store(epoch_, std::memory_order_relaxed);
  // The replaced device's thread may hang in another client's callback.
  take_turn(stream.index());
  if (!member.next) return true;
  before = stream.voice ? stream.voice->exchange_pipeline(std::move(member.next))
                        : stream.track->exchange_pipeline(std::move(member.next));
  return true;
}

std::size_t Members::fetch_left_behind() {
  std::size_t given_up = 0;
  for (auto& [index, member] : members_) {
    if (!member.left_behind) continue;
    core::Stream& stream = table_->streams[index];
    member.left_behind = !move_over(stream, member);
    if (!member.left_behind || ++member.ticks_behind < kEnoughTicksBehind) continue;
    member.left_behind = !stream.retire(hal::monotonic_now_ns());
    if (member.left_behind) continue;
    ++given_up;
    // The thread may have finished a block earlier in the period in which it died here.
    take_turn(index);
  }
  return given_up;
}

bool Members::take_back_all() noexcept {
  const bool all = std::all_of(members_.begin(), members_.end(), [&](const auto& entry) {
    core::Stream& stream = table_->streams[entry.first];
    const stream::ControlSeat seat(stream, stream::ControlSeat::IfTaken::come_back_later);
    if (seat.seated()) stream.device_epoch.store(0, std::memory_order_relaxed);
    return seat.seated() || stream.is_retired();
  });
  if (!all) {
    for (auto& [slot, member] : members_) member.left_behind = !move_over(table_->streams[slot], member);
  }
  return all;
}

bool Members::has_work(const core::Stream& stream) const {
  if (!stream.running.load(std::memory_order_relaxed)) return false;
  if (stream.has_something_to_do()) return true;
  // No device plays or fills a retired stream. Only its queued headers need the ticks.
  if (stream.is_retired()) return false;
  if (direction_ == hal::Direction::input) return true;
  // After the look at the queue: pairs with the release of the last block's cursor.
  return stream.sounding.load(std::memory_order_relaxed);
}

bool Members::is_busy() const {
  return std::any_of(members_.begin(), members_.end(),
                     [&](const auto& entry) { return has_work(table_->streams[entry.first]); });
}

bool Members::is_idle() const {
  return std::all_of(members_.begin(), members_.end(), [&](const auto& entry) {
    core::Stream& stream = table_->streams[entry.first];
    // Never waits: Engine's mutex comes after this one in lock order.
    const std::unique_lock lock(stream.mutex, std::try_to_lock);
    return lock.owns_lock() && !has_work(stream);
  });
}

}  // namespace refwave::engine
