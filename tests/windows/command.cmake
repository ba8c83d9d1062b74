# refwave.exe of the zip: the whole contract, its output, and Ctrl-C.
add_test(NAME windows.conform COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} ${unpacked}/refwave.exe conform)
set_tests_properties(windows.conform PROPERTIES TIMEOUT 300 LABELS windows)

# A driver that cuts addresses to 32 bits is found, although Wine 8 gives a program low memory. Wine 10 gives high memory, and the driver
# crashes immediately.
if(CMAKE_SIZEOF_VOID_P EQUAL 8)
  add_library(windows_narrow_driver MODULE narrow_driver.cpp ${PROJECT_SOURCE_DIR}/driver/winmm/exports.def)
  target_link_libraries(windows_narrow_driver PRIVATE refwave_build winmm)
  set_target_properties(windows_narrow_driver PROPERTIES PREFIX "" OUTPUT_NAME narrow SUFFIX .drv)
  add_test(NAME "windows.conform.finds a driver of 32 bits" COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} ${unpacked}/refwave.exe
    conform $<TARGET_FILE:windows_narrow_driver> --parameters "" --rule DriverProc.pointer_width)
  set_tests_properties("windows.conform.finds a driver of 32 bits" PROPERTIES TIMEOUT 120 LABELS windows
    PASS_REGULAR_EXPRESSION ", 1 broken|narrow.drv: crashed")
  add_test(NAME "windows.conform.says where a driver crashes" COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} ${unpacked}/refwave.exe
    conform $<TARGET_FILE:windows_narrow_driver> --parameters !)
  set_tests_properties("windows.conform.says where a driver crashes" PROPERTIES TIMEOUT 120 LABELS windows
    PASS_REGULAR_EXPRESSION "crashed: exception c0000005 in narrow[.]drv[+]0x[0-9a-f]+, address 0x8")
endif()

# The examples of a driver, as DLLs. Under Wine the first sound comes late, so one that is heard may be tried again.
set(example ${PROJECT_SOURCE_DIR}/inf/host/examples)
list(JOIN CMAKE_CROSSCOMPILING_EMULATOR " " emulator)
foreach(name silent audible)
  add_library(windows_${name}_driver MODULE ${example}/${name}_driver.cpp ${example}/${name}_driver.def)
  target_link_libraries(windows_${name}_driver PRIVATE refwave_build winmm)
  set_target_properties(windows_${name}_driver PROPERTIES PREFIX "" OUTPUT_NAME ${name} SUFFIX .drv)
  set(beside_audible ${CMAKE_CURRENT_SOURCE_DIR}/programs/with_private_pulse)
  add_test(NAME windows.${name}_driver COMMAND ${beside_${name}} ${PROJECT_SOURCE_DIR}/tests/conform/check_report
    REFWAVE=${unpacked}/refwave.exe EMULATOR=${emulator} DRIVER=$<TARGET_FILE:windows_${name}_driver> EXAMPLE=${name} EXAMPLES=${example})
  set_tests_properties(windows.${name}_driver PROPERTIES TIMEOUT 300 LABELS "windows;timed")
  refwave_from_zip(windows.${name}_driver)
endforeach()
target_link_libraries(windows_audible_driver PRIVATE portaudio ksguid)

# With WASAPI, Windows' own DLLs have threads that are not the driver's.
add_test(NAME windows.conform.threads COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/programs/with_private_pulse
  ${CMAKE_CROSSCOMPILING_EMULATOR} ${unpacked}/refwave.exe conform --parameters "device=default"
  --rule DRV_DISABLE.ends_threads --rule DRV_FREE.no_thread --rule DRV_LOAD.starts_nothing --jobs 1)
set_tests_properties(windows.conform.threads PROPERTIES TIMEOUT 120 LABELS "windows;server")

add_test(NAME windows.interrupted_record
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/interrupted_record ${CMAKE_CROSSCOMPILING_EMULATOR} ${unpacked}/refwave.exe)
set_tests_properties(windows.interrupted_record PROPERTIES TIMEOUT 120 LABELS windows)

# 32-bit programs beside 64-bit ones.
set(others)
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  set(others ${REFWAVE_UNPACKED}/x64/refwave.exe)
endif()
add_test(NAME windows.watched
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/watched ${CMAKE_CROSSCOMPILING_EMULATOR} ${unpacked}/refwave.exe ${others})
set_tests_properties(windows.watched PROPERTIES TIMEOUT 180 LABELS windows SKIP_RETURN_CODE 77)

# A terminal of Unix is a console under Wine.
if(CMAKE_SIZEOF_VOID_P EQUAL 8)
  add_test(NAME windows.keys
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/keys ${CMAKE_CROSSCOMPILING_EMULATOR} ${unpacked}/refwave.exe)
  set_tests_properties(windows.keys PROPERTIES TIMEOUT 120 LABELS windows SKIP_RETURN_CODE 77)
endif()

refwave_test(windows_command_test SOURCES command_test.cpp ${child_process} LABELS windows)
target_compile_definitions(windows_command_test PRIVATE REFWAVE_COMMAND="${unpacked}/refwave.exe")
add_dependencies(windows_command_test refwave_windows)

refwave_from_zip(windows.conform windows.conform.threads windows.interrupted_record windows.watched
  windows_command_test)
if(CMAKE_SIZEOF_VOID_P EQUAL 8)
  refwave_from_zip("windows.conform.finds a driver of 32 bits" "windows.conform.says where a driver crashes" windows.keys)
endif()

# try.cmd of the zip. Where Wine runs 32-bit programs, also in a 32-bit Windows.
set(try ${CMAKE_CURRENT_SOURCE_DIR}/try_zip ${CMAKE_CURRENT_SOURCE_DIR}/run_in_wine)
add_test(NAME windows.try COMMAND ${try} ${CMAKE_CURRENT_BINARY_DIR}/try ${REFWAVE_UNPACKED})
set(names windows.try)
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  add_test(NAME windows.try.on_32_bits COMMAND ${try} ${CMAKE_CURRENT_BINARY_DIR}/try-win32 ${REFWAVE_UNPACKED} win32)
  list(APPEND names windows.try.on_32_bits)
endif()
set_tests_properties(${names} PROPERTIES LABELS windows TIMEOUT 1200 SKIP_RETURN_CODE 77 COST 100
  FIXTURES_REQUIRED windows_zip)
