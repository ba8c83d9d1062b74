# The drop-in winmm.dll and the command as files. winmm.dll exports everything that Wine's winmm exports.
set(exports ${PROJECT_BINARY_DIR}/inf/host/dropin/exports.def)
file(STRINGS ${exports} names REGEX "thunk_[0-9]+$")
list(TRANSFORM names REPLACE "^ *([^ ]+) .*" "\\1")
list(JOIN names "," names)
set(loads LoadLibraryExW,LoadLibraryW)
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  string(PREPEND loads LoadLibraryA,)  # the compiler's, for a libgcc that is loaded already
endif()
check_files(winmm_dropin 0 ${names} ${loads})
check_files(refwave 0 "")
file(STRINGS ${PROJECT_BINARY_DIR}/sndfile.def names REGEX "^sf_")
list(JOIN names "," names)
add_test(NAME windows.files.sndfile_dll  # its version is libsndfile's, and it says none
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/check_files ${CMAKE_OBJDUMP} "" 0 $<TARGET_FILE:sndfile_dll> ${windows_dlls} "${names}")
set_tests_properties(windows.files.sndfile_dll PROPERTIES LABELS windows)

find_file(REFWAVE_WINE_WINMM winmm.dll
  PATHS /usr/lib/x86_64-linux-gnu/wine/x86_64-windows NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
if(REFWAVE_WINE_WINMM AND CMAKE_SIZEOF_VOID_P EQUAL 8)  # the other objdump cannot read it
  add_test(NAME windows.files.wine_exports_no_more COMMAND ${CMAKE_COMMAND}
    -D objdump=${CMAKE_OBJDUMP} -D wine_winmm=${REFWAVE_WINE_WINMM} -D list=${exports}
    -P ${CMAKE_CURRENT_SOURCE_DIR}/wine_exports.cmake)
  set_tests_properties(windows.files.wine_exports_no_more PROPERTIES LABELS windows)
endif()
