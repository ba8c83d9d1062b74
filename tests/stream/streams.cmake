# A stream's life, the threads, the engine and its devices.
foreach(subject stream control_seat notifiers anticipation device_thread engine engine_idle engine_watch streams streams_stress)
  refwave_test(${subject}_test SOURCES ${subject}_test.cpp LIBS refwave_stream LABELS stream)
endforeach()
if(NOT REFWAVE_SANITIZE AND NOT WIN32)
  target_sources(streams_test PRIVATE prepared_pages_linux.cpp)
endif()
refwave_test(driver_test SOURCES driver_test.cpp threads_${REFWAVE_SYSTEM}.cpp LIBS refwave_stream LABELS stream)
