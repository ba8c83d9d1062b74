# The sources include <concurrentqueue/concurrentqueue.h>. Newer releases of the library have the headers one folder deeper; for them
# the build tree gets a link of that name.
if(WIN32)
  # Headers alone: this system's own serve the compiler for Windows.
  set(elsewhere NO_CMAKE_FIND_ROOT_PATH)
endif()
find_path(REFWAVE_CONCURRENTQUEUE concurrentqueue.h PATHS /usr/include PATH_SUFFIXES concurrentqueue concurrentqueue/moodycamel
  ${elsewhere} REQUIRED)
# On Windows never the system's whole /usr/include.
if(WIN32 OR NOT REFWAVE_CONCURRENTQUEUE MATCHES "/concurrentqueue$")
  set(headers ${PROJECT_BINARY_DIR}/headers)
  file(MAKE_DIRECTORY ${headers})
  if(CMAKE_HOST_WIN32)  # links need a privilege there
    foreach(header concurrentqueue.h lightweightsemaphore.h)
      file(WRITE ${headers}/concurrentqueue/${header} "#include \"${REFWAVE_CONCURRENTQUEUE}/${header}\"\n")
    endforeach()
  else()
    file(CREATE_LINK ${REFWAVE_CONCURRENTQUEUE} ${headers}/concurrentqueue SYMBOLIC)
  endif()
  target_include_directories(refwave_build SYSTEM INTERFACE ${headers})
endif()
