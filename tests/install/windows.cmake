# A test program is one test here: each start of Wine takes seconds.
function(refwave_wine_test name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE refwave_build refwave_installer GTest::gtest_main GTest::gmock)
  if(CMAKE_CROSSCOMPILING)
    set_target_properties(${name} PROPERTIES CROSSCOMPILING_EMULATOR
      "${PROJECT_SOURCE_DIR}/tests/windows/run_in_wine;${PROJECT_BINARY_DIR}/wine-install")
  endif()
  refwave_gtest(${name} ${name})
  set_tests_properties(${name} PROPERTIES RESOURCE_LOCK wine-install)
endfunction()

refwave_wine_test(install_test ${decisions})

# They change the system, so they have a Wine of their own.
refwave_wine_test(install_windows_test windows_test.cpp ${PROJECT_SOURCE_DIR}/tests/windows/administrator.rc)
target_compile_definitions(install_windows_test PRIVATE REFWAVE_UNPACKED="${REFWAVE_UNPACKED}")
target_link_libraries(install_windows_test PRIVATE refwave_install)
add_dependencies(install_windows_test refwave_windows)
refwave_from_zip(install_windows_test)
