# The drop-in winmm.dll, as a program meets it that has it and refwave.drv in its folder.
set(folder ${CMAKE_CURRENT_BINARY_DIR}/dropin)
set(exports ${CMAKE_SOURCE_DIR}/driver/host/dropin/exports.txt)

# Without Wine: what the file exports, beside the list and beside Wine's own winmm.
find_program(REFWAVE_OBJDUMP ${CMAKE_OBJDUMP} REQUIRED)
find_file(REFWAVE_WINE_WINMM winmm.dll
  PATHS /usr/lib/x86_64-linux-gnu/wine/x86_64-windows NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
add_test(NAME dropin_exports COMMAND ${CMAKE_COMMAND}
  -D objdump=${REFWAVE_OBJDUMP} -D winmm=$<TARGET_FILE:winmm_dropin> -D wine_winmm=${REFWAVE_WINE_WINMM} -D list=${exports}
  -P ${CMAKE_CURRENT_SOURCE_DIR}/dropin_exports.cmake)
set_tests_properties(dropin_exports PROPERTIES LABELS windows)
if(NOT CMAKE_CROSSCOMPILING_EMULATOR)
  return()
endif()

set(emulator_before ${CMAKE_CROSSCOMPILING_EMULATOR})
set(CMAKE_CROSSCOMPILING_EMULATOR env WINEDLLOVERRIDES=winmm=n,b ${emulator_before})
refwave_test(dropin_test
  SOURCES dropin_callbacks_test.cpp dropin_forward_test.cpp dropin_program.cpp dropin_serve_test.cpp
  LIBS winmm_headers winmm
  LABELS windows)
set(CMAKE_CROSSCOMPILING_EMULATOR ${emulator_before})
set_target_properties(dropin_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${folder})
target_compile_definitions(dropin_test PRIVATE DROPIN_EXPORTS="Z:${exports}")

add_custom_command(OUTPUT ${folder}/winmm.dll ${folder}/refwave.drv
  COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:winmm_dropin> $<TARGET_FILE:refwave_drv> ${folder}
  DEPENDS winmm_dropin refwave_drv)
add_custom_target(dropin_beside ALL DEPENDS ${folder}/winmm.dll ${folder}/refwave.drv)
add_dependencies(dropin_test dropin_beside)
