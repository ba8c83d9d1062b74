set(CMAKE_SYSTEM_PROCESSOR X86)
set(triple i686-w64-mingw32)
# Arithmetic as on x64, and a stack that callers align to four bytes, as Windows has it.
set(CMAKE_CXX_FLAGS_INIT "-msse2 -mfpmath=sse -mstackrealign")
set(CMAKE_C_FLAGS_INIT "-msse2 -mfpmath=sse -mstackrealign")
include(${CMAKE_CURRENT_LIST_DIR}/mingw.cmake)
