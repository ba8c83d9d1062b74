target_link_libraries(refwave_sound_file PUBLIC refwave::sndfile)
