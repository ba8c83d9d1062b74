# Highway, static. Only its question for the processor's instructions is compiled; the rest of it is headers.
set(source ${REFWAVE_SOURCES}/highway-1.0.3)
add_library(refwave_highway STATIC EXCLUDE_FROM_ALL ${source}/hwy/targets.cc ${source}/hwy/per_target.cc)
add_library(refwave::highway ALIAS refwave_highway)
target_include_directories(refwave_highway SYSTEM PUBLIC ${source})
# A processor that has nothing better gets plain loops. Of emulated vectors, which Highway takes instead from g++ 12.3 on, that
# code alone is 340 KB, and 40 as plain loops.
target_compile_definitions(refwave_highway PUBLIC HWY_STATIC_DEFINE HWY_BROKEN_EMU128=1)
