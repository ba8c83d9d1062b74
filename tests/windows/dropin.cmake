# The drop-in winmm.dll with refwave.drv beside it, without one, and with a file that is no driver.
set(folder ${CMAKE_CURRENT_BINARY_DIR}/dropin)
set(beside ${CMAKE_CURRENT_SOURCE_DIR}/beside)
set(in_wine env WINEDLLOVERRIDES=winmm=n,b ${CMAKE_CROSSCOMPILING_EMULATOR})

# dropin_program(NAME SOURCES…): a client of the winmm.dll that lies in its folder.
function(dropin_program name)
  add_executable(${name} dropin_program.cpp ${ARGN})
  target_compile_options(${name} PRIVATE -O1)
  target_link_libraries(${name} PRIVATE refwave_build winmm_headers winmm GTest::gtest_main GTest::gmock)
endfunction()

# dropin_test(NAME PROGRAM FILES…): runs a copy of the program in a folder with copies of these files.
function(dropin_test name program)
  refwave_gtest(windows.${name} ${beside} ${folder}/${name} $<TARGET_FILE:${program}> ${ARGN} -- ${in_wine})
  set_tests_properties(windows.${name} PROPERTIES LABELS windows)
  refwave_from_zip(windows.${name})
endfunction()

dropin_program(dropin_client dropin_serve_test.cpp)
dropin_program(dropin_client_without_driver dropin_without_driver_test.cpp)
set(no_driver ${folder}/no_driver/refwave.drv)
file(WRITE ${no_driver} "no DLL\n")
dropin_test(dropin dropin_client ${unpacked}/winmm.dll ${unpacked}/refwave.drv)
dropin_test(dropin_without_driver dropin_client_without_driver ${unpacked}/winmm.dll)
dropin_test(dropin_with_a_bad_driver dropin_client_without_driver ${unpacked}/winmm.dll ${no_driver})
