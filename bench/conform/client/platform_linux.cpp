#include "bench/conform/client/platform.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>
#include <winmm_host.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

namespace refwave::conform {
namespace {

/// Returns: false if the thread has ended, or will run nothing but the kernel's code for its end. The kernel
/// sets this flag before it tells who joins the thread, and takes the thread's entry away after that. Linux:
/// proc(5), /proc/pid/stat; PF_EXITING of include/linux/sched.h.
bool runs(const std::filesystem::directory_entry& task) {
  constexpr unsigned kExiting = 0x4;
  std::ifstream file(task.path() / "stat");
  file.ignore(std::numeric_limits<std::streamsize>::max(), ')');  // after the name
  std::string state, parent, group, session, terminal, terminals_group;
  unsigned flags = 0;
  file >> state >> parent >> group >> session >> terminal >> terminals_group >> flags;
  return file && (flags & kExiting) == 0;
}

}  // namespace

Module::Module(const std::string& file) : library_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  require(library_ != nullptr, "the file does not load");
  require(driver_proc() != nullptr, "no DriverProc is exported");
}

Module::~Module() { dlclose(library_); }

void* Module::find(const char* name) const { return dlsym(library_, name); }

std::size_t threads_alive(const std::string&) {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::count_if(begin(tasks), end(tasks), runs));
}

std::size_t files_open() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

std::size_t page_bytes() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

std::byte* map_two_pages(std::uintptr_t wanted) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | (wanted == 0 ? 0 : MAP_FIXED_NOREPLACE);
  void* const pages =
      mmap(reinterpret_cast<void*>(wanted), 2 * page_bytes(), PROT_READ | PROT_WRITE, flags, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
  if (wanted == 0 || pages == reinterpret_cast<void*>(wanted)) return static_cast<std::byte*>(pages);
  munmap(pages, 2 * page_bytes());
  return nullptr;
}

void unmap_two_pages(std::byte* pages) { munmap(pages, 2 * page_bytes()); }

void forbid_page(std::byte* page) { mprotect(page, page_bytes(), PROT_NONE); }

HWND create_window() { return winmm_host_create_window(); }
void destroy_window(HWND window) { winmm_host_destroy_window(window); }

bool bound_queue(UINT messages) {
  winmm_host_set_queue_capacity(messages);
  return true;
}

}  // namespace refwave::conform
