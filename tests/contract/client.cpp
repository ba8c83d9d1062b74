#include "tests/contract/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <utility>

namespace refwave::contract {
namespace {

thread_local bool inside_write = false;

DWORD flags_of(const WAVEHDR& header) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&header) + offsetof(WAVEHDR, dwFlags);
  auto& flags = *reinterpret_cast<DWORD*>(const_cast<std::byte*>(bytes));
  return std::atomic_ref<DWORD>(flags).load();
}

}  // namespace

void CALLBACK Diary::write_down(HDRVR device, UINT message, DWORD_PTR instance, DWORD_PTR first,
                                DWORD_PTR second) {
  auto& diary = *reinterpret_cast<Diary*>(instance);
  Message note{.message = message,
               .handle = reinterpret_cast<HWAVE>(device),
               .header = reinterpret_cast<LPWAVEHDR>(first),
               .second = second,
               .thread = GetCurrentThreadId(),
               .during_write = inside_write,
               .time = std::chrono::steady_clock::now()};
  if (note.header != nullptr) {
    note.flags = flags_of(*note.header);
    note.bytes_recorded = note.header->dwBytesRecorded;
  }
  {
    const std::lock_guard lock(diary.mutex_);
    note.depth = ++diary.depth_;
    diary.messages_.push_back(note);
  }
  if (diary.reaction) diary.reaction(note);
  const std::lock_guard lock(diary.mutex_);
  --diary.depth_;
}

std::vector<Message> Diary::all() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

std::vector<LPWAVEHDR> Diary::headers(UINT message) const {
  const std::lock_guard lock(mutex_);
  std::vector<LPWAVEHDR> found;
  for (const Message& note : messages_) {
    if (note.message == message) found.push_back(note.header);
  }
  return found;
}

bool Diary::being_written() const {
  const std::lock_guard lock(mutex_);
  return depth_ != 0;
}

DWORD Block::flags() const { return flags_of(header); }

Blocks silent_blocks(std::size_t count, std::size_t bytes) {
  Blocks blocks;
  while (blocks.size() < count) blocks.emplace_back(bytes);
  return blocks;
}

std::vector<LPWAVEHDR> addresses_of(Blocks& blocks) {
  std::vector<LPWAVEHDR> addresses;
  for (Block& block : blocks) addresses.push_back(&block.header);
  return addresses;
}

WAVEFORMATEX pcm(WORD channels, WORD bits, DWORD rate) {
  const auto frame = static_cast<WORD>(channels * bits / 8);
  return {WAVE_FORMAT_PCM, channels, rate, rate * frame, frame, bits, 0};
}

Player::Player(Diary& diary, const WAVEFORMATEX& format) {
  EXPECT_EQ(waveOutOpen(&handle_, 0, &format, reinterpret_cast<DWORD_PTR>(&Diary::write_down),
                        reinterpret_cast<DWORD_PTR>(&diary), CALLBACK_FUNCTION),
            MMSYSERR_NOERROR);
}

Player::~Player() {
  if (handle_ == nullptr) return;
  waveOutReset(handle_);
  waveOutClose(handle_);
}

MMRESULT Player::prepare(Block& block) const {
  return waveOutPrepareHeader(handle_, &block.header, sizeof(WAVEHDR));
}

MMRESULT Player::write(Block& block) const {
  const bool before = std::exchange(inside_write, true);
  const MMRESULT result = waveOutWrite(handle_, &block.header, sizeof(WAVEHDR));
  inside_write = before;
  return result;
}

void Player::queue(Block& block) const {
  EXPECT_EQ(prepare(block), MMSYSERR_NOERROR);
  EXPECT_EQ(write(block), MMSYSERR_NOERROR);
}

void Player::queue(Blocks& blocks) const {
  for (Block& block : blocks) queue(block);
}

void Player::reset() const { EXPECT_EQ(waveOutReset(handle_), MMSYSERR_NOERROR); }

MMRESULT Player::close() {
  const MMRESULT result = waveOutClose(handle_);
  if (result == MMSYSERR_NOERROR) handle_ = nullptr;
  return result;
}

DWORD Player::frames() const {
  MMTIME time{};
  time.wType = TIME_SAMPLES;
  EXPECT_EQ(waveOutGetPosition(handle_, &time, sizeof(time)), MMSYSERR_NOERROR);
  EXPECT_EQ(time.wType, TIME_SAMPLES);
  return time.u.sample;
}

DWORD Player::bytes() const {
  MMTIME time{};
  time.wType = TIME_BYTES;
  EXPECT_EQ(waveOutGetPosition(handle_, &time, sizeof(time)), MMSYSERR_NOERROR);
  EXPECT_EQ(time.wType, TIME_BYTES);
  return time.u.cb;
}

REFWAVE_STATISTICS Player::statistics() const {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof(statistics);
  EXPECT_EQ(waveOutMessage(handle_, REFWAVE_GET_STATISTICS, reinterpret_cast<DWORD_PTR>(&statistics), 0),
            MMSYSERR_NOERROR);
  return statistics;
}

Listener::Listener(Diary& diary, const WAVEFORMATEX& format) {
  EXPECT_EQ(waveInOpen(&handle_, 0, &format, reinterpret_cast<DWORD_PTR>(&Diary::write_down),
                       reinterpret_cast<DWORD_PTR>(&diary), CALLBACK_FUNCTION),
            MMSYSERR_NOERROR);
}

Listener::~Listener() {
  if (handle_ == nullptr) return;
  waveInReset(handle_);
  waveInClose(handle_);
}

void Listener::queue(Block& block) const {
  EXPECT_EQ(waveInPrepareHeader(handle_, &block.header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
  EXPECT_EQ(waveInAddBuffer(handle_, &block.header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
}

void Listener::queue(Blocks& blocks) const {
  for (Block& block : blocks) queue(block);
}

void Listener::start() const { EXPECT_EQ(waveInStart(handle_), MMSYSERR_NOERROR); }

void Listener::stop() const { EXPECT_EQ(waveInStop(handle_), MMSYSERR_NOERROR); }

void Listener::reset() const { EXPECT_EQ(waveInReset(handle_), MMSYSERR_NOERROR); }

MMRESULT Listener::close() {
  const MMRESULT result = waveInClose(handle_);
  if (result == MMSYSERR_NOERROR) handle_ = nullptr;
  return result;
}

DWORD Listener::bytes() const {
  MMTIME time{};
  time.wType = TIME_BYTES;
  EXPECT_EQ(waveInGetPosition(handle_, &time, sizeof(time)), MMSYSERR_NOERROR);
  EXPECT_EQ(time.wType, TIME_BYTES);
  return time.u.cb;
}

void expect_done_once_in_order(const Diary& diary, Blocks& blocks) {
  EXPECT_EQ(diary.headers(WOM_DONE), addresses_of(blocks));
  for (const Message& note : diary.all()) {
    EXPECT_FALSE(note.during_write) << "told inside waveOutWrite";
    EXPECT_EQ(note.depth, 1) << "told inside another callback of the stream";
    if (note.message != WOM_DONE) continue;
    EXPECT_EQ(note.flags & (WHDR_DONE | WHDR_INQUEUE | WHDR_PREPARED), WHDR_DONE | WHDR_PREPARED);
  }
}

}  // namespace refwave::contract
