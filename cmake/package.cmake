# The installation by `cmake --install`, and CPack's .deb and .tar.gz of the same files.
#
# refwave.drv, libwinmm.so and the command lie side by side in lib/refwave, because libwinmm finds the driver beside it, and
# the command finds both. No file has the name of another package's file, and the whole can be moved. bin/refwave is a link to
# the command. A client finds libwinmm by the CMake package or by pkg-config. Both also set the folder in which the program
# finds libwinmm at run time.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(side_by_side lib/refwave)

# Debug information, nine tenths of the files, is not installed.
install(CODE "set(CMAKE_INSTALL_DO_STRIP TRUE)")

# In the build tree they lie side by side, too. CMake would pad the path there with colons, and the loader takes an empty entry for the
# current folder.
set_target_properties(winmm refwave_drv PROPERTIES INSTALL_RPATH "$ORIGIN" BUILD_WITH_INSTALL_RPATH ON)
target_include_directories(winmm_headers INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/refwave>)
install(TARGETS winmm winmm_headers EXPORT refwave LIBRARY DESTINATION ${side_by_side})
install(TARGETS refwave_drv LIBRARY DESTINATION ${side_by_side})
install(DIRECTORY driver/abi/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/refwave FILES_MATCHING PATTERN *.h)
install(FILES driver/winmm/refwave.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/refwave)
install(FILES driver/winmm/MESSAGES.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
# The licence of each library that is linked in: PortAudio, and the libraries of headers.
install(FILES ${REFWAVE_SOURCES}/portaudio19-19.6.0/LICENSE.txt DESTINATION ${CMAKE_INSTALL_DOCDIR}/licences RENAME portaudio)
foreach(library libcli11 libconcurrentqueue libhwy libtomlplusplus nlohmann-json3)
  if(EXISTS /usr/share/doc/${library}-dev/copyright)
    string(REGEX REPLACE "^lib" "" name ${library})
    install(FILES /usr/share/doc/${library}-dev/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR}/licences RENAME ${name})
  endif()
endforeach()
install(FILES inf/host/examples/beep.cpp inf/host/examples/record.c inf/host/examples/silent_driver.cpp
  inf/host/examples/audible_driver.cpp DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

if(TARGET refwave)
  set_target_properties(refwave PROPERTIES INSTALL_RPATH "$ORIGIN" BUILD_WITH_INSTALL_RPATH ON)
  install(TARGETS refwave RUNTIME DESTINATION ${side_by_side})

  install(CODE "
    set(link \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/refwave\")
    message(STATUS \"Installing: \${link}\")
    file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
    file(CREATE_LINK ../${side_by_side}/refwave \"\${link}\" SYMBOLIC)")
endif()

# find_package(refwave) and pkg-config. Both name all folders relative to their own, so that the whole can be moved.
install(EXPORT refwave NAMESPACE refwave:: FILE refwave-targets.cmake DESTINATION lib/cmake/refwave)
configure_package_config_file(cmake/refwave-config.cmake.in ${PROJECT_BINARY_DIR}/package/refwave-config.cmake
  INSTALL_DESTINATION lib/cmake/refwave PATH_VARS side_by_side)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/refwave-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/refwave-config.cmake ${PROJECT_BINARY_DIR}/package/refwave-config-version.cmake
  DESTINATION lib/cmake/refwave)
configure_file(cmake/refwave.pc.in package/refwave.pc @ONLY)

# The packer, as Debian's tools name him, or who has made the newest commit.
find_package(Git QUIET)
set(packer "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
if(NOT DEFINED ENV{DEBEMAIL} AND GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${PROJECT_SOURCE_DIR} log -1 "--format=%an <%ae>" OUTPUT_VARIABLE packer
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
set(CPACK_PACKAGE_CONTACT "${packer}")
find_program(HELP2MAN help2man)
configure_file(cmake/install_files.cmake.in package/install_files.cmake @ONLY)
install(SCRIPT ${PROJECT_BINARY_DIR}/package/install_files.cmake)

set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/package)
set(CPACK_PACKAGE_VENDOR "refwave")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "wave driver, and Windows' wave functions for Linux")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "refwave.drv is a driver for the wave functions of Windows' multimedia library.
libwinmm gives programs on Linux these functions, and loads the driver. The
command refwave plays, records, and measures wave drivers.")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION sound)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The .deb does not depend on libasound and libjack, because refwave loads them at run time and does not link them.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libasound2t64 | libasound2")
# A desktop has one of ALSA's plugins for its sound server; that of libasound2-plugins alone needs all of FFmpeg.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libasound2-plugins | pipewire-alsa, libjack-jackd2-0 | libjack0")
include(CPack)
