# refwave_patched(FETCHED PATCH RESULT): writes FETCHED with PATCH applied to the file RESULT. CMake does it again when FETCHED
# or PATCH changes.
function(refwave_patched fetched patch result)
  find_program(REFWAVE_PATCH patch)
  if(NOT REFWAVE_PATCH)
    message(FATAL_ERROR "patch is missing (Debian's package patch)")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${fetched} ${patch})
  cmake_path(GET result PARENT_PATH folder)
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND ${REFWAVE_PATCH} --fuzz=0 --reject-file=- --output=${result} --input=${patch} ${fetched}
    RESULT_VARIABLE failed OUTPUT_VARIABLE says ERROR_VARIABLE says)
  # With one line of context a hunk may fit in several places; only its own line number is right.
  if(failed OR says MATCHES "offset")
    message(FATAL_ERROR "${patch} does not apply to ${fetched}:\n${says}")
  endif()
endfunction()
