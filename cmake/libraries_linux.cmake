# The libraries that refwave uses: PortAudio from its source, the others as the system packages them. This file and
# libraries_windows.cmake define the same targets: refwave::portaudio, refwave::highway,
# refwave::sndfile, CLI11::CLI11, nlohmann_json::nlohmann_json and GTest. Here refwave::codecs (MP3 and Ogg) may exist, too.

# refwave_package(NAME MODULE): the target refwave::NAME, from pkg-config.
function(refwave_package name module)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET GLOBAL ${module})
  add_library(refwave::${name} ALIAS PkgConfig::${name})
endfunction()

set(REFWAVE_SOURCES ${PROJECT_SOURCE_DIR}/build/sources CACHE PATH "Where cmake/fetch_sources puts the libraries' sources")
find_package(PkgConfig REQUIRED)
refwave_package(highway libhwy)
include(portaudio_linux)
include(concurrentqueue)
# Only the headers are used, because the servers' libraries are loaded at run time and not linked.
pkg_check_modules(REFWAVE_SERVERS REQUIRED dbus-1 libpulse libpipewire-0.3)
set(REFWAVE_SERVER_INCLUDES ${REFWAVE_SERVERS_INCLUDE_DIRS})
if(REFWAVE_COMMAND)
  refwave_package(sndfile sndfile)
  pkg_check_modules(codecs IMPORTED_TARGET GLOBAL libmpg123>=1.26 opusfile vorbisfile)
  if(codecs_FOUND)
    add_library(refwave::codecs ALIAS PkgConfig::codecs)
  endif()
  find_package(CLI11 REQUIRED)
  find_package(nlohmann_json REQUIRED)
endif()
if(REFWAVE_TESTS)
  find_package(GTest)
  if(NOT GTest_FOUND)
    message(FATAL_ERROR "The tests need GoogleTest (Debian: libgtest-dev, libgmock-dev). Install it, or build with -DREFWAVE_TESTS=OFF.")
  endif()
endif()
