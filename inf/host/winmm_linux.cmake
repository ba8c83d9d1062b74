# libwinmm, with everything of Windows that drivers and clients need.
if(REFWAVE_SANITIZE MATCHES address)
  set(stack_watcher asan)
else()
  set(stack_watcher plain)
endif()

set(switch_stack callback/switch_stack_${CMAKE_SYSTEM_PROCESSOR}.cpp)
if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${switch_stack})
  set(switch_stack callback/switch_stack_other.cpp)
endif()

add_library(winmm SHARED
  ${shared_by_all}
  callback/callback_stack.cpp
  callback/driver_callback.cpp
  callback/enter_stack_${stack_watcher}.cpp
  callback/event.cpp
  ${switch_stack}
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
