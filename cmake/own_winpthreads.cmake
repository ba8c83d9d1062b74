# A copy of winpthreads that gets its memory and its index of thread-local storage from functions of
# hal/system/library_memory_windows.cpp, because winpthreads itself frees neither when a DLL is unloaded.
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  set(c_prefix _)
  set(tls_alloc __imp__TlsAlloc@0)
else()
  set(c_prefix "")
  set(tls_alloc __imp_TlsAlloc)
endif()
set(redefinitions --redefine-sym ${tls_alloc}=${c_prefix}refwave_winpthreads_TlsAlloc)
# hal/system/forget_thread_windows.cpp calls it. Since mingw-w64 14 it has no name outside of its object.
list(APPEND redefinitions --globalize-symbol=${c_prefix}__xl_f)
foreach(function malloc calloc realloc free strdup)
  list(APPEND redefinitions --redefine-sym ${c_prefix}${function}=${c_prefix}refwave_winpthreads_${function})
endforeach()

set(own_winpthreads ${PROJECT_BINARY_DIR}/own_winpthreads)
file(MAKE_DIRECTORY ${own_winpthreads})
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=libwinpthread.a OUTPUT_VARIABLE winpthreads
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
# g++ asks for it under either name.
foreach(name libwinpthread.a libpthread.a)
  execute_process(COMMAND ${CMAKE_OBJCOPY} ${redefinitions} ${winpthreads} ${own_winpthreads}/${name}
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()

add_library(own_winpthreads INTERFACE)
target_link_directories(own_winpthreads INTERFACE ${own_winpthreads})
