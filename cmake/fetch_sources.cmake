# What cmake/fetch_sources fetches with Debian's apt, for a build on Windows itself: the same releases from Debian's archive, told by
# their hashes, in the same folders, and GoogleTest. Debian's own patches are left out, libsndfile's for damaged files among them: the
# zip is built by ./run windows.
function(refwave_fetch name version place hash)
  set(folder ${REFWAVE_SOURCES}/${name}-${version})
  if(EXISTS ${folder})
    return()
  endif()
  message(STATUS "Fetching ${name} ${version}")
  set(archive ${REFWAVE_SOURCES}/${name}_${version}.orig.tar.gz)
  file(DOWNLOAD https://deb.debian.org/debian/pool/main/${place}/${name}/${name}_${version}.orig.tar.gz ${archive}
    EXPECTED_HASH SHA256=${hash})
  file(REMOVE_RECURSE ${folder}.unpacked)
  file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${folder}.unpacked)
  file(GLOB top ${folder}.unpacked/*)
  file(RENAME ${top} ${folder})
  file(REMOVE_RECURSE ${folder}.unpacked)
endfunction()

refwave_fetch(portaudio19 19.6.0 p f5a21d7dcd6ee84397446fa1fa1a0675bb2e8a4a6dceb4305a8404698d8d1513)
refwave_fetch(highway 1.0.3 h 566fc77315878473d9a6bd815f7de78c73734acdcb745c3dde8579560ac5440e)
refwave_fetch(libsamplerate 0.2.2 libs 16e881487f184250deb4fcb60432d7556ab12cb58caea71ef23960aec6c0405a)
refwave_fetch(libsndfile 1.2.0 libs 62dc4e2bcd45f6f0e89cbc3522cc90eb174dca0eef0a0d19ead289833b390cd7)
refwave_fetch(googletest 1.12.1 g 81964fe578e9bd7c94dfdb09c8e4d6e6759e19967e397dbea48d1c10e45d0df2)
