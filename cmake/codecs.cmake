# What reads FLAC, Ogg Vorbis, Opus and MP3 in sndfile.dll, and writes all but MP3: lists of sources, because libsndfile's project
# looks for installed libraries, which the ones it finds here stand for.

# refwave_codec(PACKAGE TARGET FOLDER SOURCES globs [WITHOUT names] INCLUDES folders [USES targets] [DEFINITIONS …] [FOR_USERS …])
function(refwave_codec package target folder)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "SOURCES;WITHOUT;INCLUDES;USES;DEFINITIONS;FOR_USERS")
  list(TRANSFORM arg_SOURCES PREPEND ${REFWAVE_SOURCES}/${folder}/)
  list(TRANSFORM arg_INCLUDES PREPEND ${REFWAVE_SOURCES}/${folder}/)
  list(JOIN arg_WITHOUT | unwanted)
  file(GLOB sources ${arg_SOURCES})
  list(FILTER sources EXCLUDE REGEX "/(${unwanted})[.]c$")
  string(TOLOWER ${package} name)
  add_library(codec_${name} STATIC EXCLUDE_FROM_ALL ${sources})
  add_library(${target} ALIAS codec_${name})
  target_include_directories(codec_${name} SYSTEM PUBLIC ${arg_INCLUDES})
  target_compile_definitions(codec_${name} PUBLIC ${arg_FOR_USERS} PRIVATE ${arg_DEFINITIONS})
  target_compile_options(codec_${name} PRIVATE -w)
  target_link_libraries(codec_${name} PUBLIC ${arg_USES})
  refwave_stand_for(${package})
endfunction()
function(refwave_stand_for package)
  string(TOLOWER ${package} name)
  file(WRITE ${CMAKE_FIND_PACKAGE_REDIRECTS_DIR}/${name}-config.cmake "")
  file(WRITE ${CMAKE_FIND_PACKAGE_REDIRECTS_DIR}/${name}-config-version.cmake "set(PACKAGE_VERSION_COMPATIBLE TRUE)\n")
endfunction()

refwave_codec(Ogg Ogg::ogg libogg-1.3.5 SOURCES src/*.c INCLUDES include)
refwave_codec(Vorbis Vorbis::vorbisenc libvorbis-1.3.7
  SOURCES lib/*.c WITHOUT barkmel psytune tone vorbisfile INCLUDES include lib USES Ogg::ogg)
refwave_codec(FLAC FLAC::FLAC flac-1.4.2+ds
  SOURCES src/libFLAC/*.c src/share/win_utf8_io/*.c WITHOUT ogg_.* INCLUDES include src/libFLAC/include
  DEFINITIONS PACKAGE_VERSION="1.4.2" FLAC__HAS_OGG=0 HAVE_STDINT_H HAVE_LROUND=1 HAVE_FSEEKO FLAC__HAS_X86INTRIN=1 HAVE_CPUID_H
    ENABLE_64_BIT_WORDS=$<EQUAL:${CMAKE_SIZEOF_VOID_P},8>
  FOR_USERS FLAC__NO_DLL)
file(COPY ${REFWAVE_SOURCES}/opus-1.3.1/include/ DESTINATION ${PROJECT_BINARY_DIR}/codecs/opus)  # as it is installed
refwave_codec(Opus Opus::opus opus-1.3.1
  SOURCES celt/*.c silk/*.c silk/float/*.c src/*.c WITHOUT .*_demo opus_compare mlp_train
  INCLUDES include celt silk silk/float DEFINITIONS OPUS_BUILD USE_ALLOCA HAVE_LRINT HAVE_LRINTF PACKAGE_VERSION="1.3.1")
# Plain C: it decodes far faster than sound is played.
set(PACKAGE_VERSION 1.31.2)
set(API_VERSION 47)
set(INCLUDE_STDLIB_H "#include <stdlib.h>")
set(INCLUDE_SYS_TYPE_H "#include <sys/types.h>")
set(BUILD_NO_LARGENAME 1)
configure_file(${REFWAVE_SOURCES}/mpg123-${PACKAGE_VERSION}/src/libmpg123/mpg123.h.in ${PROJECT_BINARY_DIR}/codecs/mpg123.h @ONLY)
file(WRITE ${PROJECT_BINARY_DIR}/codecs/config.h "")
refwave_codec(Mpg123 MPG123::libmpg123 mpg123-${PACKAGE_VERSION}
  SOURCES src/libmpg123/*.c src/compat/compat.c src/compat/compat_str.c
  WITHOUT calctables dct64_.* dither feature getcpuflags_arm lfs_.* synth_altivec synth_i486 testcpu
  INCLUDES src src/compat src/libmpg123
  DEFINITIONS OPT_GENERIC REAL_IS_FLOAT ACCURATE_ROUNDING FRAME_INDEX GAPLESS IEEE_FLOAT INDEX_SIZE=1000 USE_NEW_HUFFTABLE NO_WARNING NO_ERRORMSG
    HAVE_STDINT_H HAVE_STDLIB_H HAVE_STRING_H HAVE_SYS_STAT_H HAVE_DIRENT_H HAVE_UNISTD_H HAVE_SYS_TYPES_H HAVE_LIMITS_H HAVE_STRERROR
    SIZEOF_OFF_T=8 PACKAGE_VERSION="${PACKAGE_VERSION}"
  FOR_USERS _FILE_OFFSET_BITS=64)
foreach(codec opus mpg123)
  target_include_directories(codec_${codec} SYSTEM PUBLIC ${PROJECT_BINARY_DIR}/codecs)
endforeach()
file(WRITE ${PROJECT_BINARY_DIR}/codecs/lame/lame.h "#define id3tag_genre_list(tell, data) (void)(tell)\n")
refwave_stand_for(mp3lame)
add_library(mp3lame::mp3lame INTERFACE IMPORTED GLOBAL)
