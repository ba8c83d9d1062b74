# The same targets as in libraries_linux.cmake, for Windows. They are built from sources that cmake/fetch_sources has fetched,
# and are linked statically. Libraries of headers come from this machine's packages: on Windows MSYS2's, which the compiler finds by
# itself; elsewhere through a folder that has links to them alone, because with /usr/include itself on its path the compiler for
# Windows would find Linux's headers.
enable_language(C)
enable_language(RC)
# Each function and each table gets its own section, and the linker keeps only the sections that are used. This halves the
# size of refwave.drv.
add_compile_options(-ffunction-sections -fdata-sections)
# Nor is the time of linking in a file: the same sources give the same bytes.
add_link_options(-Wl,--gc-sections -Wl,--no-insert-timestamp)
set(REFWAVE_SOURCES ${PROJECT_SOURCE_DIR}/build/sources CACHE PATH "Where cmake/fetch_sources has put the libraries' sources")

set(headers ${PROJECT_BINARY_DIR}/headers)
file(MAKE_DIRECTORY ${headers})
set(libraries CLI nlohmann toml++)
set(googletest /usr/src/googletest)
if(CMAKE_HOST_WIN32)
  include(fetch_sources)
  set(libraries)
  set(googletest ${REFWAVE_SOURCES}/googletest-1.12.1)
else()
  execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/fetch_sources ${REFWAVE_SOURCES} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endif()
foreach(library ${libraries})
  if(NOT EXISTS /usr/include/${library})
    message(FATAL_ERROR "/usr/include/${library} is missing (./run windows installs it)")
  endif()
  file(CREATE_LINK /usr/include/${library} ${headers}/${library} SYMBOLIC)
endforeach()
target_include_directories(refwave_build SYSTEM INTERFACE ${headers})
include(concurrentqueue)
add_library(CLI11::CLI11 INTERFACE IMPORTED GLOBAL)
add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED GLOBAL)

# The libraries' own CMake projects see these as options that a user has set. Their sources are compiled one by one.
set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)
set(CMAKE_POLICY_VERSION_MINIMUM 3.5)  # CMake 4 refuses projects that name an older one
set(unity ${CMAKE_UNITY_BUILD})
set(CMAKE_UNITY_BUILD OFF)
include(portaudio_wasapi)
include(highway)
include(libsndfile)
set(CMAKE_UNITY_BUILD ${unity})

# refwave_version(TARGET FILE TYPE SUBTYPE DESCRIPTION): the version information that Windows' Explorer shows for the target's
# file.
set(version_template ${CMAKE_CURRENT_LIST_DIR}/version.rc.in)
function(refwave_version target file type subtype description)
  get_filename_component(internal ${file} NAME_WE)
  configure_file(${version_template} version.rc @ONLY)
  target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/version.rc)
endfunction()

if(REFWAVE_TESTS)
  set(INSTALL_GTEST OFF)
  add_subdirectory(${googletest} ${PROJECT_BINARY_DIR}/googletest EXCLUDE_FROM_ALL)
  foreach(library gtest gtest_main gmock gmock_main)
    if(NOT TARGET GTest::${library})
      add_library(GTest::${library} ALIAS ${library})
    endif()
  endforeach()
endif()
