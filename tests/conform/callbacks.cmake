# Mistakes in how and when a client is notified, and in what it may do then.

refwave_mutant(drivers_own_handle
  FILE driver/winmm/client_callback.cpp
  REPLACE [[reinterpret_cast<HDRVR>(client.handle)]]
  WITH [[reinterpret_cast<HDRVR>(const_cast<core::ClientCallback*>(&client))]]
  BREAKS CALLBACK_FUNCTION.device CALLBACK_WINDOW.posted CALLBACK_THREAD.posted Crowd.waveOut)

refwave_mutant(no_close_callback
  FILE driver/control/close_protocol.cpp
  REPLACE [[callback.function(callback, core::Notice::close, nullptr);]]
  WITH [[return;]]
  BREAKS WOM_CLOSE.last WIM_CLOSE.last CALLBACK_EVENT.set CALLBACK_WINDOW.posted
    CALLBACK_THREAD.posted WODM_CLOSE.delivers WOM_DONE.may_close WIM_DATA.may_close
    DRV_DISABLE.tells DRV_DISABLE.inside WOM_DONE.may_follow WOM_DONE.may_close_another)

refwave_mutant(opened_on_another_thread
  FILE driver/control/streams.cpp
  REPLACE [[callback.function(callback, core::Notice::open, nullptr);]]
  WITH [[std::thread([&] { callback.function(callback, core::Notice::open, nullptr); }).join();]]
  BREAKS WOM_OPEN.first WIM_OPEN.first)

refwave_mutant(callback_for_a_query
  FILE driver/winmm/wave_call.cpp
  REPLACE [[if ((flags & WAVE_FORMAT_QUERY) != 0) return MMSYSERR_NOERROR;]]
  WITH [[if ((flags & WAVE_FORMAT_QUERY) != 0) {
    const auto client = client_callback(*description, flags, call.direction);
    if (client.function != nullptr) client.function(client, core::Notice::open, nullptr);
    return MMSYSERR_NOERROR;
  }]]
  BREAKS WOM_OPEN.not_for_a_query WIM_OPEN.not_for_a_query Crowd.waveOut)

refwave_mutant(lock_held_while_calling
  FILE driver/core/stream/deliver.cpp
  REPLACE [[  do {
    if (!deliver(stream, kEveryMessage, [&] { return stream.take(); })) return;
  } while (stream.delivery.release());]]
  WITH [[  for (;;) {
    std::unique_lock lock(stream.mutex, std::defer_lock);
    const auto next = [&] {
      const std::optional<Block> block = stream.take();
      if (block) lock.lock();
      return block;
    };
    if (!deliver(stream, 1, next)) return;
    if (!stream.has_message() && !stream.delivery.release()) return;
  }]]
  BREAKS WODM_CLOSE.blocked_callback WOM_DONE.may_write WOM_DONE.may_reset WOM_DONE.may_close
    WOM_DONE.may_ask WIM_DATA.may_add WIM_DATA.may_reset WIM_DATA.may_close WOM_DONE.may_follow
    WOM_DONE.may_close_at_end WIM_DATA.may_close_at_end Crowd.each_other ENDS hung)
