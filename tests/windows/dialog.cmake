# The configuration dialog beside a sound server, on a screen of the usual resolution and on one of 144 dots an inch.
add_executable(dialog_test dialog_test.cpp real_driver.cpp ${child_process})
target_compile_definitions(dialog_test PRIVATE REFWAVE_DRIVER="${unpacked}/refwave.drv"
  REFWAVE_COMMAND="${unpacked}/refwave.exe")
target_link_libraries(dialog_test PRIVATE refwave_build winmm_headers winmm gdi32 GTest::gtest_main GTest::gmock)
add_dependencies(dialog_test refwave_windows)
foreach(dpi 96 144)
  refwave_gtest(dialog_${dpi}dpi ${CMAKE_CURRENT_SOURCE_DIR}/programs/with_private_pulse
    ${CMAKE_CURRENT_SOURCE_DIR}/with_display ${dpi} ${CMAKE_CURRENT_SOURCE_DIR}/run_in_wine
    ${PROJECT_BINARY_DIR}/wine-dialog $<TARGET_FILE:dialog_test>)
  set_tests_properties(dialog_${dpi}dpi PROPERTIES LABELS "windows;dialog;server" RESOURCE_LOCK wine-dialog)
  refwave_from_zip(dialog_${dpi}dpi)
endforeach()
