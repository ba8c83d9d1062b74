# Mistakes in what was played when, and in loops.

refwave_mutant(position_runs_backwards
  FILE driver/core/handover/position_clock.cpp
  REPLACE [[return at_least_reported(span->epoch, frames_at(*span, now_ns));]]
  WITH [[return span->begin + span->end - std::max(span->begin, frames_at(*span, now_ns));]]
  BREAKS WODM_GETPOS.monotonic WIDM_GETPOS.monotonic Crowd.readers WODM_GETPOS.when_notified)

refwave_mutant(position_off_by_a_frame
  FILE driver/core/stream/playback_state.cpp
  REPLACE [[  offset_ = 0;
  block.end_frame = position_;]]
  WITH [[  offset_ = 0;
  block.end_frame = --position_;]]
  BREAKS WODM_GETPOS.exact WODM_GETPOS.other_types WODM_GETPOS.rates
    WODM_WRITE.after_running_dry WODM_WRITE.broken_frames WODM_RESET.position WODM_RESET.loops
    WODM_RESET.later_writes WHDR_BEGINLOOP.one_header WHDR_BEGINLOOP.many_headers
    WHDR_BEGINLOOP.zero WODM_BREAKLOOP.ends_pass WODM_BREAKLOOP.no_loop WODM_WRITE.many
    WODM_WRITE.empty WODM_GETPOS.formats WODM_GETPOS.when_notified WHDR_BEGINLOOP.half)

refwave_mutant(position_in_32_bit_bytes
  FILE driver/winmm/wave_call.cpp
  REPLACE [[time->u.sample = static_cast<DWORD>(position.frames);]]
  WITH [[time->u.sample = static_cast<DWORD>(position.frames * position.bytes_per_frame) / position.bytes_per_frame;]]
  BREAKS WODM_GETPOS.modulo THOROUGHLY)

refwave_mutant(position_counts_lost_frames
  FILE driver/core/stream/capture_state.cpp
  REPLACE [[StreamCounters::add(stream_.counters.underruns, count);]]
  WITH [[StreamCounters::add(stream_.counters.underruns, count);
      position_ += count;]]
  BREAKS WIDM_GETPOS.no_buffer WIDM_GETPOS.recorded WIDM_GETPOS.other_types WIDM_GETPOS.monotonic)

refwave_mutant(loops_never_count
  FILE driver/core/stream/playback_state.cpp
  REPLACE [[if (loop_.passes_left != kEndless) --loop_.passes_left;]]
  WITH [[]]
  BREAKS WHDR_BEGINLOOP.one_header WHDR_BEGINLOOP.many_headers WHDR_BEGINLOOP.odd
    WODM_BREAKLOOP.no_loop)

refwave_mutant(position_at_open
  FILE driver/core/stream/stream.cpp
  REPLACE [[  position.publish({.epoch = before != nullptr ? before->epoch() + 1 : 1});]]
  WITH [[  static_cast<void>(before);]]
  BREAKS WODM_GETPOS.zero_at_open WIDM_GETPOS.zero_at_open)

refwave_mutant(position_counts_what_is_queued
  FILE driver/control/streams_calls.cpp
  REPLACE [[position.frames = stream.position(hal::monotonic_now_ns());]]
  WITH [[position.frames = stream.position(hal::monotonic_now_ns());
  if (direction == hal::Direction::output && !stream.running.load()) position.frames += stream.queued_frames();]]
  BREAKS WODM_GETPOS.played)

refwave_mutant(takes_a_short_mmtime
  FILE driver/winmm/wave_call.cpp
  REPLACE [[if (call.second < sizeof(MMTIME)) return MMSYSERR_ERROR;]]
  WITH [[]]
  BREAKS WODM_GETPOS.bad_target WIDM_GETPOS.bad_target)

refwave_mutant(counts_half_of_the_bytes
  FILE driver/winmm/wave_call.cpp
  REPLACE [[    time->wType = TIME_BYTES;]]
  WITH [[    if (time->wType == TIME_BYTES) position.frames /= 2;
    time->wType = TIME_BYTES;]]
  BREAKS WODM_GETPOS.types WIDM_GETPOS.types WIDM_GETPOS.recorded WIDM_STOP.returns_current)
