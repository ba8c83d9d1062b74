# libwinmm, with everything of Windows that drivers and clients need.
add_library(winmm SHARED
  ${shared_by_all}
  callback/driver_callback.cpp
  callback/event.cpp
  callback/windows_and_threads.cpp
  time.cpp)
target_link_libraries(winmm PUBLIC winmm_headers PRIVATE refwave_build ${CMAKE_DL_LIBS})
set_target_properties(winmm PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
add_library(wave_host ALIAS winmm)
# A client's one target brings along the driver, which libwinmm loads.
add_library(refwave_client INTERFACE)
target_link_libraries(refwave_client INTERFACE winmm)
add_dependencies(refwave_client refwave_drv)
add_library(refwave::winmm ALIAS refwave_client)
if(REFWAVE_TESTS)
  add_subdirectory(examples)
endif()
