# The rule that `refwave conform` says to fix first, in the example driver with one more mistake. The example also breaks what it leaves
# out.

# own_driver(NAME REPLACE [[text]] WITH [[text]] FIRST rule): in silent_driver.cpp; the rule that is about this mistake.
function(own_driver name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "REPLACE;WITH;FIRST" "")
  refwave_mutated_source(source NAME own_${name} FILE inf/host/examples/silent_driver.cpp REPLACE "${arg_REPLACE}" WITH "${arg_WITH}")
  add_library(own_${name} MODULE ${source})
  set_target_properties(own_${name} PROPERTIES PREFIX "" OUTPUT_NAME ${name} SUFFIX .drv CXX_VISIBILITY_PRESET default)
  target_link_libraries(own_${name} PRIVATE refwave_build refwave::winmm)
  refwave_is_mutant(own_${name})
  add_test(NAME conform.fix_first.${name}
    COMMAND $<TARGET_FILE:refwave> conform $<TARGET_FILE:own_${name}> --parameters "" --jobs 16 --patience 2)
  set_tests_properties(conform.fix_first.${name} PROPERTIES LABELS "conform;mutant" TIMEOUT 300 ENVIRONMENT COLUMNS=500
    PASS_REGULAR_EXPRESSION "\nfix first: ${arg_FIRST}[:;.,]")
endfunction()

own_driver(swaps_the_parameters
  REPLACE [[client.dwInstance, reinterpret_cast<DWORD_PTR>(header), 0);]]
  WITH [[reinterpret_cast<DWORD_PTR>(header), client.dwInstance, 0);]]
  FIRST WOM_OPEN.first)

own_driver(flags_after_the_message
  REPLACE [[      notify_client(WOM_DONE, header);]]
  WITH [[      header->dwFlags &= ~DWORD{WHDR_DONE};
      notify_client(WOM_DONE, header);
      header->dwFlags |= WHDR_DONE;]]
  FIRST WOM_DONE.flags)

own_driver(calls_under_its_lock
  REPLACE [[    mutex.unlock();
    DriverCallback(client.dwCallback, notify, reinterpret_cast<HDRVR>(client.hWave), message,
                   client.dwInstance, reinterpret_cast<DWORD_PTR>(header), 0);
    mutex.lock();]]
  WITH [[    DriverCallback(client.dwCallback, notify, reinterpret_cast<HDRVR>(client.hWave), message,
                   client.dwInstance, reinterpret_cast<DWORD_PTR>(header), 0);]]
  FIRST WOM_DONE.may_write)

own_driver(detaches_its_threads
  REPLACE [[  stream.player.join();]]
  WITH [[  stream.player.detach();
  std::thread([] { std::this_thread::sleep_for(std::chrono::milliseconds(200)); }).detach();]]
  FIRST DRV_DISABLE.ends_threads)

own_driver(resets_later
  REPLACE [[    while (!queue.empty()) finish_first();
    played = 0;]]
  WITH [[    began = {};
    played = 0;]]
  FIRST WODM_RESET.flags)

own_driver(writes_to_null
  REPLACE [[  if (to == nullptr && size != 0) return MMSYSERR_INVALPARAM;]]
  WITH ""
  FIRST "WODM_GETDEVCAPS.null, which crashed")
