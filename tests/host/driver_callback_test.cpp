// DriverCallback: every type, the bounded queues, the events.
#include <gtest/gtest.h>
#include <mmddk.h>
#include <winmm_host.h>

#include <thread>
namespace refwave::host::test {
namespace {

constexpr DWORD kDeadlineMs = 20'000;
const HDRVR kDevice = reinterpret_cast<HDRVR>(0x123456789A);

/// What a function callback was given, and where it ran.
struct Heard {
  int calls = 0;
  HDRVR device = nullptr;
  UINT message = 0;
  DWORD_PTR parameter1 = 0;
  DWORD_PTR parameter2 = 0;
  std::thread::id thread;
};

void CALLBACK listen(HDRVR device, UINT message, DWORD_PTR user, DWORD_PTR parameter1, DWORD_PTR parameter2) {
  auto& heard = *reinterpret_cast<Heard*>(user);
  heard = {heard.calls + 1, device, message, parameter1, parameter2, std::this_thread::get_id()};
}

DWORD_PTR address(LPDRVCALLBACK function) { return reinterpret_cast<DWORD_PTR>(function); }

BOOL call(LPDRVCALLBACK function, DWORD flags, void* user) {
  return DriverCallback(address(function), flags, kDevice, WOM_DONE, reinterpret_cast<DWORD_PTR>(user),
                        0xA0000000B, 0xC0000000D);
}

TEST(DriverCallback, A_function_gets_all_five_values_on_the_callers_thread) {
  for (const DWORD flags : {DCB_FUNCTION, DCB_FUNCTION | DCB_NOSWITCH}) {
    Heard heard;
    EXPECT_EQ(call(listen, flags, &heard), TRUE);
    EXPECT_EQ(heard.calls, 1);
    EXPECT_EQ(heard.device, kDevice);
    EXPECT_EQ(heard.message, static_cast<UINT>(WOM_DONE));
    EXPECT_EQ(heard.parameter1, 0xA0000000Bu);
    EXPECT_EQ(heard.parameter2, 0xC0000000Du);
    EXPECT_EQ(heard.thread, std::this_thread::get_id());
  }
}

TEST(DriverCallback, Is_false_without_a_callback_or_with_a_type_that_means_none) {
  Heard heard;
  for (const DWORD type : {DCB_NULL, DCB_WINDOW, DCB_TASK, DCB_FUNCTION, 4, DCB_EVENT, 6, 7})
    EXPECT_EQ(DriverCallback(0, type, kDevice, WOM_DONE, 0, 0, 0), FALSE);
  for (const DWORD type : {DCB_WINDOW, DCB_TASK, DCB_EVENT})
    EXPECT_EQ(DriverCallback(0xDEAD0001, type, kDevice, WOM_DONE, 0, 0, 0), FALSE) << "there is none";
  for (const DWORD type : {DCB_NULL, 4, 6, 7}) EXPECT_EQ(call(listen, type, &heard), FALSE);
  EXPECT_EQ(heard.calls, 0);
}

TEST(DriverCallback, Sets_an_event_until_it_is_closed) {
  const HANDLE event = CreateEvent(nullptr, FALSE, FALSE, nullptr);
  EXPECT_EQ(DriverCallback(reinterpret_cast<DWORD_PTR>(event), DCB_EVENT, kDevice, WOM_OPEN, 0, 0, 0), TRUE);
  EXPECT_EQ(WaitForSingleObject(event, kDeadlineMs), WAIT_OBJECT_0);
  EXPECT_EQ(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
  EXPECT_TRUE(CloseHandle(event));
  EXPECT_EQ(DriverCallback(reinterpret_cast<DWORD_PTR>(event), DCB_EVENT, kDevice, WOM_OPEN, 0, 0, 0), FALSE);
}

TEST(Event, Stays_set_for_all_when_it_resets_by_hand) {
  const HANDLE event = CreateEvent(nullptr, TRUE, TRUE, nullptr);
  EXPECT_EQ(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
  EXPECT_EQ(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
  EXPECT_TRUE(ResetEvent(event));
  EXPECT_EQ(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
  CloseHandle(event);
  EXPECT_EQ(WaitForSingleObject(event, 0), WAIT_FAILED);
  EXPECT_FALSE(SetEvent(event));
}

TEST(MessageQueue, Filters_by_window_and_number_and_looks_without_taking) {
  std::jthread([] {
    const HWND one = winmm_host_create_window();
    const HWND two = winmm_host_create_window();
    const DWORD before = timeGetTime();
    PostMessage(one, WOM_OPEN, 0, 1);
    PostMessage(two, WOM_OPEN, 0, 2);
    PostMessage(one, WOM_DONE, 0, 3);
    MSG message{};
    ASSERT_TRUE(PeekMessage(&message, nullptr, WOM_DONE, WOM_DONE, PM_NOREMOVE));
    EXPECT_EQ(message.lParam, 3);
    EXPECT_LE(message.time - before, timeGetTime() - before) << "the clock of timeGetTime";
    ASSERT_TRUE(PeekMessage(&message, two, 0, 0, PM_REMOVE));
    EXPECT_EQ(message.lParam, 2);
    EXPECT_FALSE(PeekMessage(&message, two, 0, 0, PM_REMOVE));
    ASSERT_TRUE(GetMessage(&message, nullptr, 0, 0));
    EXPECT_EQ(message.lParam, 1);
    ASSERT_TRUE(GetMessage(&message, nullptr, 0, 0));
    EXPECT_EQ(message.lParam, 3);
    PostThreadMessage(GetCurrentThreadId(), WM_QUIT, 0, 0);
    EXPECT_FALSE(GetMessage(&message, nullptr, 0, 0));
  });
}

TEST(MessageQueue, A_thread_without_one_is_refused_and_a_window_dies_with_its_thread) {
  HWND window = nullptr;
  std::jthread([&] {
    EXPECT_FALSE(PostThreadMessage(GetCurrentThreadId(), WM_APP, 0, 0));
    window = winmm_host_create_window();
    EXPECT_TRUE(PostThreadMessage(GetCurrentThreadId(), WM_APP, 0, 0));
  }).join();
  EXPECT_FALSE(IsWindow(window));
  EXPECT_FALSE(PostMessage(window, WM_APP, 0, 0));
}

}  // namespace
}  // namespace refwave::host::test
