# How every target of this project is built: one language level, one set of warnings, one include root.

# What differs by system is a file named for it: x_linux.cpp, x_windows.cpp.
string(TOLOWER ${CMAKE_SYSTEM_NAME} REFWAVE_SYSTEM)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

find_program(REFWAVE_CCACHE ccache)
if(REFWAVE_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${REFWAVE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${REFWAVE_CCACHE})
endif()

find_package(Threads REQUIRED)

add_library(refwave_build INTERFACE)
target_include_directories(refwave_build INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(refwave_build INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
target_link_libraries(refwave_build INTERFACE Threads::Threads)
if(WIN32)
  # Windows 7 and later; what is newer is asked for by name. Nothing but Windows' own DLLs is needed at run time.
  target_compile_definitions(refwave_build INTERFACE UNICODE NOMINMAX WIN32_LEAN_AND_MEAN _WIN32_WINNT=0x0601)
  # g++ 12 warns of overlaps that are not there (its bug 105651).
  target_compile_options(refwave_build INTERFACE -Wno-restrict)
  target_link_options(refwave_build INTERFACE -static -static-libgcc -static-libstdc++)
endif()
if(REFWAVE_SANITIZE)
  target_compile_options(refwave_build INTERFACE -fsanitize=${REFWAVE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  if(REFWAVE_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # moodycamel::ConcurrentQueue has fences, of which g++ warns that ThreadSanitizer does not see them.
    target_compile_options(refwave_build INTERFACE -Wno-tsan)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # g++ 12 takes what the sanitizers add to std::function for a use of uninitialised memory.
    target_compile_options(refwave_build INTERFACE -Wno-maybe-uninitialized)
  endif()
  target_link_options(refwave_build INTERFACE -fsanitize=${REFWAVE_SANITIZE})
endif()

# refwave_library(NAME SOURCES…): a static library of one directory.
function(refwave_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC refwave_build)
endfunction()

# refwave_test(NAME SOURCES… [LIBS …] [LABELS …]): a GoogleTest program; every TEST in it is a CTest test. Where programs
# run in an emulator, whose start takes longer than most tests, the program is one. Full optimisation and debugging
# information would double the time that tests take to compile.
function(refwave_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_compile_options(${name} PRIVATE -O1 -g1)
  target_link_libraries(${name} PRIVATE refwave_build ${arg_LIBS} GTest::gtest_main GTest::gmock)
  if(CMAKE_CROSSCOMPILING)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "${arg_LABELS}")
  else()
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300 LABELS "${arg_LABELS}")
  endif()
endfunction()
