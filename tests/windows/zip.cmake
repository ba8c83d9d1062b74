# The zip, as `./run windows` makes it, but of this build tree alone. The licences in it are from the packages that it was
# built with, which a root for running alone (REFWAVE_WINE32) does not have.
find_program(REFWAVE_ZIP zip)
if(REFWAVE_ZIP AND TARGET refwave AND NOT REFWAVE_WINE32)
  add_test(NAME windows.zip COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/check_zip ${PROJECT_SOURCE_DIR}/inf/zip/make_zip
    ${PROJECT_VERSION} ${PROJECT_BINARY_DIR} ${REFWAVE_SOURCES} ${CMAKE_CURRENT_BINARY_DIR}/zip)
  set_tests_properties(windows.zip PROPERTIES LABELS windows)
endif()
