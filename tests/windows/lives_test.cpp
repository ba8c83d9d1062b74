// refwave.drv loaded, used and unloaded repeatedly by one process leaks nothing.
#include <gtest/gtest.h>
#include <windows.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/windows/kernel.h"
#include "tests/windows/real_driver.h"

namespace refwave::test {
namespace {

std::size_t threads_of_this_process() {
  std::size_t count = 0;
  for_each_thread([&](DWORD) { ++count; });
  return count;
}

// Each is looked up: Wine's GetProcessHandleCount returns 0.
std::size_t handles_of_this_process() {
  constexpr DWORD_PTR kHighest = 4 * 8'192;
  std::size_t count = 0;
  for (DWORD_PTR handle = 4; handle <= kHighest; handle += 4) {
    DWORD flags = 0;
    if (GetHandleInformation(reinterpret_cast<HANDLE>(handle), &flags) != FALSE) ++count;
  }
  return count;
}

std::size_t free_tls_indices() {
  std::vector<DWORD> taken;
  for (DWORD index = TlsAlloc(); index != TLS_OUT_OF_INDEXES; index = TlsAlloc()) taken.push_back(index);
  for (const DWORD index : taken) TlsFree(index);
  return taken.size();
}

/// Returns: this process' private bytes, counted by page: Wine's PrivateUsage is 0.
std::size_t private_bytes() {
  std::size_t bytes = 0;
  MEMORY_BASIC_INFORMATION pages{};
  for (const char* at = nullptr; VirtualQuery(at, &pages, sizeof(pages)) == sizeof(pages);
       at = static_cast<const char*>(pages.BaseAddress) + pages.RegionSize) {
    if (pages.State == MEM_COMMIT && pages.Type == MEM_PRIVATE) bytes += pages.RegionSize;
  }
  return bytes;
}

/// Returns: the least of private_bytes() in a second: Wine frees the stack of an ended thread late.
std::size_t settled_private_bytes() {
  std::size_t least = private_bytes();
  for (int i = 0; i < 10; ++i) {
    Sleep(100);
    least = std::min(least, private_bytes());
  }
  return least;
}

std::size_t lives() {
  const char* const number = std::getenv("REFWAVE_LIVES");
  return number == nullptr ? 300 : std::stoul(number);
}

void live_once() { expect_playing(RealDriver()); }

/// Returns: whether the driver is unloaded. It is not if one of its threads needs over two seconds to end, as
/// on an overloaded machine.
bool is_unloaded() { return GetModuleHandleW(L"refwave.drv") == nullptr; }

TEST(Lives, Of_the_driver_leave_no_thread_no_handle_no_memory_and_no_index_of_thread_local_storage) {
  const Configured configured("output = [\"clocked\"]\ninput = []\nclock = 1000\nlinger_ms = 0\n");
  // Wine's own DLLs leak handles when they are loaded repeatedly, so those that the driver imports stay
  // loaded.
  for (const wchar_t* imported : {L"avrt.dll", L"ole32.dll", L"user32.dll"}) LoadLibraryW(imported);
  for (int i = 0; i < 10; ++i) live_once();  // Windows' own first-time costs
  const std::size_t threads = threads_of_this_process();
  const std::size_t handles = handles_of_this_process();
  const std::size_t indices = free_tls_indices();
  const std::size_t all = settled_private_bytes();

  const std::size_t count = lives();
  for (std::size_t i = 0; i < count && !testing::Test::HasFailure(); ++i) {
    live_once();
    ASSERT_TRUE(is_unloaded()) << "life " << i;
  }

  EXPECT_EQ(threads_of_this_process(), threads);
  // Wine's locks create a semaphore each at their first contention.
  EXPECT_LE(handles_of_this_process(), handles + 6);
  EXPECT_EQ(free_tls_indices(), indices);
  const double per_life =
      (static_cast<double>(settled_private_bytes()) - static_cast<double>(all)) / static_cast<double>(count);
  std::printf("bytes a life: %.1f\n", per_life);
  EXPECT_LT(per_life, 4096);  // a page
}

}  // namespace
}  // namespace refwave::test
