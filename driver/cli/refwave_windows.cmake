# g++ 12 warns of overlaps that are not there (its bug 105651).
target_compile_options(refwave_conform PRIVATE -Wno-restrict)
target_compile_options(refwave PRIVATE -Wno-restrict)

# What the Explorer shows of refwave.exe, and how Windows is to run it. It goes out stripped.
configure_file(refwave.rc.in refwave.rc @ONLY)
configure_file(refwave.manifest.in refwave.manifest @ONLY)
target_sources(refwave PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/refwave.rc)
target_link_options(refwave PRIVATE -s)
