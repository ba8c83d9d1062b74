# What the Explorer shows of refwave.exe, and how Windows is to run it. It goes out stripped.
refwave_version(refwave refwave.exe VFT_APP VFT2_UNKNOWN "refwave: installs, plays, records and measures")
configure_file(refwave.manifest.in refwave.manifest @ONLY)
file(CONFIGURE OUTPUT manifest.rc CONTENT "#include <windows.h>\n1 RT_MANIFEST \"refwave.manifest\"\n" @ONLY)
target_sources(refwave PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/manifest.rc)
target_link_options(refwave PRIVATE -s)
