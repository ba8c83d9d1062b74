# PortAudio's own tests, as its authors wrote them, over the host API that every old Windows program uses: WMME, which is
# waveOut and waveIn.
set(source ${REFWAVE_SOURCES}/portaudio19-19.6.0)
refwave_add_portaudio(portaudio_wmme WMME ${source}/src/hostapi/wmme/pa_win_wmme.c)
target_include_directories(portaudio_wmme INTERFACE ${source}/src/common)

foreach(program qa/paqa_errs test/patest_read_record test/patest_sine_time test/patest_stop test/patest_stop_playout)
  get_filename_component(name ${program} NAME)
  add_executable(${name} ${source}/${program}.c)
  target_compile_options(${name} PRIVATE -w)
  target_link_libraries(${name} PRIVATE portaudio_wmme)
  target_link_options(${name} PRIVATE -static)
  list(APPEND programs ${name})
endforeach()
