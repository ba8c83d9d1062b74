# PortAudio's own tests, unchanged, over WMME, that is waveOut and waveIn.
set(source ${REFWAVE_SOURCES}/portaudio19-19.6.0)
refwave_add_portaudio(portaudio_wmme WMME ${source}/src/hostapi/wmme/pa_win_wmme.c)
target_include_directories(portaudio_wmme INTERFACE ${source}/src/common)

foreach(program qa/paqa_errs test/patest_read_record)
  get_filename_component(name ${program} NAME)
  add_executable(${name} ${source}/${program}.c)
  target_compile_options(${name} PRIVATE -w)
  target_link_libraries(${name} PRIVATE portaudio_wmme)
  target_link_options(${name} PRIVATE -static)
  list(APPEND programs ${name})
endforeach()
