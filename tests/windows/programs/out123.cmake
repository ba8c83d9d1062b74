# out123, mpg123's player of raw samples, with its output for waveOut. out123/config.h replaces its configure step.
set(source ${REFWAVE_SOURCES}/mpg123-1.31.2/src)
set(API_VERSION 47)
set(OUTAPI_VERSION 4)
set(SYNAPI_VERSION 2)
set(BUILD_NO_LARGENAME 1)
set(INCLUDE_STDLIB_H "#include <stdlib.h>")
set(INCLUDE_SYS_TYPE_H "#include <sys/types.h>")
foreach(header libmpg123/mpg123 libout123/out123 libsyn123/syn123)
  get_filename_component(name ${header} NAME)
  configure_file(${source}/${header}.h.in out123/${name}.h @ONLY)
endforeach()
add_executable(out123
  ${source}/filters.c ${source}/getlopt.c ${source}/local.c ${source}/out123.c ${source}/sysutil.c ${source}/win32_support.c
  ${source}/compat/compat.c ${source}/compat/compat_str.c
  ${source}/libout123/hextxt.c ${source}/libout123/legacy_module.c ${source}/libout123/libout123.c
  ${source}/libout123/stringlists.c ${source}/libout123/wav.c ${source}/libout123/modules/win32.c
  ${source}/libsyn123/filter.c ${source}/libsyn123/geiger.c ${source}/libsyn123/libsyn123.c ${source}/libsyn123/pinknoise.c
  ${source}/libsyn123/resample.c ${source}/libsyn123/sampleconv.c ${source}/libsyn123/volume.c)
target_include_directories(out123 PRIVATE
  out123 ${CMAKE_CURRENT_BINARY_DIR}/out123 ${source} ${source}/compat ${source}/libmpg123 ${source}/libout123 ${source}/libsyn123)
# With more optimisation by g++ 12 it never reads its input.
target_compile_options(out123 PRIVATE -w -O1)
target_link_libraries(out123 PRIVATE winmm shlwapi)
target_link_options(out123 PRIVATE -static)
list(APPEND programs out123)
