# PortAudio's own tests, as its authors wrote them, over the host API that every old Windows program uses: WMME, which is
# waveOut and waveIn.
set(source ${REFWAVE_SOURCES}/portaudio19-19.6.0)
add_library(portaudio_wmme STATIC EXCLUDE_FROM_ALL ${source}/src/hostapi/wmme/pa_win_wmme.c)
foreach(name allocation converters cpuload debugprint dither front process ringbuffer stream trace)
  target_sources(portaudio_wmme PRIVATE ${source}/src/common/pa_${name}.c)
endforeach()
foreach(name coinitialize hostapis util waveformat)
  target_sources(portaudio_wmme PRIVATE ${source}/src/os/win/pa_win_${name}.c)
endforeach()
target_include_directories(portaudio_wmme PUBLIC ${source}/include ${source}/src/common PRIVATE ${source}/src/os/win)
target_compile_definitions(portaudio_wmme PRIVATE
  PA_USE_WASAPI=0 PA_USE_WMME=1 PA_USE_DS=0 PA_USE_WDMKS=0 PA_USE_ASIO=0 PA_USE_SKELETON=0)
target_compile_options(portaudio_wmme PRIVATE -w)
target_link_libraries(portaudio_wmme INTERFACE winmm ole32)

foreach(program qa/paqa_errs test/patest_callbackstop test/patest_many test/patest_read_record test/patest_sine_time
    test/patest_stop test/patest_stop_playout)
  get_filename_component(name ${program} NAME)
  add_executable(${name} ${source}/${program}.c)
  target_compile_options(${name} PRIVATE -w)
  target_link_libraries(${name} PRIVATE portaudio_wmme)
  target_link_options(${name} PRIVATE -static)
  list(APPEND programs ${name})
endforeach()
