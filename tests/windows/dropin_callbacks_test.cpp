// Wave audio through the drop-in, told of by a function and by an event. The driver tells windows and threads
// by the same call (rules CALLBACK_*), which the drop-in hands on (dropin_forward_test.cpp).
#include <gtest/gtest.h>

#include <atomic>

#include "tests/windows/dropin_program.h"

namespace refwave::test {
namespace {

/// An output of the mapper's, closed with the object.
class Output {
 public:
  Output(DWORD_PTR callback, DWORD_PTR instance, DWORD type) {
    EXPECT_EQ(waveOutOpen(&handle_, WAVE_MAPPER, &kFormat, callback, instance, type), MMSYSERR_NOERROR);
  }
  ~Output() { close(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  HWAVEOUT handle() const { return handle_; }
  void play(Block& block) {
    EXPECT_EQ(waveOutPrepareHeader(handle_, &block.header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
    EXPECT_EQ(waveOutWrite(handle_, &block.header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
  }
  void close() {
    if (handle_ == nullptr) return;
    EXPECT_EQ(waveOutReset(handle_), MMSYSERR_NOERROR);
    EXPECT_EQ(waveOutClose(handle_), MMSYSERR_NOERROR);
    handle_ = nullptr;
  }

 private:
  HWAVEOUT handle_ = nullptr;
};

struct Heard {
  std::atomic<int> opened{0}, done{0}, closed{0};
  HANDLE is_done = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  std::atomic<DWORD_PTR> header{0};
};

void CALLBACK hear(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR header, DWORD_PTR) {
  Heard& heard = *reinterpret_cast<Heard*>(instance);
  if (message == WOM_OPEN) ++heard.opened;
  if (message == WOM_CLOSE) ++heard.closed;
  if (message != WOM_DONE) return;
  ++heard.done;
  heard.header = header;
  SetEvent(heard.is_done);
}

TEST(Dropin_plays, And_calls_a_function) {
  Heard heard;
  Block block(480);
  Output output(reinterpret_cast<DWORD_PTR>(hear), reinterpret_cast<DWORD_PTR>(&heard), CALLBACK_FUNCTION);
  output.play(block);
  ASSERT_EQ(WaitForSingleObject(heard.is_done, kPatienceMs), WAIT_OBJECT_0);
  EXPECT_EQ(heard.header, reinterpret_cast<DWORD_PTR>(&block.header));
  output.close();
  EXPECT_EQ(heard.opened, 1);
  EXPECT_EQ(heard.done, 1);
  EXPECT_EQ(heard.closed, 1);
}

TEST(Dropin_plays, And_sets_an_event) {
  const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  Block block(480);
  Output output(reinterpret_cast<DWORD_PTR>(event), 0, CALLBACK_EVENT);
  ASSERT_EQ(WaitForSingleObject(event, kPatienceMs), WAIT_OBJECT_0) << "for WOM_OPEN";
  output.play(block);
  ASSERT_EQ(WaitForSingleObject(event, kPatienceMs), WAIT_OBJECT_0);
  EXPECT_NE(block.header.dwFlags & WHDR_DONE, 0U);
}

TEST(Dropin_plays, Every_frame_in_its_position) {
  const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  Block block(4'801);
  Output output(reinterpret_cast<DWORD_PTR>(event), 0, CALLBACK_EVENT);
  output.play(block);
  while (!(block.header.dwFlags & WHDR_DONE))
    ASSERT_EQ(WaitForSingleObject(event, kPatienceMs), WAIT_OBJECT_0);
  MMTIME time{};
  const ULONGLONG deadline = GetTickCount64() + kPatienceMs;
  while (time.u.sample != 4'801 && GetTickCount64() < deadline) {
    time.wType = TIME_SAMPLES;
    ASSERT_EQ(waveOutGetPosition(output.handle(), &time, sizeof(time)), MMSYSERR_NOERROR);
  }
  EXPECT_EQ(time.u.sample, 4'801U);
}

TEST(Dropin_records, Into_the_clients_block) {
  const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  Block block(4'800);
  HWAVEIN in = nullptr;
  ASSERT_EQ(waveInOpen(&in, WAVE_MAPPER, &kFormat, reinterpret_cast<DWORD_PTR>(event), 0, CALLBACK_EVENT),
            MMSYSERR_NOERROR);
  ASSERT_EQ(waveInPrepareHeader(in, &block.header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
  ASSERT_EQ(waveInAddBuffer(in, &block.header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
  ASSERT_EQ(waveInStart(in), MMSYSERR_NOERROR);
  while (!(block.header.dwFlags & WHDR_DONE))
    ASSERT_EQ(WaitForSingleObject(event, kPatienceMs), WAIT_OBJECT_0);
  EXPECT_EQ(block.header.dwBytesRecorded, block.header.dwBufferLength);
  EXPECT_EQ(waveInUnprepareHeader(in, &block.header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
  EXPECT_EQ(waveInClose(in), MMSYSERR_NOERROR);
}

}  // namespace
}  // namespace refwave::test
