# PortAudio with ALSA and JACK, as a static library with hidden symbols, because refwave.drv is a guest in other people's
# programs, and those may have a PortAudio of their own. libasound and libjack are loaded when the first device is
# requested. hal/README.md explains the patches.
set(source ${REFWAVE_SOURCES}/portaudio19-19.6.0)
if(NOT EXISTS ${source}/.complete)
  message(STATUS "Fetching PortAudio's source into ${REFWAVE_SOURCES}")
  execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/fetch_sources ${REFWAVE_SOURCES} portaudio19
    RESULT_VARIABLE failed OUTPUT_VARIABLE says ERROR_VARIABLE says)
  if(failed)
    message(FATAL_ERROR "PortAudio's source cannot be fetched into ${REFWAVE_SOURCES}:\n${says}"
      "It needs Debian's packages dpkg-dev and debian-archive-keyring, and a mirror of Debian.")
  endif()
endif()
enable_language(C)
find_path(REFWAVE_ALSA alsa/asoundlib.h)
find_path(REFWAVE_JACK jack/jack.h)
if(NOT REFWAVE_ALSA OR NOT REFWAVE_JACK)
  message(FATAL_ERROR "the headers of ALSA and JACK are missing (Debian's packages libasound2-dev, libjack-jackd2-dev)")
endif()

include(patched)
set(patched ${PROJECT_BINARY_DIR}/portaudio)
refwave_patched(${source}/src/hostapi/alsa/pa_linux_alsa.c ${CMAKE_CURRENT_LIST_DIR}/portaudio_alsa.patch
  ${patched}/pa_linux_alsa.c)
refwave_patched(${source}/src/os/unix/pa_unix_util.c ${CMAKE_CURRENT_LIST_DIR}/portaudio_unix.patch
  ${patched}/pa_unix_util.c)
refwave_patched(${source}/src/hostapi/jack/pa_jack.c ${CMAKE_CURRENT_LIST_DIR}/portaudio_jack.patch ${patched}/pa_jack.c)

add_library(refwave_portaudio STATIC ${patched}/pa_linux_alsa.c ${patched}/pa_jack.c ${patched}/pa_unix_util.c
  ${source}/src/os/unix/pa_unix_hostapis.c)
add_library(refwave::portaudio ALIAS refwave_portaudio)
foreach(name allocation converters cpuload debugprint dither front process ringbuffer stream trace)
  target_sources(refwave_portaudio PRIVATE ${source}/src/common/pa_${name}.c)
endforeach()
target_include_directories(refwave_portaudio SYSTEM PUBLIC ${source}/include
  PRIVATE ${source}/src/common ${source}/src/os/unix ${REFWAVE_ALSA} ${REFWAVE_JACK})
# Without assertions, because a failed one would end the program in which refwave.drv is a guest.
target_compile_definitions(refwave_portaudio PRIVATE NDEBUG _GNU_SOURCE PA_USE_ALSA=1 PA_USE_JACK=1 PA_ALSA_DYNAMIC
  PA_ALSA_PATHNAME="libasound.so.2" HAVE_CLOCK_GETTIME HAVE_NANOSLEEP)
set_source_files_properties(${patched}/pa_jack.c PROPERTIES
  COMPILE_OPTIONS "-include;${CMAKE_CURRENT_LIST_DIR}/portaudio_jack.h"
  OBJECT_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/portaudio_jack.h)
target_compile_options(refwave_portaudio PRIVATE -w)
set_target_properties(refwave_portaudio PROPERTIES C_VISIBILITY_PRESET hidden UNITY_BUILD OFF)
target_link_libraries(refwave_portaudio PUBLIC Threads::Threads ${CMAKE_DL_LIBS} m)
