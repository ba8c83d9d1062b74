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

class Membership : public testing::Test {
 protected:
  Membership() { joined = members = 0; }
};

TEST_F(Membership, Of_an_audio_thread_ends_with_it) {
  std::thread([] {
    const PunctualThread urgent(Urgency::realtime, 0);
    EXPECT_EQ(members, 1);
  }).join();
  EXPECT_EQ(joined, 1);
  EXPECT_EQ(members, 0);
}

TEST_F(Membership, Of_a_notifier_ends_with_it_or_before) {
  std::thread([] {
    Scheduling scheduling;
    EXPECT_TRUE(scheduling.become_prompt());
    scheduling.become_ordinary();
    EXPECT_EQ(members, 0);
    EXPECT_TRUE(scheduling.become_prompt());
  }).join();
  EXPECT_EQ(joined, 2);
  EXPECT_EQ(members, 0);
}

TEST_F(Membership, Is_asked_for_by_no_ordinary_thread) {
  std::thread([] {
    const PunctualThread punctual(Urgency::ordinary, 0);
    const Scheduling scheduling;
  }).join();
  EXPECT_EQ(joined, 0);
  EXPECT_EQ(members, 0);
}

}  // namespace
}  // namespace refwave::hal
