// The rules' questions to the system: modules, memory, windows. Each system has its own source file.
#pragma once

#include <cstddef>
#include <string>

#include "bench/conform/client/finding.h"

namespace refwave::conform {

/// wodMessage or widMessage.
using WaveEntry = DWORD(APIENTRY*)(UINT device, UINT message, DWORD_PTR user, DWORD_PTR first,
                                   DWORD_PTR second);

// --- a driver's module without its host ---

class Module {
 public:
  /// Effects: brings the file into memory, or ends the rule as broken.
  explicit Module(const std::string& file);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  DRIVERPROC driver_proc() const { return reinterpret_cast<DRIVERPROC>(find("DriverProc")); }
  /// Returns: null if it has none.
  WaveEntry wod() const { return reinterpret_cast<WaveEntry>(find("wodMessage")); }
  WaveEntry wid() const { return reinterpret_cast<WaveEntry>(find("widMessage")); }

 private:
  void* find(const char* name) const;
  void* library_;
};

// --- this process ---

/// Returns: how many threads this process has. One that was joined does not count any more, nor does any
/// other that only the system's own code for its end still runs on. Where the system's own DLLs start threads
/// for a device, those are left out: `driver`, a file, is what the others may run.
std::size_t threads_alive(const std::string& driver);
std::size_t files_open();

std::size_t page_bytes();
/// Returns: two pages at that address, or anywhere if it is 0; null if it is not free.
std::byte* map_two_pages(std::uintptr_t wanted = 0);
void unmap_two_pages(std::byte* pages);
void forbid_page(std::byte* page);

/// Memory that ends where reading on ends the process.
class LastBytes {
 public:
  explicit LastBytes(std::size_t bytes) : bytes_(bytes), pages_(map_two_pages()) {
    require(pages_ != nullptr, "no memory");
    forbid_page(pages_ + page_bytes());
  }
  ~LastBytes() { unmap_two_pages(pages_); }
  LastBytes(const LastBytes&) = delete;
  LastBytes& operator=(const LastBytes&) = delete;

  void* data() const { return pages_ + page_bytes() - bytes_; }

 private:
  const std::size_t bytes_;
  std::byte* const pages_;
};

/// A page that only an address of full width reaches: the lower 32 bits alone are the second page, which no
/// system maps.
class HighPage {
 public:
  HighPage() {
    for (std::uintptr_t above = 1; sizeof(void*) > 4 && above < 0x4000 && pages_ == nullptr; ++above)
      pages_ = map_two_pages(above << 16 << 16);
    require(sizeof(void*) == 4 || pages_ != nullptr, "no memory above 4 GB");
  }
  ~HighPage() {
    if (pages_ != nullptr) unmap_two_pages(pages_);
  }
  HighPage(const HighPage&) = delete;
  HighPage& operator=(const HighPage&) = delete;

  /// Returns: null where addresses have 32 bits.
  void* data() const { return pages_ == nullptr ? nullptr : pages_ + page_bytes(); }

 private:
  std::byte* pages_ = nullptr;
};

// --- message queues ---

/// Returns: a window of the calling thread.
HWND create_window();
void destroy_window(HWND window);
/// Effects: gives the calling thread a queue.
inline void make_queue() {
  MSG message{};
  PeekMessageW(&message, nullptr, 0, 0, PM_NOREMOVE);
}
/// Effects: leaves room for so many messages in the calling thread's queue. Returns: false if queues have no
/// bound here.
bool bound_queue(UINT messages);
/// Effects: takes the oldest message of the calling thread. Returns: false if there is none.
inline bool take_message(MSG& message) { return PeekMessageW(&message, nullptr, 0, 0, PM_REMOVE) != FALSE; }

}  // namespace refwave::conform
