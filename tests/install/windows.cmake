# These change the system and so have a Wine to themselves, one after the other.
add_executable(install_windows_test windows.cpp windows_test.cpp)
target_link_libraries(install_windows_test PRIVATE refwave_build GTest::gtest_main GTest::gmock)
target_compile_definitions(install_windows_test PRIVATE REFWAVE_COMMAND="$<TARGET_FILE:refwave>"
  REFWAVE_DRIVER="$<TARGET_FILE:refwave_drv>" REFWAVE_DROPIN="$<TARGET_FILE:winmm_dropin>")
add_dependencies(install_windows_test refwave refwave_drv winmm_dropin)
set_target_properties(install_windows_test PROPERTIES CROSSCOMPILING_EMULATOR
  "${CMAKE_SOURCE_DIR}/tests/windows/run_in_wine;${CMAKE_BINARY_DIR}/wine-install")
gtest_discover_tests(install_windows_test DISCOVERY_TIMEOUT 120 PROPERTIES TIMEOUT 120 RESOURCE_LOCK wine-install)
