// DriverCallback: every type, the other stack, the bounded queues, the events.
#include <gtest/gtest.h>
#include <mmddk.h>
#include <winmm_host.h>

#include <cstdint>
#include <thread>
#include <vector>

namespace refwave::host::test {
namespace {

constexpr DWORD kDeadlineMs = 20'000;
const HDRVR kDevice = reinterpret_cast<HDRVR>(0x123456789A);

/// Where in memory the caller's frame is.
__attribute__((noinline)) std::uintptr_t here() {
  return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}

bool near(std::uintptr_t one, std::uintptr_t other) {
  constexpr std::uintptr_t kFar = 64 * 1024;
  return (one > other ? one - other : other - one) < kFar;
}

/// What a function callback was given, and where it ran.
struct Heard {
  int calls = 0;
  HDRVR device = nullptr;
  UINT message = 0;
  DWORD_PTR parameter1 = 0;
  DWORD_PTR parameter2 = 0;
  std::uintptr_t frame = 0;
  std::thread::id thread;
};

void CALLBACK listen(HDRVR device, UINT message, DWORD_PTR user, DWORD_PTR parameter1, DWORD_PTR parameter2) {
  auto& heard = *reinterpret_cast<Heard*>(user);
  heard = {heard.calls + 1, device, message, parameter1, parameter2, here(), std::this_thread::get_id()};
}

DWORD_PTR address(LPDRVCALLBACK function) { return reinterpret_cast<DWORD_PTR>(function); }

BOOL call(LPDRVCALLBACK function, DWORD flags, void* user) {
  return DriverCallback(address(function), flags, kDevice, WOM_DONE, reinterpret_cast<DWORD_PTR>(user),
                        0xA0000000B, 0xC0000000D);
}

TEST(DriverCallback, A_function_gets_all_five_values) {
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

TEST(DriverCallback, A_function_runs_on_another_stack_unless_told_not_to) {
  Heard heard;
  call(listen, DCB_FUNCTION | DCB_NOSWITCH, &heard);
  EXPECT_TRUE(near(heard.frame, here()));
  call(listen, DCB_FUNCTION, &heard);
  EXPECT_FALSE(near(heard.frame, here()));
}

/// Uses a good part of the other stack, and checks that it is there and its own.
void CALLBACK use_much_stack(HDRVR, UINT, DWORD_PTR user, DWORD_PTR, DWORD_PTR) {
  volatile char much[128 * 1024];
  for (std::size_t i = 0; i < sizeof(much); i += 1024) much[i] = static_cast<char>(i / 1024);
  int sum = 0;
  for (std::size_t i = 0; i < sizeof(much); i += 1024) sum += much[i];
  *reinterpret_cast<int*>(user) = sum;
}

TEST(DriverCallback, The_other_stack_is_large) {
  int sum = 0;
  call(use_much_stack, DCB_FUNCTION, &sum);
  EXPECT_EQ(sum, 127 * 128 / 2);
}

/// A chain of callbacks, each made from inside the one before it.
struct Chain {
  int deepest;
  std::vector<std::uintptr_t> frames;
};

void CALLBACK go_deeper(HDRVR, UINT, DWORD_PTR user, DWORD_PTR, DWORD_PTR) {
  auto& chain = *reinterpret_cast<Chain*>(user);
  chain.frames.push_back(here());
  if (static_cast<int>(chain.frames.size()) < chain.deepest) call(go_deeper, DCB_FUNCTION, &chain);
}

TEST(DriverCallback, Nested_calls_take_a_stack_each) {
  Chain chain{4, {}};
  call(go_deeper, DCB_FUNCTION, &chain);
  ASSERT_EQ(chain.frames.size(), 4u);
  for (std::size_t i = 1; i < chain.frames.size(); ++i)
    EXPECT_FALSE(near(chain.frames[i - 1], chain.frames[i]));
}

TEST(DriverCallback, Calls_go_on_without_a_switch_when_all_stacks_are_taken_and_give_all_back) {
  Chain chain{40, {}};
  call(go_deeper, DCB_FUNCTION, &chain);
  ASSERT_EQ(chain.frames.size(), 40u);
  EXPECT_TRUE(near(chain.frames[33], chain.frames[32]));

  Chain again{32, {}};
  call(go_deeper, DCB_FUNCTION, &again);
  for (std::size_t i = 1; i < again.frames.size(); ++i)
    EXPECT_FALSE(near(again.frames[i - 1], again.frames[i]));
}

TEST(DriverCallback, Threads_do_not_share_a_stack) {
  std::vector<std::jthread> threads(4);
  for (std::jthread& thread : threads) {
    thread = std::jthread([] {
      for (int round = 0; round < 2000; ++round) {
        int sum = 0;
        call(use_much_stack, DCB_FUNCTION, &sum);
        ASSERT_EQ(sum, 127 * 128 / 2);
      }
    });
  }
}

TEST(DriverCallback, Is_false_without_a_callback_or_with_a_type_that_means_none) {
  Heard heard;
  for (const DWORD type : {DCB_NULL, DCB_WINDOW, DCB_TASK, DCB_FUNCTION, 4, DCB_EVENT, 6, 7}) {
    EXPECT_EQ(DriverCallback(0, type, kDevice, WOM_DONE, 0, 0, 0), FALSE);
  }
  for (const DWORD type : {DCB_NULL, 4, 6, 7}) EXPECT_EQ(call(listen, type, &heard), FALSE);
  EXPECT_EQ(heard.calls, 0);
}

TEST(DriverCallback, A_window_or_thread_or_event_that_does_not_exist_is_false) {
  for (const DWORD type : {DCB_WINDOW, DCB_TASK, DCB_EVENT}) {
    EXPECT_EQ(DriverCallback(0xDEAD0001, type, kDevice, WOM_DONE, 0, 0, 0), FALSE);
  }
}

TEST(DriverCallback, A_full_queue_is_false_and_keeps_what_it_has_in_order) {
  std::jthread([] {
    const HWND window = winmm_host_create_window();
    const auto post = [window](DWORD_PTR parameter) {
      return DriverCallback(reinterpret_cast<DWORD_PTR>(window), DCB_WINDOW, kDevice, WOM_DONE, 0, parameter,
                            0);
    };
    winmm_host_set_queue_capacity(3);
    for (DWORD_PTR i = 0; i < 3; ++i) EXPECT_TRUE(post(i));
    EXPECT_FALSE(post(3));
    EXPECT_EQ(DriverCallback(GetCurrentThreadId(), DCB_TASK, kDevice, WOM_DONE, 0, 3, 0), FALSE);

    MSG message{};
    ASSERT_TRUE(winmm_host_wait_message(&message, nullptr, 0));
    EXPECT_EQ(message.lParam, 0);
    EXPECT_TRUE(post(4));
    for (const LPARAM expected : {1, 2, 4}) {
      ASSERT_TRUE(winmm_host_wait_message(&message, nullptr, 0));
      EXPECT_EQ(message.lParam, expected);
    }
    EXPECT_FALSE(winmm_host_wait_message(&message, nullptr, 0));
  });
}

TEST(DriverCallback, A_queue_holds_ten_thousand_messages_unless_told_otherwise) {
  std::jthread([] {
    const auto window = reinterpret_cast<DWORD_PTR>(winmm_host_create_window());
    int posted = 0;
    while (DriverCallback(window, DCB_WINDOW, kDevice, WOM_DONE, 0, 0, 0) != FALSE) ++posted;
    EXPECT_EQ(posted, 10'000);
  });
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
    PostMessage(one, WOM_OPEN, 0, 1);
    PostMessage(two, WOM_OPEN, 0, 2);
    PostMessage(one, WOM_DONE, 0, 3);
    MSG message{};
    ASSERT_TRUE(PeekMessage(&message, nullptr, WOM_DONE, WOM_DONE, PM_NOREMOVE));
    EXPECT_EQ(message.lParam, 3);
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

TEST(MessageQueue, Takes_posts_from_many_threads) {
  const HWND window = winmm_host_create_window();
  std::vector<std::jthread> threads(3);
  for (std::jthread& thread : threads) {
    thread = std::jthread([window] {
      for (int k = 0; k < 1000; ++k) ASSERT_TRUE(PostMessage(window, WOM_DONE, 0, k));
    });
  }
  MSG message{};
  LPARAM sum = 0;
  for (int i = 0; i < 3000; ++i) {
    ASSERT_TRUE(winmm_host_wait_message(&message, window, kDeadlineMs));
    sum += message.lParam;
  }
  EXPECT_EQ(sum, 3 * 999 * 1000 / 2);
  winmm_host_destroy_window(window);
}

}  // namespace
}  // namespace refwave::host::test
