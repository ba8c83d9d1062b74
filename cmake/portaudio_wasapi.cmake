# PortAudio, static, with WASAPI as its only host API, because MME and DirectSound would lead back into winmm, and so into
# refwave. PortAudio's own CMake project offers WASAPI to Microsoft's compiler alone. MinGW-w64 has every header that WASAPI
# needs, if they are included in the order of portaudio_wasapi.h.
set(source ${REFWAVE_SOURCES}/portaudio19-19.6.0)

# Only this file is patched. hal/README.md explains the patch.
include(patched)
set(wasapi ${CMAKE_CURRENT_BINARY_DIR}/portaudio/pa_win_wasapi.c)
refwave_patched(${source}/src/hostapi/wasapi/pa_win_wasapi.c ${CMAKE_CURRENT_LIST_DIR}/portaudio_wasapi_events.patch ${wasapi})

# refwave_add_portaudio(TARGET API FILE): PortAudio with that one host API. FILE is the host API's source file.
function(refwave_add_portaudio target api file)
  set(source ${REFWAVE_SOURCES}/portaudio19-19.6.0)
  add_library(${target} STATIC EXCLUDE_FROM_ALL ${file})
  foreach(name allocation converters cpuload debugprint dither front process ringbuffer stream trace)
    target_sources(${target} PRIVATE ${source}/src/common/pa_${name}.c)
  endforeach()
  foreach(name coinitialize hostapis util waveformat)
    target_sources(${target} PRIVATE ${source}/src/os/win/pa_win_${name}.c)
  endforeach()
  target_include_directories(${target} SYSTEM PUBLIC ${source}/include PRIVATE ${source}/src/common ${source}/src/os/win)
  foreach(other WASAPI WMME DS WDMKS ASIO SKELETON)
    target_compile_definitions(${target} PRIVATE PA_USE_${other}=$<STREQUAL:${other},${api}>)
  endforeach()
  target_compile_options(${target} PRIVATE -w)
  target_link_libraries(${target} INTERFACE ole32 winmm)
endfunction()

# The driver's, and one as it is for the example of a driver.
set(unpatched ${source}/src/hostapi/wasapi/pa_win_wasapi.c)
refwave_add_portaudio(refwave_portaudio WASAPI ${wasapi})
refwave_add_portaudio(portaudio WASAPI ${unpatched})
add_library(refwave::portaudio ALIAS refwave_portaudio)
foreach(library refwave_portaudio portaudio)
  target_compile_definitions(${library} PRIVATE UNICODE _UNICODE _WIN32_WINNT=0x0601)
  target_link_libraries(${library} INTERFACE uuid)
endforeach()
set_source_files_properties(${wasapi} ${unpatched} PROPERTIES
  COMPILE_OPTIONS "-include;${CMAKE_CURRENT_LIST_DIR}/portaudio_wasapi.h")
