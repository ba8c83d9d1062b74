# refwave.drv as a Windows DLL, stripped. exports.def lists its exports, on x86 too without the decoration of stdcall.
refwave_version(refwave_drv refwave.drv VFT_DRV VFT2_DRV_SOUND "refwave wave driver")
include(own_winpthreads)
# An object, because winpthreads, which needs it, comes last on the linker's line.
target_sources(refwave_drv PRIVATE exports.def ${PROJECT_SOURCE_DIR}/hal/system/library_memory_windows.cpp)
set_source_files_properties(${PROJECT_SOURCE_DIR}/hal/system/library_memory_windows.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
target_link_libraries(refwave_drv PRIVATE own_winpthreads)
target_link_options(refwave_drv PRIVATE -s -Wl,--enable-stdcall-fixup,--kill-at)

# The configuration dialog.
target_sources(refwave_abi PRIVATE ../dialog/session.cpp)
target_link_libraries(refwave_abi PUBLIC refwave_dialog)
target_sources(refwave_drv PRIVATE ../dialog/dialog.rc)
set_source_files_properties(../dialog/dialog.rc PROPERTIES
  INCLUDE_DIRECTORIES "${PROJECT_SOURCE_DIR};${PROJECT_SOURCE_DIR}/driver/dialog" OBJECT_DEPENDS ${PROJECT_SOURCE_DIR}/driver/dialog/dialog.manifest)
