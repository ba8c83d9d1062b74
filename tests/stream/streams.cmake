# A stream's life, the threads, the engine and its devices.
foreach(subject stream control_seat notifiers anticipation device_thread engine engine_idle streams streams_stress)
  refwave_test(${subject}_test SOURCES ${subject}_test.cpp LIBS refwave_stream LABELS stream)
endforeach()
refwave_test(driver_test SOURCES driver_test.cpp threads_linux.cpp LIBS refwave_stream LABELS stream)
