// How a client is told: the callback types, whose handle and instance it gets, and on which thread.
// CONTRACT.md, "DriverCallback as we use it".
#include <gtest/gtest.h>
#include <winmm_host.h>

#include <algorithm>
#include <string>
#include <thread>

#include "tests/contract/completion.h"

namespace refwave::contract {
namespace {

/// Returns: this thread's next message; message 0 if there is none.
MSG next_message() {
  MSG message{};
  if (PeekMessageW(&message, nullptr, 0, 0, PM_REMOVE) == FALSE) message.message = 0;
  return message;
}

class Callbacks : public WithEitherCompletion {
 protected:
  /// Effects: takes what earlier tests have left in this thread's queue.
  void SetUp() override {
    while (next_message().message != 0) continue;
  }
};

constexpr std::size_t kBlocks = 5;

/// An output whose client is no function.
class BarePlayer {
 public:
  BarePlayer(DWORD_PTR callback, DWORD flags) {
    const WAVEFORMATEX format = usual_format();
    EXPECT_EQ(waveOutOpen(&handle_, 0, &format, callback, 0x1234, flags), MMSYSERR_NOERROR);
  }
  ~BarePlayer() {
    waveOutReset(handle_);
    waveOutClose(handle_);
  }
  BarePlayer(const BarePlayer&) = delete;
  BarePlayer& operator=(const BarePlayer&) = delete;

  HWAVEOUT handle() const { return handle_; }
  void queue(Blocks& blocks) const {
    for (Block& block : blocks) {
      EXPECT_EQ(waveOutPrepareHeader(handle_, &block.header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
      EXPECT_EQ(waveOutWrite(handle_, &block.header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
    }
  }
  void close() { EXPECT_EQ(waveOutClose(handle_), MMSYSERR_NOERROR); }

 private:
  HWAVEOUT handle_ = nullptr;
};

bool all_done(const Blocks& blocks) {
  return std::all_of(blocks.begin(), blocks.end(), [](const Block& block) { return block.done(); });
}

void expect_message(UINT message, HWAVEOUT handle, const WAVEHDR* header) {
  const MSG next = next_message();
  EXPECT_EQ(next.message, message);
  EXPECT_EQ(next.wParam, reinterpret_cast<WPARAM>(handle));
  EXPECT_EQ(next.lParam, reinterpret_cast<LPARAM>(header));
}

/// A window's and a thread's client find the same messages in this thread's queue.
void posts_every_message(const LoadedDriver& driver, DWORD_PTR callback, DWORD flags) {
  Blocks blocks = silent_blocks(kBlocks, 400);
  BarePlayer player(callback, flags);
  const HWAVEOUT handle = player.handle();
  expect_message(WOM_OPEN, handle, nullptr);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return all_done(blocks); }));
  for (const Block& block : blocks) expect_message(WOM_DONE, handle, &block.header);
  player.close();
  expect_message(WOM_CLOSE, handle, nullptr);
  EXPECT_EQ(next_message().message, 0U);
}

/// "hDevice is WAVEOPENDESC.hWave (not the driver's handle), then message, dwInstance, parameter 1,
/// parameter 2. OPEN and CLOSE carry 0, 0; DONE and DATA carry the header's address."
TEST_P(Callbacks, A_function_gets_handle_instance_and_parameters) {
  const LoadedDriver driver(settings());
  Diary diary;  // found by its instance
  Blocks blocks = silent_blocks(kBlocks, 400);
  Player player(diary);
  const auto handle = reinterpret_cast<HWAVE>(player.handle());
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == kBlocks; }));
  player.close();
  const std::vector<Message> all = diary.all();
  ASSERT_EQ(all.size(), kBlocks + 2);
  for (const Message& note : all) {
    EXPECT_EQ(note.handle, handle);
    EXPECT_EQ(note.second, 0U);
  }
  EXPECT_EQ(all.front().message, UINT{WOM_OPEN});
  EXPECT_EQ(all.front().header, nullptr);
  EXPECT_EQ(all.back().message, UINT{WOM_CLOSE});
  EXPECT_EQ(all.back().header, nullptr);
  expect_done_once_in_order(diary, blocks);
}

TEST_P(Callbacks, A_window_gets_message_handle_and_header) {
  const LoadedDriver driver(settings());
  const HWND window = winmm_host_create_window();
  posts_every_message(driver, reinterpret_cast<DWORD_PTR>(window), CALLBACK_WINDOW);
  winmm_host_destroy_window(window);
}

TEST_P(Callbacks, A_thread_gets_message_handle_and_header) {
  const LoadedDriver driver(settings());
  next_message();  // a thread's queue begins with its first look
  posts_every_message(driver, GetCurrentThreadId(), CALLBACK_THREAD);
}

/// "An event is set for OPEN, DONE and CLOSE alike."
TEST_P(Callbacks, An_event_is_set_for_open_done_and_close) {
  const LoadedDriver driver(settings());
  const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  const auto expect_set = [event] { EXPECT_EQ(WaitForSingleObject(event, 0), WAIT_OBJECT_0); };
  Blocks blocks = silent_blocks(1, 400);
  BarePlayer player(reinterpret_cast<DWORD_PTR>(event), CALLBACK_EVENT);
  expect_set();
  player.queue(blocks);
  EXPECT_EQ(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
  EXPECT_TRUE(driver.step_until([&] { return all_done(blocks); }));
  driver.settle();
  expect_set();
  player.close();
  expect_set();
  CloseHandle(event);
}

/// "Not called for CALLBACK_NULL or a callback of 0".
TEST_P(Callbacks, Nobody_is_told_where_nobody_wants_to_be) {
  const LoadedDriver driver(settings());
  for (const DWORD flags : {CALLBACK_NULL, CALLBACK_FUNCTION, CALLBACK_WINDOW, CALLBACK_EVENT}) {
    Blocks blocks = silent_blocks(kBlocks, 400);
    const BarePlayer player(0, flags);
    player.queue(blocks);
    EXPECT_TRUE(driver.step_until([&] { return all_done(blocks); }));
    EXPECT_EQ(driver.statistics().ullUndelivered, 0U);
  }
}

/// "FALSE otherwise (queue full, bad window) is counted …, and changes nothing about the header."
TEST_P(Callbacks, A_message_that_finds_the_queue_full_is_counted_and_its_header_done) {
  const LoadedDriver driver(settings());
  const HWND window = winmm_host_create_window();
  winmm_host_set_queue_capacity(3);  // WOM_OPEN and two more
  Blocks blocks = silent_blocks(kBlocks, 400);
  {
    const BarePlayer player(reinterpret_cast<DWORD_PTR>(window), CALLBACK_WINDOW);
    player.queue(blocks);
    EXPECT_TRUE(driver.step_until([&] { return all_done(blocks); }));
    driver.settle();
    EXPECT_EQ(driver.statistics().ullUndelivered, kBlocks - 2);
    EXPECT_EQ(driver.statistics().ullMessages, 2U);
  }
  while (next_message().message != 0) continue;
  winmm_host_set_queue_capacity(10'000);
  winmm_host_destroy_window(window);
}

TEST_P(Callbacks, A_window_that_is_gone_is_counted_and_the_headers_done) {
  const LoadedDriver driver(settings());
  const HWND window = winmm_host_create_window();
  Blocks blocks = silent_blocks(kBlocks, 400);
  const BarePlayer player(reinterpret_cast<DWORD_PTR>(window), CALLBACK_WINDOW);
  winmm_host_destroy_window(window);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return all_done(blocks); }));
  driver.settle();
  EXPECT_EQ(driver.statistics().ullUndelivered, kBlocks);
}

/// "WOM_OPEN/WIM_OPEN on the opening thread before open returns …; WOM_CLOSE/WIM_CLOSE on the closing thread,
/// the last message."
TEST_P(Callbacks, Open_and_close_are_told_on_the_callers_thread) {
  const LoadedDriver driver(settings());
  Diary diary;
  DWORD closing_thread = 0;
  Player player(diary);
  ASSERT_EQ(diary.all().size(), 1U);
  EXPECT_EQ(diary.all()[0].message, UINT{WOM_OPEN});
  EXPECT_EQ(diary.all()[0].thread, GetCurrentThreadId());
  std::thread([&] {
    closing_thread = GetCurrentThreadId();
    player.close();
  }).join();
  ASSERT_EQ(diary.all().size(), 2U);
  EXPECT_EQ(diary.all()[1].message, UINT{WOM_CLOSE});
  EXPECT_EQ(diary.all()[1].thread, closing_thread);
}

/// "(never for a query)", and never for an open that failed.
TEST_P(Callbacks, A_query_and_a_failed_open_tell_nobody) {
  const LoadedDriver driver(settings());
  Diary diary;
  HWAVEOUT out = nullptr;
  const WAVEFORMATEX good = usual_format();
  const WAVEFORMATEX bad = pcm(9, 16);
  const auto callback = reinterpret_cast<DWORD_PTR>(&Diary::write_down);
  const auto instance = reinterpret_cast<DWORD_PTR>(&diary);
  waveOutOpen(&out, 0, &good, callback, instance, CALLBACK_FUNCTION | WAVE_FORMAT_QUERY);
  waveOutOpen(&out, 0, &bad, callback, instance, CALLBACK_FUNCTION);
  EXPECT_TRUE(diary.all().empty());
}

/// "by default we are not on the audio thread": the one that steps. Under `direct` we are.
TEST_P(Callbacks, The_audio_thread_calls_clients_only_when_told_to) {
  const LoadedDriver driver(settings());
  const bool direct = GetParam() == std::string("direct");
  Diary diary;
  Blocks blocks = silent_blocks(kBlocks, 400);
  const Player player(diary);
  player.queue(blocks);
  EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == kBlocks; }));
  for (const Message& note : diary.all()) {
    if (note.message != WOM_DONE) continue;
    EXPECT_EQ(note.thread == GetCurrentThreadId(), direct);
  }
}

/// The input's messages have their own numbers and the input's handle.
TEST_P(Callbacks, An_input_tells_its_own_messages) {
  const LoadedDriver driver(settings());
  Diary diary;
  Block block(400);
  Listener listener(diary);
  const auto handle = reinterpret_cast<HWAVE>(listener.handle());
  listener.queue(block);
  listener.start();
  EXPECT_TRUE(driver.step_until([&] { return diary.count(WIM_DATA) == 1; }));
  listener.close();
  ASSERT_EQ(diary.all().size(), 3U);
  for (const Message& note : diary.all()) EXPECT_EQ(note.handle, handle);
  EXPECT_EQ(diary.all()[0].message, UINT{WIM_OPEN});
  EXPECT_EQ(diary.all()[2].message, UINT{WIM_CLOSE});
}

INSTANTIATE_WITH_EITHER_COMPLETION(Callbacks);

}  // namespace
}  // namespace refwave::contract
