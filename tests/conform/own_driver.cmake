# What `refwave conform` says first about somebody's own driver. Each of these is the example of a driver with one more mistake, so
# it also breaks what the example leaves out.

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
    PASS_REGULAR_EXPRESSION "\nfix first: ${arg_FIRST}[;.]")
endfunction()

own_driver(swaps_the_parameters
  REPLACE [[client.dwInstance, reinterpret_cast<DWORD_PTR>(header), 0);]]
  WITH [[reinterpret_cast<DWORD_PTR>(header), client.dwInstance, 0);]]
  FIRST WOM_OPEN.first)

own_driver(plays_the_newest_first
  REPLACE [[queue.push_back(header);]]
  WITH [[queue.push_front(header);]]
  FIRST WOM_DONE.once_in_order)

own_driver(flags_after_it_has_told
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

own_driver(calls_one_client_at_a_time
  REPLACE [[    mutex.unlock();
    DriverCallback(client]]
  WITH [[    mutex.unlock();
    static auto& one = *new std::recursive_mutex;
    const std::lock_guard lock(one);
    DriverCallback(client]]
  FIRST WOM_DONE.may_open)

own_driver(detaches_its_threads
  REPLACE [[  stream.player.join();]]
  WITH [[  stream.player.detach();
  std::thread([] { std::this_thread::sleep_for(std::chrono::milliseconds(200)); }).detach();]]
  FIRST DRV_DISABLE.ends_threads)

own_driver(destroys_a_condition_variable
  REPLACE [[  std::condition_variable_any changed{};]]
  WITH [[  static inline std::condition_variable_any changed{};]]
  FIRST Process.ends_playing)

own_driver(resets_later
  REPLACE [[    while (!queue.empty()) finish_first();
    played = 0;]]
  WITH [[    began = {};
    played = 0;]]
  FIRST WODM_RESET.flags)

own_driver(keeps_the_position
  REPLACE [[    played = 0;
    paused_at.reset();]]
  WITH [[    paused_at.reset();]]
  FIRST WODM_RESET.position)

own_driver(counts_seven_frames_more
  REPLACE [[const DWORD frames = played + ]]
  WITH [[const DWORD frames = 7 + played + ]]
  FIRST WODM_GETPOS.zero_at_open)

own_driver(returns_what_it_has_copied
  REPLACE [[} else if (Clock::now() < end_of_first()) {]]
  WITH [[} else if (false) {]]
  FIRST WODM_WRITE.own_time)
