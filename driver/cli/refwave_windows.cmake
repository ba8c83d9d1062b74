# g++ 12 warns of overlaps that are not there (its bug 105651).
target_compile_options(refwave_conform PRIVATE -Wno-restrict)
target_compile_options(refwave PRIVATE -Wno-restrict)

# What the Explorer shows of refwave.exe, and how Windows is to run it. It goes out stripped.
refwave_version(refwave refwave.exe VFT_APP VFT2_UNKNOWN "refwave: installs, plays, records and measures")
configure_file(refwave.manifest.in refwave.manifest @ONLY)
file(CONFIGURE OUTPUT manifest.rc CONTENT "#include <windows.h>\n1 RT_MANIFEST \"refwave.manifest\"\n" @ONLY)
target_sources(refwave PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/manifest.rc)
target_link_options(refwave PRIVATE -s)

# realtime_thread_windows.cpp asks the multimedia class scheduler.
target_link_libraries(refwave PRIVATE avrt)
