#include "driver/engine/members.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <utility>

#include "driver/core/stream/audio_section.h"

namespace refwave::engine {
namespace {

// Ticks that a replaced device's thread may stay in a stream. A header is due within half a second, half of
// which is over by now, and on a busy machine a tick takes half as long again.
constexpr std::uint32_t kEnoughTicksBehind = 10;

/// Returns: a different seed for each pipeline. Odd: mixers have the even ones.
std::uint32_t next_seed() noexcept {
  static std::atomic<std::uint32_t> made{0};
  return 2 * made.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

Members::Members(std::shared_ptr<core::StreamTable> table, hal::Direction direction,
                 const configuration::Configuration& configuration)
    : table_(std::move(table)),
      direction_(direction),
      quality_(configuration.resampling),
      dither_(configuration.dither),
      timed_(configuration.completion == configuration::Completion::direct ? core::Timed::one_in_eight
                                                                           : core::Timed::every_block),
      membership_(std::make_shared<core::MembershipMask>()) {}

bool Members::add(core::Stream& stream) {
  if (!serve(stream, members_.try_emplace(stream.index(), stream.format()).first->second)) {
    members_.erase(stream.index());
    return false;
  }
  membership_->add(stream.index());
  return true;
}

void Members::remove(std::size_t slot) {
  membership_->remove(slot);
  members_.erase(slot);
}

std::unique_ptr<core::Pipeline> Members::make_pipeline(const dsp::Format& client,
                                                       const dsp::Format& device) const {
  const bool output = direction_ == hal::Direction::output;
  return core::Pipeline::make(output ? client : device, output ? device : client, quality_,
                              {.dither = dither_, .seed = next_seed()});
}

bool Members::make_pipelines(const dsp::Format& device, Pipelines& made) {
  try {
    return std::all_of(members_.begin(), members_.end(), [&](const auto& entry) {
      auto& pipeline = made[entry.first];
      if (entry.second.adopted != device) pipeline = make_pipeline(entry.second.client, device);
      return pipeline != nullptr || entry.second.adopted == device;
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
    }
    // The ticks of a thread that has been inside since an earlier change continue.
    move_over(table_->streams[slot], member);
  }
}

/// Effects: the newest device serves the stream; without its lock or a pipeline the member is left behind.
void Members::move_over(core::Stream& stream, Member& member) noexcept {
  std::unique_ptr<core::Pipeline> before;  // destroyed after the lock was left
  const core::AudioSection section(stream, core::IfOverdue::give_up);
  member.left_behind = !section.entered() || (!member.next && !stream.audio().has_pipeline());
  is_any_behind_ = is_any_behind_ || member.left_behind;
  if (member.left_behind) return;
  stream.audio().move_to(epoch_, timed_);
  member.inside = 0;
  // The replaced device's thread may hang in another client's callback (completion = direct).
  if (stream.delivery.is_waiting()) table_->hand_to_notifier(stream.index());
  if (member.next) before = stream.audio().exchange_pipeline(std::move(member.next));
}

std::size_t Members::fetch_left_behind() {
  std::size_t overdue = 0;
  // Walking through all members at each tick would be most of the supervisor's work.
  if (!is_any_behind_) return overdue;
  is_any_behind_ = false;
  for (auto& [index, member] : members_) {
    if (!member.left_behind) continue;
    is_any_behind_ = true;  // one more look finds out
    core::Stream& stream = table_->streams[index];
    if (!member.adopted) serve(stream, member);
    if (!member.left_behind || !member.adopted) continue;
    move_over(stream, member);
    if (!member.left_behind) continue;
    const core::RtLock::Token inside = stream.lock.inside();
    if (std::exchange(member.inside, inside) != inside) member.ticks_behind = 0;
    if (inside == 0 || ++member.ticks_behind != kEnoughTicksBehind) continue;
    // Repeated after as many ticks, if there is no memory for a fresh audio state.
    member.ticks_behind = 0;
    stream.overdue.store(inside, std::memory_order_relaxed);
    ++overdue;
  }
  return overdue;
}

/// Errors: false, without memory.
bool Members::serve(core::Stream& stream, Member& member) noexcept {
  member.next = make_pipeline(member.client, format_);
  if (!member.next) return false;
  member.adopted = format_;
  move_over(stream, member);
  return true;
}

void Members::serve_again(core::Stream& stream) noexcept {
  Member& member = members_.at(stream.index());
  member.left_behind = is_any_behind_ = true;
  member.adopted.reset();
  serve(stream, member);
}

bool Members::take_back_all() noexcept {
  const bool all = std::all_of(members_.begin(), members_.end(), [&](const auto& entry) {
    core::Stream& stream = table_->streams[entry.first];
    const core::AudioSection section(stream, core::IfOverdue::give_up);
    if (section.entered()) stream.audio().move_to(0, timed_);
    return section.entered();
  });
  if (!all) {
    for (auto& [slot, member] : members_) move_over(table_->streams[slot], member);
  }
  return all;
}

bool Members::has_work(const core::Stream& stream) const {
  if (!stream.running.load(std::memory_order_relaxed)) return false;
  return direction_ == hal::Direction::input || stream.has_something_to_do();
}

bool Members::is_busy() const {
  return std::any_of(members_.begin(), members_.end(),
                     [&](const auto& entry) { return has_work(table_->streams[entry.first]); });
}

bool Members::is_idle() const {
  return std::all_of(members_.begin(), members_.end(), [&](const auto& entry) {
    core::Stream& stream = table_->streams[entry.first];
    // Never waits: this mutex precedes Engine's in lock order.
    if (!stream.mutex.try_lock()) return false;
    const bool is_idle = !has_work(stream);
    stream.mutex.unlock();
    return is_idle;
  });
}

}  // namespace refwave::engine
