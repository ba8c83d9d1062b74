# How every target of this project is built: one language level, one set of warnings, one include root.

# Code that differs by system is in files named for it: x_linux.cpp, x_windows.cpp.
string(TOLOWER ${CMAKE_SYSTEM_NAME} REFWAVE_SYSTEM)

# So is code that differs by processor: x_x86.cpp, x_arm64.cpp, and x_other.cpp for all others.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i[3-6]86|X86)$")
  set(REFWAVE_PROCESSOR x86)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$")
  set(REFWAVE_PROCESSOR arm64)
else()
  set(REFWAVE_PROCESSOR other)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# A backtrace needs the names of functions and lines. Variables would add half to the time of compiling the kernels.
string(REPLACE "-g " "-g1 " CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

# Twelve sources of a library are compiled as one, in less than half the time. -DCMAKE_UNITY_BUILD=OFF compiles each alone, which shows
# missing includes.
if(NOT DEFINED CMAKE_UNITY_BUILD)
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)
endif()

find_program(REFWAVE_CCACHE ccache)
if(REFWAVE_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${REFWAVE_CCACHE})
  # Without this ccache keeps no object that uses precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${REFWAVE_CCACHE})
endif()

# Debugging information and __FILE__ name sources relative to the build folder, in which Ninja starts g++, so that they are right in
# objects that ccache has from another checkout. Only the build folder's own name is that of the checkout that compiled.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_GENERATOR STREQUAL Ninja)
  cmake_path(RELATIVE_PATH PROJECT_SOURCE_DIR BASE_DIRECTORY ${CMAKE_BINARY_DIR} OUTPUT_VARIABLE from_build)
  # Of all matching maps g++ uses the last.
  add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=${from_build}/ -ffile-prefix-map=${CMAKE_BINARY_DIR}=${CMAKE_BINARY_DIR}
    -ffile-prefix-map=${CMAKE_BINARY_DIR}/=)
endif()

find_package(Threads REQUIRED)

set(werror $<$<BOOL:${REFWAVE_WERROR}>:-Werror>)
add_library(refwave_build INTERFACE)
target_include_directories(refwave_build INTERFACE ${PROJECT_SOURCE_DIR})
# clang refuses an access to what a mutex guards without it (hal/system/mutex.h).
add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wthread-safety>)
# Two warnings assume that each source is compiled alone. In a unity build -Wshadow checks the names within a function only.
set(is_unity $<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>)
target_compile_options(refwave_build INTERFACE -Wall -Wextra -Wconversion $<$<NOT:${is_unity}>:-Wshadow> ${werror}
  "$<$<AND:${is_unity},$<CXX_COMPILER_ID:GNU>>:-Wshadow=local;-Wno-subobject-linkage>")
# By default g++ collects garbage from 128 MB on, which costs a tenth of the time.
cmake_host_system_information(RESULT memory_mb QUERY TOTAL_PHYSICAL_MEMORY)
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
math(EXPR memory_mb "${memory_mb} / ${cores}")
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND memory_mb GREATER 3000)
  target_compile_options(refwave_build INTERFACE --param=ggc-min-heapsize=524288)
endif()
target_compile_definitions(refwave_build INTERFACE UNICODE)
target_link_libraries(refwave_build INTERFACE Threads::Threads)
if(WIN32)
  # Windows 7 and later; newer functions are looked up by name. Only Windows' own DLLs are needed at run time.
  target_compile_definitions(refwave_build INTERFACE NOMINMAX WIN32_LEAN_AND_MEAN _WIN32_WINNT=0x0601)
  # g++ 12 warns of overlaps that do not exist (its bug 105651).
  target_compile_options(refwave_build INTERFACE -Wno-restrict)
  target_link_options(refwave_build INTERFACE -static -static-libgcc -static-libstdc++)
endif()
if(REFWAVE_SANITIZE)
  target_compile_options(refwave_build INTERFACE -fsanitize=${REFWAVE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  if(REFWAVE_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # g++ warns that ThreadSanitizer does not see the fences of moodycamel::ConcurrentQueue.
    target_compile_options(refwave_build INTERFACE -Wno-tsan)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # g++ 12 mistakes the sanitizers' additions to std::function for uses of uninitialised memory.
    target_compile_options(refwave_build INTERFACE -Wno-maybe-uninitialized)
  endif()
  target_link_options(refwave_build INTERFACE -fsanitize=${REFWAVE_SANITIZE})
endif()
if(REFWAVE_COVERAGE)
  # clang counts the source's conditions, and not what the compiler adds, such as exception paths. Each program and library maps a file
  # of its own (%m) as its counters (%c), so that a process that is killed, or ends by _exit(), counts, too. The counters are atomic: a
  # lost count would also falsify that of an `else`, which is the difference of two.
  target_compile_options(refwave_build INTERFACE -fprofile-instr-generate=${PROJECT_BINARY_DIR}/counts/%c%m.profraw
    -fprofile-update=atomic -fcoverage-mapping "SHELL:-mllvm -runtime-counter-relocation")
  target_link_options(refwave_build INTERFACE -fprofile-instr-generate)
endif()

# An emulator runs Linux programs for another processor. Like a sanitizer or counters, it slows them down several times, so tests try
# less there, and have longer time-outs.
set(REFWAVE_EMULATED OFF)
if(CMAKE_CROSSCOMPILING AND NOT WIN32)
  set(REFWAVE_EMULATED ON)
endif()
set(REFWAVE_SLOWED OFF)
if(REFWAVE_EMULATED OR REFWAVE_SANITIZE OR REFWAVE_COVERAGE)
  set(REFWAVE_SLOWED ON)
endif()

# refwave_soon_built([TARGET…]): these, or without a name all later targets of this folder, are not time-critical: help, pages, plans,
# rules. Less optimisation halves their time to compile, for which a new user waits before the first sound. For the usual build only.
function(refwave_soon_built)
  if(NOT CMAKE_BUILD_TYPE STREQUAL RelWithDebInfo OR REFWAVE_SANITIZE)
    return()
  endif()
  if(NOT ARGN)
    add_compile_options(-O1)
  endif()
  foreach(target ${ARGN})
    target_compile_options(${target} PRIVATE -O1)
  endforeach()
endfunction()

# refwave_library(NAME SOURCES…): a static library of one directory.
function(refwave_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC refwave_build)
  # tests/rules checks the imports of each function.
  target_compile_options(${name} PRIVATE -ffunction-sections)
endfunction()

# refwave_gtest(NAME COMMAND…): a CTest test that starts a GoogleTest program once.
function(refwave_gtest name)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()

# refwave_computes(TEST… [REAL_TIME]): CTest tests that keep a processor busy for seconds. REAL_TIME: in audio threads, which have
# real-time priority where the user may. One test of each kind runs at a time, so that the sound servers of other tests get their time.
# They begin early, to end with the others. Under sanitizers, counters and emulators nearly all tests compute, and none is delayed.
function(refwave_computes)
  cmake_parse_arguments(arg "REAL_TIME" "" "" ${ARGN})
  set(lock processor)
  if(arg_REAL_TIME)
    set(lock real_time)
  endif()
  if(NOT REFWAVE_SLOWED)
    set_tests_properties(${arg_UNPARSED_ARGUMENTS} PROPERTIES RESOURCE_LOCK ${lock} COST 110)
  endif()
endfunction()

# refwave_long_proof(NAME [SERVER] [SEED] [LANE name] COMMAND … [ENVIRONMENT NAME=value…]): a CTest test, full.NAME, that
# takes minutes. Only `./run test --full` and `ctest -C full` run it. A proof with a sound server (SERVER) mostly waits, and begins
# first; a sanitizer makes a client too slow for a server, so it is native only. The others compute at the lowest priority, which leaves
# processor time to the servers. A random one (SEED) prints a new seed in each run. The proofs of one LANE run one after the other. Under
# an emulator minutes would become hours, so there is no long proof.
function(refwave_long_proof name)
  cmake_parse_arguments(arg "SERVER;SEED" "LANE" "COMMAND;ENVIRONMENT" ${ARGN})
  if(REFWAVE_EMULATED OR (arg_SERVER AND REFWAVE_SANITIZE))
    return()
  endif()
  list(GET arg_COMMAND 0 program)
  set(before "")
  if(arg_SEED)
    list(PREPEND before ${PROJECT_SOURCE_DIR}/tests/support/new_seed)
  endif()
  if(NOT arg_SERVER AND arg_LANE)
    list(PREPEND before ${PROJECT_SOURCE_DIR}/tests/support/in_background 19)
  endif()
  if(before AND TARGET ${program})
    list(POP_FRONT arg_COMMAND)
    list(PREPEND arg_COMMAND $<TARGET_FILE:${program}>)
  endif()
  list(PREPEND arg_COMMAND ${before})
  add_test(NAME full.${name} CONFIGURATIONS full COMMAND ${arg_COMMAND})
  set_tests_properties(full.${name} PROPERTIES TIMEOUT 14400 LABELS full ENVIRONMENT "${arg_ENVIRONMENT}")
  if(arg_LANE)
    set_tests_properties(full.${name} PROPERTIES RESOURCE_LOCK lane_${arg_LANE} COST 5000)
  endif()
  if(arg_SERVER)
    set_tests_properties(full.${name} PROPERTIES COST 10000)
  endif()
endfunction()

# Optimisation and debugging information would double the time that tests take to compile. Under ThreadSanitizer they
# compute for long enough to be worth some; Windows programs were not tried without.
function(refwave_compiles_as_tests name)
  set(level -O0)
  if(NOT REFWAVE_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL Debug)
    list(APPEND level -g0)
  endif()
  if(REFWAVE_SANITIZE MATCHES thread OR WIN32)
    set(level -O1)
  endif()
  target_compile_options(${name} PRIVATE ${level})
  if(TARGET refwave_test_headers AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # g++ 12 takes what it has inlined of std::string from precompiled headers for a copy out of bounds.
    target_compile_options(${name} PRIVATE -Wno-array-bounds -Wno-stringop-overflow)
  endif()
endfunction()

# refwave_test(NAME SOURCES… [LIBS …] [LABELS …] [TIMED case…] [ALONE case…] [SHARDS count] [SINGLE_THREADED]
# [PROPERTIES …]): a GoogleTest program. CTest starts it once for all its cases: under a sanitizer a start costs more than most cases. What
# departs from that is
#   TIMED            cases ("Suite.Name" or "Suite.*") whose claim is a time: they have a start of their own, NAME:timed, with the
#                    label timed; * for all cases
#   ALONE            cases ("Suite.Name" or "Suite.*") that need a process of their own; those that TIMED names, too, have its label
#   SHARDS           so many starts, each with a part of the cases, so that they can run at the same time
#   SINGLE_THREADED  it starts no thread, so ThreadSanitizer has nothing to see in it, and does not run it
#   PROPERTIES       of all its CTest tests
# Cases with a JACK server are ALONE, and RESOURCE_LOCK jack runs them one at a time: all JACK servers of a machine share one list of
# names, and one that a test has stopped may hold its lock.
function(refwave_test name)
  cmake_parse_arguments(arg "SINGLE_THREADED" "SHARDS" "SOURCES;LIBS;LABELS;TIMED;ALONE;PROPERTIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  refwave_compiles_as_tests(${name})
  # Most of a source's time goes into the headers. Compiled alone are the driver's own sources, at which clang-tidy looks, and those
  # with a malloc or operator new of the program's own.
  foreach(source ${arg_SOURCES})
    cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE path)
    cmake_path(RELATIVE_PATH path BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
    if(path MATCHES "^(driver|dsp|hal|inf|tests/conform)/|scarce_memory|trap[.]cpp")
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
  target_link_libraries(${name} PRIVATE refwave_build ${arg_LIBS} GTest::gtest_main GTest::gmock)
  if(TARGET refwave_test_headers)
    target_precompile_headers(${name} REUSE_FROM refwave_test_headers)
  endif()
  if(arg_SINGLE_THREADED AND REFWAVE_SANITIZE MATCHES thread)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()

  set(tests)
  set(timed)
  foreach(case ${arg_ALONE})
    refwave_gtest(${name}:${case} ${name} --gtest_filter=${case})
    if(case IN_LIST arg_TIMED)
      list(APPEND timed ${name}:${case})
    else()
      list(APPEND tests ${name}:${case})
    endif()
  endforeach()
  set(others "")
  set(apart ${arg_ALONE} ${arg_TIMED})
  if(apart)
    list(REMOVE_DUPLICATES apart)
    list(JOIN apart ":" patterns)
    set(others --gtest_filter=-${patterns})
  endif()
  list(REMOVE_ITEM arg_TIMED "" ${arg_ALONE})
  if(arg_TIMED)
    list(JOIN arg_TIMED ":" patterns)
    refwave_gtest(${name}:timed ${name} --gtest_filter=${patterns})
    list(APPEND timed ${name}:timed)
  endif()
  if(arg_SHARDS)
    math(EXPR last "${arg_SHARDS} - 1")
    foreach(shard RANGE ${last})
      refwave_gtest(${name}:${shard} ${name} ${others})
      set_tests_properties(${name}:${shard} PROPERTIES
        ENVIRONMENT "GTEST_TOTAL_SHARDS=${arg_SHARDS};GTEST_SHARD_INDEX=${shard}")
      list(APPEND tests ${name}:${shard})
    endforeach()
  elseif(NOT arg_TIMED STREQUAL "*")
    refwave_gtest(${name} ${name} ${others})
    list(APPEND tests ${name})
  endif()
  # The folder of tests is a label, too: tests/hal/refusals has the label hal.
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  string(REGEX REPLACE "/.*" "" folder "${folder}")
  set_tests_properties(${tests} PROPERTIES LABELS "${folder};${arg_LABELS}" ${arg_PROPERTIES})
  if(timed)
    set_tests_properties(${timed} PROPERTIES LABELS "${folder};${arg_LABELS};timed" ${arg_PROPERTIES})
  endif()
endfunction()
