refwave_test(configuration_test SOURCES configuration_test.cpp configuration_file_${REFWAVE_SYSTEM}.cpp LIBS refwave_configuration)
target_compile_definitions(configuration_test PRIVATE
  REFWAVE_CONFIGURATION_MD="${CMAKE_SOURCE_DIR}/driver/stream/CONFIGURATION.md")
refwave_test(configuration_write_test SOURCES configuration_write_test.cpp LIBS refwave_configuration)
