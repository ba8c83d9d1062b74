# refwave.drv as a shared object. exports.map lists its exports.
set(exports ${CMAKE_CURRENT_SOURCE_DIR}/exports.map)
set_target_properties(refwave_drv PROPERTIES LINK_DEPENDS ${exports})
target_link_options(refwave_drv PRIVATE -Wl,--version-script=${exports})
