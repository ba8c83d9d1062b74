// Memory that the libraries linked into this module keep until the process ends, although the module may be
// unloaded and loaded thousands of times before: winpthreads' records of threads and locks, its index of
// thread-local storage, and the memory in which the C++ library would build a bad_alloc. The first two come
// from here (cmake/own_winpthreads.cmake). All of it is given back when the module is unloaded.
#include <windows.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

#include "hal/system/process.h"

namespace __gnu_cxx {
// A function of the C++ library for leak checkers; no header declares it.
void __freeres();
}  // namespace __gnu_cxx

namespace {

// Made by the first thread that needs it; destroyed by the thread that unloads the module.
constinit std::atomic<HANDLE> heap_made{nullptr};
// Written by the first thread in winpthreads, while the others wait there; read at the unloading.
constinit std::atomic<DWORD> tls_index{TLS_OUT_OF_INDEXES};

HANDLE heap() {
  // Acquire: pairs with the exchange below, and hands over the heap. Kept: no scenario covers Windows.
  HANDLE made = heap_made.load(std::memory_order_acquire);
  if (made != nullptr) return made;
  const HANDLE mine = HeapCreate(0, 0, 0);
  // Release and acquire: pair with each other. Kept: as above.
  if (heap_made.compare_exchange_strong(made, mine, std::memory_order_acq_rel)) return mine;
  HeapDestroy(mine);
  return made;
}

// The last function of this module that runs. At the end of a process it frees nothing, because killed
// threads may have held a lock of the heap.
void give_back() {
  if (refwave::hal::is_process_ending()) return;
  __gnu_cxx::__freeres();
  if (const DWORD index = tls_index; index != TLS_OUT_OF_INDEXES) TlsFree(index);
  if (const HANDLE made = heap_made; made != nullptr) HeapDestroy(made);
}

// It is registered before the first constructor of a static object, so it runs after the last destructor.
void register_give_back() { std::atexit(&give_back); }
[[gnu::section(".CRT$XCB"), gnu::used]] void (*const register_first)() = &register_give_back;

DWORD WINAPI tls_alloc() {
  tls_index = TlsAlloc();
  return tls_index;
}

}  // namespace

// The functions that winpthreads needs, under the names that own_winpthreads.cmake gives them.
extern "C" {
DWORD(WINAPI* refwave_winpthreads_TlsAlloc)() = &tls_alloc;
void* refwave_winpthreads_malloc(std::size_t bytes) { return HeapAlloc(heap(), 0, bytes); }
void* refwave_winpthreads_calloc(std::size_t count, std::size_t bytes) {
  return bytes != 0 && count > SIZE_MAX / bytes ? nullptr
                                                : HeapAlloc(heap(), HEAP_ZERO_MEMORY, count * bytes);
}
void* refwave_winpthreads_realloc(void* memory, std::size_t bytes) {
  return memory == nullptr ? HeapAlloc(heap(), 0, bytes) : HeapReAlloc(heap(), 0, memory, bytes);
}
void refwave_winpthreads_free(void* memory) {
  if (memory != nullptr) HeapFree(heap(), 0, memory);
}
char* refwave_winpthreads_strdup(const char* text) {
  const std::size_t bytes = std::strlen(text) + 1;
  void* const copy = refwave_winpthreads_malloc(bytes);
  return copy == nullptr ? nullptr : static_cast<char*>(std::memcpy(copy, text, bytes));
}
}
