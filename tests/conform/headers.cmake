# Mistakes with one header, and with formats and capabilities.

refwave_mutant(half_of_the_instance
  FILE driver/control/streams.cpp
  REPLACE [[handle = opened;]]
  WITH [[handle = (handle & ~Handle{0xFFFF'FFFF}) | (opened & 0xFFFF'FFFF);]]
  BREAKS WODM_OPEN.whole_instance WIDM_OPEN.whole_instance)

refwave_mutant(truncated_parameters
  FILE driver/winmm/wave_call.cpp
  REPLACE [[reinterpret_cast<DWORD*>(call.first)]]
  WITH [[reinterpret_cast<DWORD*>(call.first & 0xFFFFFFFF)]]
  BREAKS WODM_GETDEVCAPS.support WODM_SETVOLUME.answered WODM_SETVOLUME.own WODM_SETVOLUME.device
    WODM_SETVOLUME.full_at_open WODM_SETPITCH.both_or_none WODM_SETPITCH.answered WODM_SETPITCH.own
    WODM_SETPITCH.kept WODM_SETPITCH.range WODM_SETPLAYBACKRATE.both_or_none WODM_SETPLAYBACKRATE.answered
    WODM_SETPLAYBACKRATE.own WODM_SETPLAYBACKRATE.kept WODM_SETPLAYBACKRATE.range ENDS crashed)

refwave_mutant(reads_past_a_pcmwaveformat
  FILE driver/winmm/wave_format.cpp
  REPLACE [[  if (!type) return std::nullopt;]]
  WITH [[  if (!type || wave.cbSize > kExtensibleSize) return std::nullopt;]]
  BREAKS WODM_OPEN.sixteen_bytes WODM_OPEN.cb_size WIDM_OPEN.sixteen_bytes WIDM_OPEN.cb_size ENDS crashed)

refwave_mutant(trusts_the_bytes_a_second
  FILE driver/winmm/wave_format.cpp
  REPLACE [[if (wave.nBlockAlign != format.bytes_per_frame()) return std::nullopt;]]
  WITH [[if (wave.nBlockAlign != format.bytes_per_frame()) return std::nullopt;
  if (wave.nAvgBytesPerSec != wave.nSamplesPerSec * wave.nBlockAlign) return std::nullopt;]]
  BREAKS WODM_OPEN.bytes_a_second WIDM_OPEN.bytes_a_second)

refwave_mutant(takes_any_tag
  FILE driver/winmm/wave_format.cpp
  REPLACE [[      return extensible_type(wave, format);
    default:
      return std::nullopt;]]
  WITH [[      return extensible_type(wave, format);
    default:
      return pcm_type(wave.wBitsPerSample);]]
  BREAKS WODM_OPEN.unknown_tag WIDM_OPEN.unknown_tag WODM_OPEN.out_of_range WIDM_OPEN.out_of_range)

refwave_mutant(caps_ignore_the_size
  FILE driver/winmm/wave_call.cpp
  REPLACE [[std::min<std::size_t>(sizeof(caps), call.second)]]
  WITH [[sizeof(caps)]]
  BREAKS WODM_GETDEVCAPS.cut WIDM_GETDEVCAPS.cut)

refwave_mutant(claims_what_is_missing
  FILE driver/winmm/wave_call.cpp
  REPLACE [[{WODM_GETPITCH, kNone, get_speed<kPitch>},]]
  WITH [[]]
  BREAKS WODM_GETDEVCAPS.support WODM_SETPITCH.both_or_none WODM_SETPITCH.answered WODM_SETPITCH.own
    WODM_SETPITCH.kept WODM_SETPITCH.range WODM_SETPITCH.refused)

refwave_mutant(rate_is_not_heard
  FILE driver/core/stream/playback_speed.cpp
  REPLACE [[stage_->set(rate_of(speed), pitch_of(speed));]]
  WITH [[stage_->set(dsp::kUnity, pitch_of(speed));]]
  BREAKS WODM_SETPLAYBACKRATE.faster)

refwave_mutant(pitch_is_a_rate
  FILE driver/core/stream/playback_speed.cpp
  REPLACE [[stage_->set(rate_of(speed), pitch_of(speed));]]
  WITH [[stage_->set(std::max(rate_of(speed), pitch_of(speed)), dsp::kUnity);]]
  BREAKS WODM_SETPITCH.duration)

refwave_mutant(in_queue_left_set
  FILE driver/core/stream/client_access.cpp
  REPLACE [[(flags_ & ~kInQueue) | kDone]]
  WITH [[flags_ | kInQueue | kDone]]
  BREAKS WODM_WRITE.done WIDM_ADDBUFFER.done WOM_DONE.flags WIM_DATA.flags WODM_RESET.flags
    WIDM_RESET.flags WODM_RESET.again WOM_DONE.may_write WIM_DATA.may_add CALLBACK_THREAD.full_queue
    Crowd.waveOut Crowd.waveIn Crowd.each_other)

refwave_mutant(done_not_set
  FILE driver/core/stream/client_access.cpp
  REPLACE [[(flags_ & ~kInQueue) | kDone]]
  WITH [[flags_ & ~kInQueue]]
  BREAKS WODM_WRITE.done WIDM_ADDBUFFER.done WOM_DONE.flags WIM_DATA.flags WODM_RESET.flags
    WIDM_RESET.flags DRV_DISABLE.ends_streams CALLBACK_EVENT.set CALLBACK_THREAD.full_queue
    CALLBACK_NULL.silent CALLBACK_NULL.zero_callback WODM_CLOSE.delivers WIDM_STOP.returns_current
    WIDM_START.after_stop REFWAVE_GET_STATISTICS.no_client REFWAVE_GET_STATISTICS.gone_window
    REFWAVE_GET_STATISTICS.full_queue CALLBACK_WINDOW.gone WOM_DONE.may_reset WIM_DATA.may_reset)

refwave_mutant(plays_the_unprepared
  FILE driver/core/stream/client_access.cpp
  REPLACE [[(flags & kPrepared) == 0 || header.data == nullptr]]
  WITH [[header.data == nullptr]]
  BREAKS WODM_WRITE.unprepared WIDM_ADDBUFFER.unprepared)

refwave_mutant(prepare_leaves_done
  FILE driver/core/stream/client_access.cpp
  REPLACE [[(flags | kPrepared) & ~(kDone | kInQueue)]]
  WITH [[flags | kPrepared]]
  BREAKS WODM_PREPARE.sets_prepared WIDM_PREPARE.sets_prepared)

refwave_mutant(bytes_recorded_off_by_a_frame
  FILE driver/core/stream/capture_state.cpp
  REPLACE [[static_cast<std::uint32_t>(offset_ * client().bytes_per_frame());]]
  WITH [[static_cast<std::uint32_t>((offset_ - 1) * client().bytes_per_frame());]]
  BREAKS WIM_DATA.bytes_recorded WIDM_STOP.returns_current WIDM_GETPOS.recorded
    WIDM_ADDBUFFER.broken_frames WIDM_RESET.once_in_order)
