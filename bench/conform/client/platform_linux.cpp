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

std::size_t page_bytes() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

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

LastBytes::LastBytes(std::size_t bytes) : bytes_(bytes) {
  void* pages = mmap(nullptr, 2 * page_bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(pages != MAP_FAILED, "no memory");
  end_ = static_cast<std::byte*>(pages) + page_bytes();
  mprotect(end_, page_bytes(), PROT_NONE);
}

LastBytes::~LastBytes() { munmap(end_ - page_bytes(), 2 * page_bytes()); }

// Cut to 32 bits each of these is 0x1000, which Linux never maps (vm.mmap_min_addr).
HighPage::HighPage() {
  for (std::uintptr_t above = 1; sizeof(void*) > 4 && above < 0x4000 && data_ == nullptr; ++above) {
    void* const wanted = reinterpret_cast<void*>((above << 16 << 16) + 0x1000);
    void* const found = mmap(wanted, 0x1000, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (found == wanted) data_ = found;
    if (found != wanted && found != MAP_FAILED) munmap(found, 0x1000);
  }
  require(sizeof(void*) == 4 || data_ != nullptr, "no memory above 4 GB");
}

HighPage::~HighPage() {
  if (data_ != nullptr) munmap(data_, 0x1000);
}

HWND create_window() { return winmm_host_create_window(); }
void destroy_window(HWND window) { winmm_host_destroy_window(window); }

bool bound_queue(UINT messages) {
  winmm_host_set_queue_capacity(messages);
  return true;
}

bool take_message(MSG& message) { return PeekMessageW(&message, nullptr, 0, 0, PM_REMOVE) != FALSE; }

}  // namespace refwave::conform
