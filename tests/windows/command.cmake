# The command refwave.exe: the whole contract, what it prints and writes, and Ctrl-C.
add_test(NAME windows.conform COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:refwave> conform)
set_tests_properties(windows.conform PROPERTIES TIMEOUT 300 LABELS windows)
add_test(NAME windows.interrupted_record
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/interrupted_record ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:refwave>)
set_tests_properties(windows.interrupted_record PROPERTIES TIMEOUT 120 LABELS windows)

add_test(NAME windows.plain_locale
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/plain_locale ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:refwave>)
set_tests_properties(windows.plain_locale PROPERTIES TIMEOUT 120 LABELS windows)

refwave_test(windows_command_test SOURCES command_test.cpp LABELS windows)
target_compile_definitions(windows_command_test PRIVATE REFWAVE_COMMAND="$<TARGET_FILE:refwave>")
add_dependencies(windows_command_test refwave refwave_drv)
