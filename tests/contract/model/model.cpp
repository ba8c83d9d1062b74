#include "tests/contract/model/model.h"

#include <algorithm>

namespace refwave::contract {
namespace {

constexpr std::uint32_t kEndless = 0xFFFF'FFFF;

}  // namespace

MMRESULT ModelStream::write(std::size_t index) {
  ModelHeader& header = headers_[index];
  if ((header.flags & WHDR_INQUEUE) != 0) return WAVERR_STILLPLAYING;
  if ((header.flags & WHDR_PREPARED) == 0 || !header.has_data) return WAVERR_UNPREPARED;
  const Queued block{.header = index,
                     .frames = header.length / frame_bytes_,
                     .loops = header.loops,
                     .begins = !input_ && (header.flags & WHDR_BEGINLOOP) != 0,
                     .ends = !input_ && (header.flags & WHDR_ENDLOOP) != 0};
  if (!loop_fits(block)) return MMSYSERR_NOMEM;
  if (input_) header.recorded = 0;
  header.flags = (header.flags & ~DWORD{WHDR_DONE}) | WHDR_INQUEUE;
  header.queued = true;
  queue_.push_back(block);
  ++accepted_;
  return MMSYSERR_NOERROR;
}

/// A loop whose first header is done no longer counts.
bool ModelStream::loop_fits(const Queued& block) {
  if (open_loop_ != 0 && done_ > open_loop_at_) open_loop_ = 0;
  const bool inside = open_loop_ != 0 || (block.begins && block.loops > 1);
  if (!inside) return true;
  if (open_loop_ == longest_loop_) return false;
  if (open_loop_ == 0) open_loop_at_ = accepted_;
  open_loop_ = block.ends ? 0 : open_loop_ + 1;
  return true;
}

MMRESULT ModelStream::close() {
  if (!queue_.empty()) return WAVERR_STILLPLAYING;
  owed.push_back({static_cast<UINT>(input_ ? WIM_CLOSE : WOM_CLOSE), kNoHeader});
  return MMSYSERR_NOERROR;
}

void ModelStream::reset() {
  if (input_) hold();
  finish(queue_.size());
  offset_ = 0;
  position_ = 0;
  looping_ = false;
  open_loop_ = 0;
  held_ = input_;
}

void ModelStream::hold() {
  held_ = true;
  if (input_ && offset_ != 0) end_block();
}

void ModelStream::break_loop() {
  if (looping_) passes_left_ = 1;
}

void ModelStream::pass(std::uint32_t frames) {
  if (held_) dry_frames_ = 0;  // no time passes for the rest of an open loop
  if (held_) return;
  while (frames != 0 && playing_ < queue_.size()) {
    const Queued& block = queue_[playing_];
    if (offset_ == 0) begin_block(block);
    const std::uint32_t n = std::min(frames, block.frames - offset_);
    offset_ += n;
    position_ += n;
    frames -= n;
    if (offset_ == block.frames) end_block();
  }
  if (frames != 0) run_dry(frames);
}

/// A loop whose end does not come within half a second, or finds no room, is released after one pass.
void ModelStream::run_dry(std::uint32_t frames) {
  constexpr std::uint64_t kHalfASecond = 24'000;
  dry_frames_ += frames;
  const bool has_room = playing_ - loop_begin_ < longest_loop_;
  if (looping_ && has_room && dry_frames_ < kHalfASecond) return;
  looping_ = false;
  finish(playing_);
}

void ModelStream::begin_block(const Queued& block) {
  dry_frames_ = 0;
  if (!block.begins || looping_ || block.loops <= 1) return;
  looping_ = true;
  loop_begin_ = playing_;
  passes_left_ = block.loops;
  pass_frames_ = 0;
}

void ModelStream::end_block() {
  const Queued& block = queue_[playing_];
  if (input_) headers_[block.header].recorded = offset_ * frame_bytes_;
  pass_frames_ += offset_;
  offset_ = 0;
  if (looping_ && block.ends) {
    if (passes_left_ > 1 && pass_frames_ > 0) {
      if (passes_left_ != kEndless) --passes_left_;
      pass_frames_ = 0;
      playing_ = loop_begin_;
      return;
    }
    looping_ = false;
  }
  ++playing_;
  if (!looping_) finish(playing_);
}

void ModelStream::finish(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = queue_.front().header;
    DWORD& flags = headers_[index].flags;
    flags = (flags & ~DWORD{WHDR_INQUEUE}) | WHDR_DONE;
    headers_[index].queued = false;
    owed.push_back({static_cast<UINT>(input_ ? WIM_DATA : WOM_DONE), index});
    queue_.pop_front();
    ++done_;
  }
  playing_ -= std::min(playing_, count);
  loop_begin_ -= std::min(loop_begin_, count);
}

}  // namespace refwave::contract
