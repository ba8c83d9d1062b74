#include "bench/trace/block_pieces.h"

#include <algorithm>

namespace refwave::trace {
namespace {

std::int64_t time_of(const REFWAVE_TRACE_EVENT& event) { return static_cast<std::int64_t>(event.ullNs); }

}  // namespace

std::array<std::int64_t, kPieces> pieces_of(const BlockLife& life) {
  // Each mark lies between the one before it and the call.
  const auto after = [&](std::int64_t before, std::int64_t mark) {
    return std::clamp(mark, before, std::max(before, life.calling_ns));
  };
  const std::int64_t found_ns = life.claimed_ns != 0 ? life.claimed_ns : life.rendered_ns;
  const std::int64_t released_ns = after(life.finished_ns, life.released_ns);
  const std::int64_t mixed_ns = after(released_ns, std::min(life.rendered_ns, found_ns));
  // A notifier that was awake already is awake for this block once it finds it.
  const bool was_woken = life.role_ns > mixed_ns && life.role_ns <= found_ns;
  const std::int64_t awake_ns = after(mixed_ns, was_woken ? life.role_ns : found_ns);
  return {released_ns - life.finished_ns, mixed_ns - released_ns, awake_ns - mixed_ns,
          std::max<std::int64_t>(0, life.calling_ns - awake_ns),
          std::max<std::int64_t>(0, life.entered_ns - std::max(life.calling_ns, awake_ns))};
}

BlockLives::Growing& BlockLives::block_of(Key key) {
  Growing& block = blocks_[key];
  block.life.slot = key.first;
  block.life.block = key.second;
  return block;
}

void BlockLives::add(const REFWAVE_TRACE_EVENT& event) {
  Thread& thread = threads_[event.ullThread];
  const Key key{event.wSlot, event.dwBlock};
  switch (event.wKind) {
    case REFWAVE_TRACE_WRITTEN:
      write(key, time_of(event));
      break;
    case REFWAVE_TRACE_STARTED:
      block_of(key).life.started_ns = time_of(event);
      break;
    case REFWAVE_TRACE_FINISHED:
      finish(key, time_of(event), thread);
      break;
    case REFWAVE_TRACE_RELEASED:
      release(key, time_of(event));
      break;
    case REFWAVE_TRACE_ROLE_TAKEN:
      thread.role_ns = time_of(event);
      break;
    case REFWAVE_TRACE_CLAIMED:
      thread.claimed_ns[key.first] = time_of(event);
      break;
    case REFWAVE_TRACE_CALLING:
      call(event, thread);
      break;
    case REFWAVE_TRACE_CALLED:
      if (const auto found = blocks_.find(key); found != blocks_.end())
        found->second.life.called_ns = time_of(event);
      complete_if_whole(key);
      break;
    default:
      pass_period(event, thread);
      break;
  }
}

void BlockLives::add(const ClientStamp& stamp) {
  const Key key{stamp.slot, stamp.block};
  block_of(key).life.entered_ns = stamp.entered_ns;
  complete_if_whole(key);
}

/// Effects: applies a period's event to all blocks that the period has finished so far.
void BlockLives::pass_period(const REFWAVE_TRACE_EVENT& event, Thread& thread) {
  if (event.wKind == REFWAVE_TRACE_PERIOD_BEGIN) {
    thread.in_period = true;
    thread.finished.clear();
  }
  for (const Key& key : thread.finished) {
    const auto found = blocks_.find(key);
    if (found == blocks_.end() || found->second.finished_by != &thread) continue;
    Growing& block = found->second;
    if (event.wKind == REFWAVE_TRACE_RENDERED) block.life.rendered_ns = time_of(event);
    if (event.wKind == REFWAVE_TRACE_PERIOD_END) {
      block.period_is_over = true;
      complete_if_whole(key);
    }
  }
  if (event.wKind != REFWAVE_TRACE_PERIOD_END) return;
  thread.in_period = false;
  thread.finished.clear();
}

void BlockLives::write(Key key, std::int64_t now_ns) {
  // The driver's stamps are of the slot's previous stream. The client's stamp may be of this one.
  const BlockLife& before = block_of(key).life;
  if (before.written_ns != 0 || before.finished_ns != 0) blocks_.erase(key);
  block_of(key).life.written_ns = now_ns;
}

void BlockLives::finish(Key key, std::int64_t now_ns, Thread& thread) {
  Growing& block = block_of(key);
  if (!thread.in_period) {
    block.is_returned = true;
    return;
  }
  block.life.finished_ns = now_ns;
  block.finished_by = &thread;
  thread.finished.push_back(key);
}

void BlockLives::release(Key last, std::int64_t now_ns) {
  const auto end = blocks_.upper_bound(last);
  for (auto block = blocks_.lower_bound({last.first, 0}); block != end; ++block) {
    BlockLife& life = block->second.life;
    if (life.finished_ns != 0 && life.released_ns == 0) life.released_ns = now_ns;
  }
}

void BlockLives::call(const REFWAVE_TRACE_EVENT& event, const Thread& thread) {
  const auto found = blocks_.find({event.wSlot, event.dwBlock});
  if (found == blocks_.end()) return;
  BlockLife& life = found->second.life;
  life.calling_ns = time_of(event);
  if (thread.in_period) return;  // notified on the audio thread
  life.role_ns = thread.role_ns;
  if (const auto claimed = thread.claimed_ns.find(event.wSlot); claimed != thread.claimed_ns.end())
    life.claimed_ns = claimed->second;
}

void BlockLives::complete_if_whole(Key key) {
  const auto found = blocks_.find(key);
  if (found == blocks_.end()) return;
  const BlockLife& life = found->second.life;
  if (!found->second.period_is_over || life.called_ns == 0 || life.entered_ns == 0) return;
  complete_.push_back(life);
  // A stream's messages come in order, so every earlier block has lost an event.
  const auto first = blocks_.lower_bound({key.first, 0});
  incomplete_ += static_cast<std::uint64_t>(
      std::count_if(first, found, [](const auto& block) { return !block.second.is_returned; }));
  blocks_.erase(first, std::next(found));
}

}  // namespace refwave::trace
