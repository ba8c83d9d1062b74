# The zip, as `./run windows` makes it, unpacked for the tests that stand for a user.
find_program(REFWAVE_ZIP zip REQUIRED)
set(win64 ${PROJECT_SOURCE_DIR}/build/win64)
set(win32 ${PROJECT_SOURCE_DIR}/build/win32)
if(REFWAVE_HALF STREQUAL x64)
  set(win64 ${PROJECT_BINARY_DIR})
else()
  set(win32 ${PROJECT_BINARY_DIR})
endif()
add_test(NAME windows.zip COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/check_zip ${PROJECT_SOURCE_DIR}/inf/zip/make_zip
  ${PROJECT_VERSION} ${PROJECT_BINARY_DIR} ${win64} ${win32} ${REFWAVE_SOURCES} ${CMAKE_CURRENT_BINARY_DIR}/zip ${REFWAVE_UNPACKED})
set_tests_properties(windows.zip PROPERTIES LABELS windows FIXTURES_SETUP windows_zip)
