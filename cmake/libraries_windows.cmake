# The same targets as libraries_linux.cmake, for Windows: from sources that cmake/fetch_sources has fetched, linked into
# whoever uses them. What is only headers comes from this machine's packages, through a folder of links to them alone:
# with /usr/include itself on the path a compiler for Windows would find Linux's headers.
enable_language(C)
enable_language(RC)
# One section a function or table, of which the linker keeps what is used: it halves refwave.drv.
add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(-Wl,--gc-sections)
set(REFWAVE_SOURCES ${PROJECT_SOURCE_DIR}/build/sources CACHE PATH "Where cmake/fetch_sources has put the libraries' sources")

set(headers ${PROJECT_BINARY_DIR}/headers)
file(MAKE_DIRECTORY ${headers})
foreach(library CLI concurrentqueue toml++)
  if(NOT EXISTS /usr/include/${library})
    message(FATAL_ERROR "/usr/include/${library} is missing (./run windows installs it)")
  endif()
  file(CREATE_LINK /usr/include/${library} ${headers}/${library} SYMBOLIC)
endforeach()
target_include_directories(refwave_build SYSTEM INTERFACE ${headers})
add_library(CLI11::CLI11 INTERFACE IMPORTED GLOBAL)

# The libraries' own projects see these as if a user had set them.
set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)
include(portaudio_wasapi)
include(highway)
include(libsamplerate)
include(libsndfile)

# refwave_version(TARGET FILE TYPE SUBTYPE DESCRIPTION): what the Explorer says of the target's file.
set(version_template ${CMAKE_CURRENT_LIST_DIR}/version.rc.in)
function(refwave_version target file type subtype description)
  get_filename_component(internal ${file} NAME_WE)
  configure_file(${version_template} version.rc @ONLY)
  target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/version.rc)
endfunction()

if(REFWAVE_TESTS)
  set(INSTALL_GTEST OFF)
  add_subdirectory(/usr/src/googletest ${PROJECT_BINARY_DIR}/googletest EXCLUDE_FROM_ALL)
  foreach(library gtest gtest_main gmock gmock_main)
    if(NOT TARGET GTest::${library})
      add_library(GTest::${library} ALIAS ${library})
    endif()
  endforeach()
endif()
