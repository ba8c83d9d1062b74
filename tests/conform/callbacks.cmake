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

refwave_mutant(an_empty_loop_is_never_done
  FILE driver/winmm/client_callback.cpp
  REPLACE [[  if (hal::is_process_ending()) return false;]]
  WITH [[  const auto* const wave = reinterpret_cast<const WAVEHDR*>(header);
  if (wave != nullptr && wave->dwBufferLength == 0 && wave->dwLoops == 0xFFFF'FFFF) return true;]]
  BREAKS WHDR_BEGINLOOP.no_length)

refwave_mutant(a_second_parameter
  FILE driver/winmm/client_callback.cpp
  REPLACE [[reinterpret_cast<DWORD_PTR>(header), 0) != FALSE;]]
  WITH [[reinterpret_cast<DWORD_PTR>(header), 1) != FALSE;]]
  BREAKS CALLBACK_FUNCTION.values)

refwave_mutant(tells_of_short_headers_twice
  FILE driver/winmm/client_callback.cpp
  REPLACE [[  if (hal::is_process_ending()) return false;]]
  WITH [[  const auto* const wave = reinterpret_cast<const WAVEHDR*>(header);
  if (wave != nullptr && wave->dwBufferLength >= 4 && wave->dwBufferLength < 16)
    DriverCallback(client.target, client.type, reinterpret_cast<HDRVR>(client.handle),
                   message_of(notice, client.input), client.instance, reinterpret_cast<DWORD_PTR>(header), 0);]]
  BREAKS WOM_DONE.once_in_order WIM_DATA.once_in_order)

refwave_mutant(a_streams_190th_message_comes_twice
  FILE driver/core/stream/deliver.cpp
  REPLACE [[void note_calling(Stream& stream, const Block& block, BlockRing::Cursor number) noexcept {]]
  WITH [[void note_calling(Stream& stream, const Block& block, BlockRing::Cursor number) noexcept {
  const ClientCallback callback = stream.callback;
  if (number == 189 && callback.function != nullptr) callback.function(callback, Notice::done, block.header);]]
  BREAKS WODM_WRITE.many WODM_RESET.once_in_order WIDM_RESET.once_in_order Crowd.writers Crowd.reset
    Crowd.each_other MAY_BREAK WODM_GETPOS.when_notified)

refwave_mutant(tells_inside_a_write
  FILE driver/control/streams.cpp
  REPLACE [[  if (result != Error::none) submission.undo();
  return result;]]
  WITH [[  static std::atomic<int> writes{0};
  if (result != Error::none || ++writes != 30) return result;
  core::Stream& stream = table_->streams[slot_of(handle)];
  while (!stream.delivery.hold()) hal::nap(std::chrono::microseconds(20));
  const auto next = [&] {
    std::optional<core::Block> block = stream.take();
    for (int naps = 0; !block && naps < 1'000; ++naps) {
      hal::nap(std::chrono::microseconds(200));
      block = stream.take();
    }
    return block;
  };
  if (core::deliver(stream, 1, next) && stream.delivery.hand_back(core::DeliveryState::Left::nothing_known))
    table_->hand_to_notifier(stream.index());
  return result;]]
  BREAKS WOM_DONE.not_inside_write WIM_DATA.not_inside_addbuffer
  # The write waits for its turn, which a callback of the same stream has.
  MAY_BREAK WOM_DONE.may_write WIM_DATA.may_add Crowd.each_other WODM_CLOSE.blocked_callback)

refwave_mutant(one_client_at_a_time
  FILE driver/winmm/client_callback.cpp
  REPLACE [[  if (hal::is_process_ending()) return false;]]
  WITH [[  static std::atomic_flag is_calling;
  static thread_local int depth = 0;
  const struct Turn {
    Turn() {
      if (depth++ == 0)
        while (is_calling.test_and_set()) is_calling.wait(true);
    }
    ~Turn() {
      if (--depth != 0) return;
      is_calling.clear();
      is_calling.notify_one();
    }
  } turn;]]
  BREAKS Crowd.blocked_client WODM_CLOSE.blocked_callback WOM_DONE.may_open ENDS hung)
