# Mistakes in a stream's life: pause, reset, stop, close; and in the driver's own.

refwave_mutant(pause_does_nothing
  FILE driver/control/streams_calls.cpp
  REPLACE [[call->running.store(false, std::memory_order_relaxed);]]
  WITH [[]]
  BREAKS WODM_PAUSE.holds WODM_RESTART.plays
  # Where the client comes late: these have to be queued before anything is played.
  MAY_BREAK WODM_CLOSE.still_playing WODM_GETPOS.played WODM_RESET.later_writes WODM_RESET.loops
    WODM_RESET.told_before WODM_UNPREPARE.queued WODM_WRITE.queued WODM_WRITE.in_queue WODM_WRITE.any_address
    WHDR_BEGINLOOP.many_headers WHDR_BEGINLOOP.last_pass WHDR_BEGINLOOP.endless
    WODM_BREAKLOOP.ends_pass WOM_DONE.may_close WOM_DONE.may_close_another WOM_DONE.may_reset
    WOM_DONE.may_write)

refwave_mutant(reset_does_nothing
  FILE driver/winmm/wave_call.cpp
  REPLACE [[on_stream<&Streams::reset>]]
  WITH [[[](const WaveCall& call) -> DWORD {
      control::Position unused;
      return result_of(call.streams().position(call.user, call.direction, unused));
    }]]
  BREAKS WODM_RESET.flags WODM_RESET.told_before WODM_RESET.position WODM_RESET.not_paused
    WODM_RESET.loops WODM_RESET.later_writes WIDM_RESET.flags WIDM_RESET.stops_at_zero
    WODM_CLOSE.after_reset WIDM_CLOSE.after_reset WODM_CLOSE.blocked_callback WHDR_BEGINLOOP.endless
    WOM_DONE.may_close WIM_DATA.may_close WOM_DONE.may_reset WOM_DONE.may_close_another
    WIM_DATA.may_reset
  # Kept where the device plays all 2000 headers in time, as an idle machine's does.
  MAY_BREAK WODM_RESET.once_in_order)

refwave_mutant(one_volume_for_all
  FILE driver/winmm/wave_call.cpp
  REPLACE [[call.user == 0 ? call.driver.set_device_volume]]
  WITH [[call.device == 0 ? call.driver.set_device_volume]]
  BREAKS WODM_SETVOLUME.answered WODM_SETVOLUME.own WODM_SETVOLUME.refused)

# Kept in memory for good, so that the thread never runs unloaded code, which would crash at any moment.
# Each life is slower with the threads of those before, and on a busy machine Crowd.lives does not end in time.
refwave_mutant(threads_left_at_free
  FILE driver/control/driver_gate.cpp
  REPLACE [[ended = driver->end(patience);]]
  WITH [[ended = driver->end(patience);
    hal::pin_module();
    std::thread([] { std::this_thread::sleep_for(std::chrono::hours(1)); }).detach();]]
  BREAKS DRV_DISABLE.ends_threads DRV_FREE.no_thread Crowd.lives
  ENDS hung)

# Kept in memory for good, too.
refwave_mutant(works_while_being_loaded
  FILE driver/control/driver_gate.cpp
  REPLACE [[constinit Driver* left_behind GUARDED_BY(changing()) = nullptr;]]
  WITH [=[[[maybe_unused]] const bool started = [] {
  hal::pin_module();
  std::thread([] { std::this_thread::sleep_for(std::chrono::hours(1)); }).detach();
  return true;
}();

constinit Driver* left_behind = nullptr;]=]
  BREAKS DRV_LOAD.starts_nothing DRV_DISABLE.ends_threads DRV_FREE.no_thread
    DRV_ENABLE.starts_nothing)

refwave_mutant(one_identifier_for_all
  FILE driver/winmm/driver_proc.cpp
  REPLACE [[instances_opened.fetch_add(1) + 1]]
  WITH [[instances_opened.exchange(1) | 1]]
  BREAKS DRV_OPEN.identifies_each)

refwave_mutant(a_second_start_is_an_error
  FILE driver/control/streams_calls.cpp
  REPLACE [[  call->running.store(true, std::memory_order_relaxed);]]
  WITH [[  if (call->running.exchange(true)) return Error::no_memory;]]
  BREAKS WODM_PAUSE.keeps_queue WIDM_START.again)

refwave_mutant(a_reset_of_nothing_is_an_error
  FILE driver/control/streams.cpp
  REPLACE [[  std::shared_ptr<engine::Engine> cut;]]
  WITH [[  if (ClientCall call(*table_, handle, direction);
      call && !call->queued() && call->position(hal::monotonic_now_ns()) == 0)
    return Error::no_memory;
  std::shared_ptr<engine::Engine> cut;]]
  BREAKS WODM_RESET.nothing_queued WODM_SETPITCH.kept WODM_SETPLAYBACKRATE.kept MAY_BREAK Crowd.reset)

refwave_mutant(records_into_a_short_buffer_at_once
  FILE driver/control/streams.cpp
  REPLACE [[    } else if (call->running.load(std::memory_order_relaxed)) {]]
  WITH [[    } else if (call->running.load() || (direction == hal::Direction::input && header.length < 4'000)) {
      call->running.store(true);]]
  BREAKS WIDM_START.records WIDM_RESET.stops_at_zero)
