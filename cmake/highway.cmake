# Highway, static. Only its detection of the processor's instructions is compiled; the rest is headers.
set(source ${REFWAVE_SOURCES}/highway-1.0.3)
add_library(refwave_highway STATIC EXCLUDE_FROM_ALL ${source}/hwy/targets.cc ${source}/hwy/per_target.cc)
add_library(refwave::highway ALIAS refwave_highway)
target_include_directories(refwave_highway SYSTEM PUBLIC ${source})
# A processor without vectors gets plain loops. The emulated vectors that Highway uses there from g++ 12.3 on would take 340 KB, the
# loops take 40.
target_compile_definitions(refwave_highway PUBLIC HWY_STATIC_DEFINE HWY_BROKEN_EMU128=1)
