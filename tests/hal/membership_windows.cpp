// A thread that joins Windows' multimedia class leaves it again. This program defines the functions that the
// driver would import from avrt.dll.
#include <gtest/gtest.h>
#include <windows.h>
// avrt.h wants windows.h first.
#include <avrt.h>

#include <atomic>
#include <thread>

#include "hal/system/realtime.h"

namespace {

std::atomic<int> joined{0};
std::atomic<int> members{0};

}  // namespace

extern "C" {

HANDLE WINAPI AvSetMmThreadCharacteristicsW(LPCWSTR, LPDWORD) {
  ++members;
  return reinterpret_cast<HANDLE>(static_cast<DWORD_PTR>(++joined));
}

WINBOOL WINAPI AvSetMmThreadPriority(HANDLE, AVRT_PRIORITY) { return TRUE; }

WINBOOL WINAPI AvRevertMmThreadCharacteristics(HANDLE) {
  --members;
  return TRUE;
}
}

namespace refwave::hal {
namespace {

TEST(Membership, Is_that_of_audio_threads_and_prompt_notifiers_and_ends_with_them) {
  joined = 0;  // other tests have audio threads, too
  std::thread([] {
    const PunctualThread ordinary(Urgency::ordinary, 0);
    Scheduling scheduling;
    EXPECT_EQ(joined, 0);
    EXPECT_TRUE(scheduling.become_prompt());
    scheduling.become_ordinary();
    EXPECT_EQ(members, 0);
    EXPECT_TRUE(scheduling.become_prompt());
  }).join();
  EXPECT_EQ(joined, 2);
  EXPECT_EQ(members, 0);
  std::thread([] {
    const PunctualThread urgent(Urgency::realtime, 0);
    EXPECT_EQ(members, 1);
  }).join();
  EXPECT_EQ(joined, 3);
  EXPECT_EQ(members, 0);
}

}  // namespace
}  // namespace refwave::hal
