# Processes that end at any moment, under a winmm that closes its drivers then: a DLL, because the order in which modules are detached
# matters.
set(here ${CMAKE_CURRENT_SOURCE_DIR}/process_end)
add_library(windows_closes_at_end SHARED ${here}/closes_at_end_windows.cpp)
add_executable(windows_ends_process ${here}/ends_process.cpp)
set_target_properties(windows_closes_at_end windows_ends_process PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
target_link_libraries(windows_closes_at_end PRIVATE refwave_build)
target_link_libraries(windows_ends_process PRIVATE refwave_build windows_closes_at_end winmm_headers)
target_compile_definitions(windows_ends_process PRIVATE REFWAVE_DRIVER="$<TARGET_FILE:refwave_drv>")

refwave_test(windows_process_end_test SOURCES ${here}/process_end_test.cpp real_driver.cpp ${child_process} LIBS winmm_headers winmm LABELS windows)
target_compile_definitions(windows_process_end_test PRIVATE
  ENDS_PROCESS="$<TARGET_FILE:windows_ends_process>" REFWAVE_DRIVER="$<TARGET_FILE:refwave_drv>")
add_dependencies(windows_process_end_test windows_ends_process refwave_drv)
refwave_long_proof(three_thousand_process_ends GTEST COMMAND windows_process_end_test ENVIRONMENT REFWAVE_PROCESSES=3000)
