# The wave functions over the refwave.drv beside the program that links this; everything else is Windows' own winmm.
# _WINMM_ makes Windows' headers declare the functions that are defined here, and not import them.
foreach(header winmm_host.h winmm_language.h)
  configure_file(${PROJECT_SOURCE_DIR}/driver/abi/include/${header} include/${header} COPYONLY)
endforeach()
add_library(wave_host STATIC ${shared_by_all})
target_compile_definitions(wave_host PUBLIC _WINMM_)
target_include_directories(wave_host PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/include)
target_link_libraries(wave_host PUBLIC winmm_headers winmm PRIVATE refwave_build)

add_subdirectory(dropin)
