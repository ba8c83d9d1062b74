# libsamplerate, static, because the tests compare dsp's resampler with it. It is four files, and definitions in place of its
# configure step. Whether the processor clips by itself matters only to its conversions to integers, which are not used here.
set(source ${REFWAVE_SOURCES}/libsamplerate-0.2.2)
add_library(refwave_samplerate STATIC EXCLUDE_FROM_ALL
  ${source}/src/samplerate.c ${source}/src/src_linear.c ${source}/src/src_sinc.c ${source}/src/src_zoh.c)
add_library(refwave::samplerate ALIAS refwave_samplerate)
target_include_directories(refwave_samplerate SYSTEM PUBLIC ${source}/include)
target_compile_definitions(refwave_samplerate PRIVATE
  PACKAGE="libsamplerate" VERSION="0.2.2" HAVE_STDBOOL_H CPU_CLIPS_NEGATIVE=0 CPU_CLIPS_POSITIVE=0
  ENABLE_SINC_FAST_CONVERTER ENABLE_SINC_MEDIUM_CONVERTER ENABLE_SINC_BEST_CONVERTER)
