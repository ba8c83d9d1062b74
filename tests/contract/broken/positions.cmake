# Mistakes in what was played when, and in loops.

refwave_mutant(position_runs_backwards
  FILE driver/core/position_clock.cpp
  REPLACE [[return at_least_reported(span->epoch, frames_at(*span, now_ns));]]
  WITH [[return span->begin + span->end - std::max(span->begin, frames_at(*span, now_ns));]]
  BREAKS WODM_GETPOS.monotonic WIDM_GETPOS.monotonic Crowd.readers)

refwave_mutant(position_off_by_a_frame
  FILE driver/core/voice.cpp
  REPLACE [[  offset_ = 0;
  block.end_frame = position_;]]
  WITH [[  offset_ = 0;
  block.end_frame = --position_;]]
  BREAKS WODM_GETPOS.exact)

refwave_mutant(position_not_reset
  FILE driver/core/voice.cpp
  REPLACE [[position_ = published_ = floor_ = 0;]]
  WITH [[]]
  BREAKS WODM_RESET.position)

refwave_mutant(position_in_32_bit_bytes
  FILE driver/winmm/wave_call.cpp
  REPLACE [[time->u.sample = static_cast<DWORD>(position.frames);]]
  WITH [[time->u.sample = static_cast<DWORD>(position.frames * position.bytes_per_frame) / position.bytes_per_frame;]]
  BREAKS WODM_GETPOS.modulo)

refwave_mutant(position_counts_lost_frames
  FILE driver/core/track.cpp
  REPLACE [[if (block == nullptr) return SlotCounters::add(slot_.counters.underruns, count);]]
  WITH [[if (block == nullptr) {
      position_ += count;
      return SlotCounters::add(slot_.counters.underruns, count);
    }]]
  BREAKS WIDM_GETPOS.no_buffer WIDM_GETPOS.recorded)

refwave_mutant(done_at_once
  FILE driver/core/voice.cpp
  REPLACE [[    offset_ += n;
    position_ += n;]]
  WITH [[    position_ += block->frames - offset_;
    offset_ = block->frames;]]
  BREAKS WODM_WRITE.own_time)

refwave_mutant(loops_never_count
  FILE driver/core/voice.cpp
  REPLACE [[if (loop_.passes_left != kEndless) --loop_.passes_left;]]
  WITH [[]]
  BREAKS WHDR_BEGINLOOP.one_header WHDR_BEGINLOOP.many_headers WHDR_BEGINLOOP.odd)

refwave_mutant(loops_one_header_only
  FILE driver/core/voice.cpp
  REPLACE [[ring().set_play(loop_.begin);]]
  WITH [[ring().set_play(ring().play());]]
  BREAKS WHDR_BEGINLOOP.many_headers)

refwave_mutant(position_at_open
  FILE driver/stream/streams.cpp
  REPLACE [[  slot.position.publish({.epoch = slot.position.epoch() + 1});
  return true;]]
  WITH [[  return true;]]
  BREAKS WODM_GETPOS.zero_at_open)
