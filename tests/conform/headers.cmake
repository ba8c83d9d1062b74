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

refwave_mutant(leaves_done_in_a_queued_header
  FILE driver/core/stream/client_access.cpp
  REPLACE [[(flags_ & ~kDone) | kInQueue)]]
  WITH [[flags_ | kInQueue)]]
  BREAKS WODM_WRITE.in_queue WIDM_ADDBUFFER.in_queue)

refwave_mutant(ignores_the_block_align
  FILE driver/winmm/wave_format.cpp
  REPLACE [[if (wave.nBlockAlign != format.bytes_per_frame()) return std::nullopt;]]
  WITH [[]]
  BREAKS WODM_OPEN.block_align WIDM_OPEN.block_align)

refwave_mutant(takes_no_channels
  FILE driver/winmm/wave_format.cpp
  REPLACE [[format.channels < 1 || ]]
  WITH [[]]
  BREAKS WODM_OPEN.bad_format WIDM_OPEN.bad_format)

refwave_mutant(takes_more_valid_bits_than_there_are
  FILE driver/winmm/wave_format.cpp
  REPLACE [[if (valid_bits > wave.wBitsPerSample) return std::nullopt;]]
  WITH [[]]
  BREAKS WODM_OPEN.extensible_sense WIDM_OPEN.extensible_sense)

refwave_mutant(wants_all_bits_valid
  FILE driver/winmm/wave_format.cpp
  REPLACE [[valid_bits > wave.wBitsPerSample]]
  WITH [[valid_bits != wave.wBitsPerSample]]
  BREAKS WODM_OPEN.extensible WIDM_OPEN.extensible)

refwave_mutant(takes_no_fast_doubles
  FILE driver/winmm/wave_format.cpp
  REPLACE [[format.rate > dsp::kMaxRate]]
  WITH [[format.rate > (wave.wBitsPerSample == 64 ? 100'000 : dsp::kMaxRate)]]
  BREAKS WODM_OPEN.pcm_and_float WIDM_OPEN.pcm_and_float)

refwave_mutant(careless_flags
  FILE driver/winmm/wave_call.cpp
  REPLACE [[  if ((flags & WAVE_FORMAT_QUERY) != 0) return MMSYSERR_NOERROR;]]
  WITH [[  if ((flags & 0xFF00'0000) != 0) return MMSYSERR_INVALFLAG;
  if ((flags & WAVE_FORMAT_QUERY) != 0 && call.user != 0) *reinterpret_cast<DWORD_PTR*>(call.user) = 0;
  if ((flags & WAVE_FORMAT_QUERY) != 0) return MMSYSERR_NOERROR;]]
  BREAKS WODM_OPEN.flags WIDM_OPEN.flags WODM_OPEN.query WIDM_OPEN.query)

refwave_mutant(thirty_two_streams_at_most
  FILE driver/winmm/wave_call.cpp
  REPLACE [[  if (instance == nullptr) return MMSYSERR_INVALPARAM;]]
  WITH [[  if (call.driver.statistics().streams >= 32) return MMSYSERR_ALLOCATED;]]
  BREAKS Crowd.outputs Crowd.inputs)

refwave_mutant(prepares_again
  FILE driver/core/stream/client_access.cpp
  REPLACE [[  if ((flags & kPrepared) != 0) return;]]
  WITH [[  if ((flags & kPrepared) != 0) return store_flags(header, flags & ~kDone);]]
  BREAKS WODM_PREPARE.again WIDM_PREPARE.again)

refwave_mutant(careless_unpreparing
  FILE driver/core/stream/client_access.cpp
  REPLACE [[    if ((flags & kPrepared) == 0) return Error::none;
    if (change_flags(header, flags, flags & ~kPrepared)) return Error::none;]]
  WITH [[    if ((flags & kPrepared) == 0) return Error::unprepared;
    if (change_flags(header, flags, flags & ~(kPrepared | kDone))) return Error::none;]]
  BREAKS WODM_UNPREPARE.clears_prepared WIDM_UNPREPARE.clears_prepared WODM_UNPREPARE.unprepared
    WIDM_UNPREPARE.unprepared)

refwave_mutant(in_queue_never_set
  FILE driver/core/stream/client_access.cpp
  REPLACE [[(flags_ & ~kDone) | kInQueue)]]
  WITH [[flags_ & ~kDone)]]
  BREAKS WODM_WRITE.in_queue WODM_WRITE.queued WODM_UNPREPARE.queued WODM_CLOSE.still_playing
    WIDM_ADDBUFFER.in_queue WIDM_ADDBUFFER.queued WIDM_UNPREPARE.queued WIDM_CLOSE.still_playing
    WIDM_STOP.no_data WIDM_STOP.returns_current)

refwave_mutant(headers_of_any_size
  FILE driver/winmm/wave_call.cpp
  REPLACE [[header == nullptr || call.second < sizeof(WAVEHDR)]]
  WITH [[header == nullptr]]
  BREAKS WODM_WRITE.no_header WIDM_ADDBUFFER.no_header)

refwave_mutant(wants_its_own_aligned_headers
  FILE driver/winmm/wave_call.cpp
  REPLACE [[  return result_of((call.streams().*kAct)(call.user, call.direction, *header));]]
  WITH [[  if (kAct == &control::Streams::prepare) header->reserved = 1;
  if (kAct == &control::Streams::write) {
    if (call.first % alignof(DWORD_PTR) != 0) return MMSYSERR_INVALPARAM;
    if (header->data == nullptr) return MMSYSERR_NOERROR;
    if (header->reserved != 1) return WAVERR_UNPREPARED;
    header->user = 0;
  }
  return result_of((call.streams().*kAct)(call.user, call.direction, *header));]]
  BREAKS WODM_WRITE.any_address WIDM_ADDBUFFER.any_address WODM_WRITE.no_data WIDM_ADDBUFFER.no_data
    WODM_WRITE.hosts_flags WIDM_ADDBUFFER.hosts_flags WODM_WRITE.other_fields WIDM_ADDBUFFER.other_fields)

refwave_mutant(writes_one_byte_more_and_no_bytes_recorded
  FILE driver/core/stream/client_access.cpp
  REPLACE [[  if (!output) header.bytes_recorded = 0;]]
  WITH [[  if (!output) header.data[header.length] = std::byte{0};]]
  BREAKS WIDM_ADDBUFFER.bytes_recorded WIDM_RESET.flags WIM_DATA.inside_buffer)

# A block of a fifth of a second comes after one frame.
refwave_mutant(blocks_come_back_early
  FILE driver/core/stream/client_access.cpp
  REPLACE [[.frames = static_cast<std::uint32_t>(header.length / bytes_per_frame),]]
  WITH [[.frames = header.length == 38'400 ? 1 : static_cast<std::uint32_t>(header.length / bytes_per_frame),]]
  BREAKS WODM_WRITE.own_time WIDM_ADDBUFFER.own_time CLOCK 1)

refwave_mutant(an_endless_loop_is_done_early
  FILE driver/core/stream/client_access.cpp
  REPLACE [[(flags_ & ~kDone) | kInQueue)]]
  WITH [[(flags_ & ~kDone) | kInQueue | (header.loops == 0xFFFF'FFFF ? kDone : 0))]]
  BREAKS WHDR_BEGINLOOP.last_pass)
