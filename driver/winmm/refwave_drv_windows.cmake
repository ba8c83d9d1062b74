# refwave.drv as Windows' DLL: what it exports is in exports.def, on x86 too without the decoration that stdcall has there;
# what the Explorer says of it is a resource. Nobody debugs the copy that is installed: it goes out stripped.
refwave_version(refwave_drv refwave.drv VFT_DRV VFT2_DRV_SOUND "refwave wave driver")
include(own_winpthreads)
target_sources(refwave_drv PRIVATE exports.def system/library_memory_windows.cpp)
target_link_libraries(refwave_drv PRIVATE own_winpthreads)
target_link_options(refwave_drv PRIVATE -s -Wl,--enable-stdcall-fixup,--kill-at)

# MinGW's own headers, with the one declaration that they lack, and the identifiers that they declare.
add_library(winmm_headers INTERFACE)
target_include_directories(winmm_headers INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/mingw)
target_link_libraries(winmm_headers INTERFACE ksguid)

# The configuration dialog.
target_sources(refwave_abi PRIVATE dialog/appearance_windows.cpp dialog/session.cpp)
target_link_libraries(refwave_abi PUBLIC refwave_dialog)
target_sources(refwave_drv PRIVATE dialog/dialog.rc)
set_source_files_properties(dialog/dialog.rc PROPERTIES
  INCLUDE_DIRECTORIES "${PROJECT_SOURCE_DIR};${CMAKE_CURRENT_SOURCE_DIR}/dialog" OBJECT_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/dialog/dialog.manifest)
