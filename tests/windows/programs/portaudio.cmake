# PortAudio's own test of recording, unchanged, over WMME, that is waveOut and waveIn.
set(source ${REFWAVE_SOURCES}/portaudio19-19.6.0)
refwave_add_portaudio(portaudio_wmme WMME ${source}/src/hostapi/wmme/pa_win_wmme.c)
target_include_directories(portaudio_wmme INTERFACE ${source}/src/common)

add_executable(patest_read_record ${source}/test/patest_read_record.c)
target_compile_options(patest_read_record PRIVATE -w)
target_link_libraries(patest_read_record PRIVATE portaudio_wmme)
target_link_options(patest_read_record PRIVATE -static)
set_target_properties(patest_read_record PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/built)
