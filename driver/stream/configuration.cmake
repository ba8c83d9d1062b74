# Configuration stands alone, so that the command can read it without the rest of the driver.
refwave_library(refwave_configuration configuration_keys.cpp configuration_open_string.cpp
  configuration_path_${REFWAVE_SYSTEM}.cpp configuration_table.cpp configuration_toml.cpp
  configuration_write.cpp nearest_name.cpp)
target_link_libraries(refwave_configuration PUBLIC refwave_files)
set_source_files_properties(configuration_toml.cpp configuration_write.cpp PROPERTIES
  COMPILE_DEFINITIONS "TOML_EXCEPTIONS=0;TOML_ENABLE_FORMATTERS=0;TOML_FLOAT_CHARCONV=1")
