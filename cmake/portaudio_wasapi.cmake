# PortAudio, static, with WASAPI as its only host API: MME and DirectSound would lead back into winmm, and so into
# refwave. Its own CMake project offers WASAPI to Microsoft's compiler alone. MinGW-w64 has every header that WASAPI needs
# if they come in the order of portaudio_wasapi.h, which is included before the file that wants them.
set(source ${REFWAVE_SOURCES}/portaudio19-19.6.0)

# The one file that is not compiled as it was fetched: hal/README.md says why.
find_program(REFWAVE_PATCH patch)
if(NOT REFWAVE_PATCH)
  message(FATAL_ERROR "patch is missing (Debian's package patch)")
endif()
set(fetched ${source}/src/hostapi/wasapi/pa_win_wasapi.c)
set(events ${CMAKE_CURRENT_LIST_DIR}/portaudio_wasapi_events.patch)
set(wasapi ${CMAKE_CURRENT_BINARY_DIR}/portaudio/pa_win_wasapi.c)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${fetched} ${events})
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/portaudio)
execute_process(COMMAND ${REFWAVE_PATCH} --quiet --fuzz=0 --reject-file=- --output=${wasapi} --input=${events} ${fetched}
  RESULT_VARIABLE patched OUTPUT_VARIABLE patch_says ERROR_VARIABLE patch_says)
if(NOT patched EQUAL 0)
  message(FATAL_ERROR "${events} does not apply to ${fetched}:\n${patch_says}")
endif()

add_library(refwave_portaudio STATIC EXCLUDE_FROM_ALL ${wasapi})
add_library(refwave::portaudio ALIAS refwave_portaudio)
foreach(name allocation converters cpuload debugprint dither front process ringbuffer stream trace)
  target_sources(refwave_portaudio PRIVATE ${source}/src/common/pa_${name}.c)
endforeach()
foreach(name coinitialize hostapis util waveformat)
  target_sources(refwave_portaudio PRIVATE ${source}/src/os/win/pa_win_${name}.c)
endforeach()
target_include_directories(refwave_portaudio SYSTEM PUBLIC ${source}/include PRIVATE ${source}/src/common ${source}/src/os/win)
target_compile_definitions(refwave_portaudio PRIVATE UNICODE _UNICODE _WIN32_WINNT=0x0601
  PA_USE_WASAPI=1 PA_USE_WMME=0 PA_USE_DS=0 PA_USE_WDMKS=0 PA_USE_ASIO=0 PA_USE_SKELETON=0)
target_compile_options(refwave_portaudio PRIVATE -w)
set_source_files_properties(${wasapi} PROPERTIES
  COMPILE_OPTIONS "-include;${CMAKE_CURRENT_LIST_DIR}/portaudio_wasapi.h")
target_link_libraries(refwave_portaudio INTERFACE ole32 uuid winmm)
