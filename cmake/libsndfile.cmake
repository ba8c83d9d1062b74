# libsndfile with its codecs (codecs.cmake), by its own CMake project, without its programs and tests. The command loads it as
# sndfile.dll, because its licence, and libmpg123's (LGPL), require that users can replace it.
include(codecs)
function(refwave_add_sndfile)
  foreach(option BUILD_EXAMPLES BUILD_PROGRAMS BUILD_REGTEST BUILD_SHARED_LIBS BUILD_TESTING ENABLE_CPACK
      ENABLE_PACKAGE_CONFIG INSTALL_MANPAGES INSTALL_PKGCONFIG_MODULE)
    set(${option} OFF)
  endforeach()
  foreach(codec Speex SQLite3)
    set(CMAKE_DISABLE_FIND_PACKAGE_${codec} ON)
  endforeach()
  set(CMAKE_WARN_DEPRECATED OFF)
  set(CMAKE_MESSAGE_LOG_LEVEL ERROR)
  add_subdirectory(${REFWAVE_SOURCES}/libsndfile-1.2.0 ${PROJECT_BINARY_DIR}/libsndfile EXCLUDE_FROM_ALL)
endfunction()
refwave_add_sndfile()
# Without LAME no MP3 is written.
get_target_property(sources sndfile SOURCES)
list(FILTER sources EXCLUDE REGEX mpeg_l3_encode)
set_property(TARGET sndfile PROPERTY SOURCES ${sources} ${CMAKE_CURRENT_LIST_DIR}/sndfile_no_mp3.c)
target_compile_options(sndfile PRIVATE -w)
add_library(refwave::sndfile ALIAS sndfile)

# It exports libsndfile's whole interface, as its own builds for Windows do.
file(STRINGS ${REFWAVE_SOURCES}/libsndfile-1.2.0/include/sndfile.h functions REGEX "sf_[a-z0-9_]+[ \t]*\\(.*;")
list(FILTER functions EXCLUDE REGEX typedef)
list(TRANSFORM functions REPLACE "^.*(sf_[a-z0-9_]+)[ \t]*\\(.*$" "\\1")
list(FILTER functions INCLUDE REGEX "^sf_")  # a line ends in a semicolon, which also separates
list(LENGTH functions count)
if(NOT count EQUAL 41)
  message(FATAL_ERROR "sndfile.h declares ${count} functions, and libsndfile 1.2.0 has 41.")
endif()
list(JOIN functions "\n" functions)
file(CONFIGURE OUTPUT sndfile.def CONTENT "EXPORTS\n${functions}\n" @ONLY)
add_library(sndfile_dll SHARED ${CMAKE_CURRENT_BINARY_DIR}/sndfile.def)
set_target_properties(sndfile_dll PROPERTIES
  PREFIX "" OUTPUT_NAME sndfile LINKER_LANGUAGE C RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_link_libraries(sndfile_dll PRIVATE -Wl,--whole-archive sndfile -Wl,--no-whole-archive)
target_link_options(sndfile_dll PRIVATE -static -static-libgcc -s)

# The command finds the DLL's functions at their first calls.
set(delayed ${CMAKE_CURRENT_BINARY_DIR}/sndfile_delayed.a)
execute_process(COMMAND ${CMAKE_DLLTOOL} -d ${CMAKE_CURRENT_BINARY_DIR}/sndfile.def -D sndfile.dll -y ${delayed}
  WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} COMMAND_ERROR_IS_FATAL ANY)
add_library(sndfile_delayed INTERFACE)
target_include_directories(sndfile_delayed SYSTEM INTERFACE $<TARGET_PROPERTY:sndfile,INTERFACE_INCLUDE_DIRECTORIES>)
target_link_libraries(sndfile_delayed INTERFACE ${delayed} delayimp)
