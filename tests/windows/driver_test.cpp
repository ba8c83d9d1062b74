// refwave.drv loaded by Windows' own OpenDriver, its clients called by Windows' own DriverCallback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <windows.h>
// objbase.h wants windows.h first.
#include <objbase.h>

#include <algorithm>
#include <atomic>

#include "tests/support/eventually.h"
#include "tests/windows/message_probe.h"
#include "tests/windows/real_driver.h"

namespace refwave::test {
namespace {

using testing::ElementsAre;

constexpr const char* kClocked = "output = [\"clocked\"]\ninput = [\"clocked\"]\nclock = 10\n";

TEST(RealDriver, Gets_its_messages_in_the_documented_order_and_answers_each) {
  const Configured configured(kClocked);
  SetEnvironmentVariableW(kProbedDriver, RealDriver::driver_path().c_str());
  const std::string probe = MESSAGE_PROBE;
  std::wstring path = L"Z:" + std::wstring(probe.begin(), probe.end());
  std::replace(path.begin(), path.end(), L'/', L'\\');
  const HMODULE kept = LoadLibraryW(path.c_str());  // so that its notes outlive the driver's unloading
  ASSERT_NE(kept, nullptr);

  const HDRVR driver = OpenDriver(path.c_str(), nullptr, 77);
  ASSERT_NE(driver, nullptr);
  EXPECT_NE(CloseDriver(driver, 0, 0), 0);

  const auto notes_of =
      reinterpret_cast<Notes* (*)()>(reinterpret_cast<void*>(GetProcAddress(kept, kProbeNotes)));
  const Notes& notes = *notes_of();
  std::vector<UINT> order;
  for (std::size_t i = 0; i < notes.count; ++i) {
    order.push_back(notes.all[i].message);
    EXPECT_NE(notes.all[i].answer, 0) << "message " << notes.all[i].message;
  }
  ASSERT_THAT(order, ElementsAre(DRV_LOAD, DRV_ENABLE, DRV_OPEN, DRV_OPEN, DRV_CLOSE, DRV_CLOSE, DRV_DISABLE,
                                 DRV_FREE));
  EXPECT_EQ(notes.all[2].second, 0);  // the session that Windows opens first
  EXPECT_EQ(notes.all[3].second, 77);
  EXPECT_NE(notes.all[2].answer, notes.all[3].answer);
  EXPECT_EQ(notes.all[4].id, static_cast<DWORD_PTR>(notes.all[3].answer));
  EXPECT_EQ(notes.all[5].id, static_cast<DWORD_PTR>(notes.all[2].answer));
}

struct Heard {
  std::atomic<int> opened{0}, done{0}, closed{0};
  std::atomic<DWORD_PTR> handle{0}, header{0};

  static void CALLBACK call(HWAVEOUT handle, UINT message, DWORD_PTR instance, DWORD_PTR first, DWORD_PTR) {
    auto& heard = *reinterpret_cast<Heard*>(instance);
    if (message == WOM_OPEN) heard.opened.fetch_add(1);
    if (message == WOM_CLOSE) heard.closed.fetch_add(1);
    if (message != WOM_DONE) return;
    heard.handle = address(handle);
    heard.header = first;
    heard.done.fetch_add(1);
  }
};

TEST(RealDriver, Calls_a_function_for_each_message) {
  const Configured configured(kClocked);
  const RealDriver driver;
  Heard heard;
  Output output(driver, address(reinterpret_cast<void*>(&Heard::call)), CALLBACK_FUNCTION, address(&heard));
  ASSERT_EQ(output.result(), static_cast<DWORD>(MMSYSERR_NOERROR));
  EXPECT_EQ(heard.opened, 1);

  EXPECT_EQ(output.play(), static_cast<DWORD>(MMSYSERR_NOERROR));

  EXPECT_TRUE(eventually([&] { return heard.done == 1; }));
  EXPECT_EQ(heard.handle, address(Output::handle()));
  EXPECT_EQ(heard.header, address(output.header()));
  EXPECT_EQ(output.close(), static_cast<DWORD>(MMSYSERR_NOERROR));
  EXPECT_EQ(heard.closed, 1);
}

/// Returns: the wave messages that came to this thread until the closing one, `next` looking after one at a
/// time.
template <class Next>
std::vector<UINT> messages_until(UINT last, Next next) {
  std::vector<UINT> seen;
  eventually([&] {
    MSG message;
    while (next(message)) {
      if (message.message >= MM_WOM_OPEN && message.message <= MM_WOM_DONE) seen.push_back(message.message);
    }
    return !seen.empty() && seen.back() == last;
  });
  return seen;
}

TEST(RealDriver, Posts_each_message_to_a_window) {
  const Configured configured(kClocked);
  const RealDriver driver;
  const HWND window =
      CreateWindowExW(0, L"STATIC", nullptr, 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, nullptr, nullptr);
  ASSERT_NE(window, nullptr);
  const auto next = [window](MSG& message) {
    return PeekMessageW(&message, window, 0, 0, PM_REMOVE) != FALSE;
  };
  Output output(driver, address(window), CALLBACK_WINDOW);
  output.play();

  EXPECT_THAT(messages_until(MM_WOM_DONE, next), ElementsAre(MM_WOM_OPEN, MM_WOM_DONE));
  output.close();
  EXPECT_THAT(messages_until(MM_WOM_CLOSE, next), ElementsAre(MM_WOM_CLOSE));
  DestroyWindow(window);
}

TEST(RealDriver, Posts_each_message_to_a_thread) {
  const Configured configured(kClocked);
  const RealDriver driver;
  const auto next = [](MSG& message) { return PeekMessageW(&message, nullptr, 0, 0, PM_REMOVE) != FALSE; };
  MSG none;
  next(none);  // makes the queue
  Output output(driver, GetCurrentThreadId(), CALLBACK_THREAD);
  output.play();

  EXPECT_THAT(messages_until(MM_WOM_DONE, next), ElementsAre(MM_WOM_OPEN, MM_WOM_DONE));
  output.close();
  EXPECT_THAT(messages_until(MM_WOM_CLOSE, next), ElementsAre(MM_WOM_CLOSE));
}

TEST(RealDriver, Sets_an_event_for_each_message) {
  const Configured configured(kClocked);
  const RealDriver driver;
  const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  Output output(driver, address(event), CALLBACK_EVENT);
  EXPECT_EQ(WaitForSingleObject(event, 10'000), WAIT_OBJECT_0);  // opened
  output.play();
  EXPECT_TRUE(output.wait());
  EXPECT_EQ(WaitForSingleObject(event, 10'000), WAIT_OBJECT_0);  // done
  output.close();
  EXPECT_EQ(WaitForSingleObject(event, 10'000), WAIT_OBJECT_0);  // closed
  CloseHandle(event);
}

TEST(RealDriver, Counts_its_devices_without_a_thread) {
  const std::size_t threads = threads_of_this_process();
  for (int i = 0; i < 5; ++i) {
    const RealDriver driver;
    EXPECT_EQ(driver.wave_out(WODM_GETNUMDEVS), 1U);
    EXPECT_EQ(threads_of_this_process(), threads);
  }
}

class Apartment : public testing::TestWithParam<int> {};

TEST_P(Apartment, Of_the_client_is_left_as_it_was) {
  const Configured configured("output = [\"default\"]\nlinger_ms = 0\n");
  constexpr int kNone = -1;
  if (GetParam() != kNone) {
    ASSERT_EQ(CoInitializeEx(nullptr, static_cast<DWORD>(GetParam())), S_OK);
  }
  const auto apartment = [] {
    APTTYPE type = APTTYPE_CURRENT;
    APTTYPEQUALIFIER qualifier = APTTYPEQUALIFIER_NONE;
    return CoGetApartmentType(&type, &qualifier) == S_OK ? static_cast<int>(type) : kNone;
  };
  const int before = apartment();
  {
    const RealDriver driver;
    Output output(driver, 0, CALLBACK_NULL);
    EXPECT_EQ(output.result(), static_cast<DWORD>(MMSYSERR_NOERROR));
    EXPECT_EQ(output.play(), static_cast<DWORD>(MMSYSERR_NOERROR));
    EXPECT_TRUE(output.wait());
  }
  EXPECT_EQ(apartment(), before);
  if (GetParam() != kNone) CoUninitialize();
}

INSTANTIATE_TEST_SUITE_P(Com, Apartment, testing::Values(-1, COINIT_APARTMENTTHREADED, COINIT_MULTITHREADED));

// The next test runs it, in a process of its own.
TEST(Leaving, DISABLED_with_a_stream_that_plays) {
  const Configured configured("output = [\"clocked\"]\n");
  const RealDriver driver;
  Output output(driver, 0, CALLBACK_NULL);
  output.play();
  ExitProcess(7);
}

TEST(Leaving, A_process_that_plays_ends_with_its_own_status) {
  constexpr DWORD kPatienceMs = 20'000;
  wchar_t self[MAX_PATH];
  GetModuleFileNameW(nullptr, self, MAX_PATH);
  std::wstring command =
      L"\"" + std::wstring(self) + L"\" --gtest_also_run_disabled_tests --gtest_filter=Leaving.DISABLED_*";
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  PROCESS_INFORMATION child{};
  ASSERT_NE(
      CreateProcessW(self, command.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup, &child),
      FALSE);

  EXPECT_EQ(WaitForSingleObject(child.hProcess, kPatienceMs), WAIT_OBJECT_0);

  DWORD status = 0;
  GetExitCodeProcess(child.hProcess, &status);
  EXPECT_EQ(status, 7U);
  TerminateProcess(child.hProcess, 1);
  CloseHandle(child.hProcess);
  CloseHandle(child.hThread);
}

}  // namespace
}  // namespace refwave::test
