// A client of the wave API, as tests play it: blocks of audio, an open stream, and a diary of every message
// that the driver sent.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "tests/contract/harness.h"

namespace refwave::contract {

/// A callback of the driver's, as it arrived.
struct Message {
  UINT message = 0;
  HWAVE handle = nullptr;
  LPWAVEHDR header = nullptr;
  DWORD_PTR second = 0;
  DWORD thread = 0;
  DWORD flags = 0;            // the header's, when the client was told
  DWORD bytes_recorded = 0;   // likewise
  bool during_write = false;  // this thread was inside waveOutWrite
  int depth = 0;              // 1, or how deep it was nested in callbacks of the same stream
  std::chrono::steady_clock::time_point time;
};

/// One stream's messages, in order. It is the stream's dwInstance.
class Diary {
 public:
  /// What the client does inside its callback. Set it before the stream is opened.
  std::function<void(const Message&)> reaction;

  static void CALLBACK write_down(HDRVR device, UINT message, DWORD_PTR instance, DWORD_PTR first,
                                  DWORD_PTR second);

  std::vector<Message> all() const;
  /// Returns: the headers that came with that message, in order.
  std::vector<LPWAVEHDR> headers(UINT message) const;
  std::size_t count(UINT message) const { return headers(message).size(); }
  std::size_t count_done() const { return count(WOM_DONE); }
  /// Returns: whether a callback has not returned yet.
  bool being_written() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Message> messages_;
  int depth_ = 0;
};

/// A header with its memory.
class Block {
 public:
  explicit Block(std::vector<char> data) : data_(std::move(data)) {
    header.dwBufferLength = static_cast<DWORD>(data_.size());
    data_.push_back(0);  // an empty block has an address too
    header.lpData = data_.data();
  }
  explicit Block(std::size_t bytes) : Block(std::vector<char>(bytes)) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  /// Returns: the header's flags, which the driver's threads change while the client looks.
  DWORD flags() const;
  bool done() const { return (flags() & WHDR_DONE) != 0; }
  bool queued() const { return (flags() & WHDR_INQUEUE) != 0; }

  WAVEHDR header{};

 private:
  std::vector<char> data_;
};

using Blocks = std::deque<Block>;

/// Returns: so many blocks of so many bytes each.
Blocks silent_blocks(std::size_t count, std::size_t bytes);
std::vector<LPWAVEHDR> addresses_of(Blocks& blocks);

WAVEFORMATEX pcm(WORD channels, WORD bits, DWORD rate = 48'000);
/// 16-bit stereo at 48 kHz.
inline WAVEFORMATEX usual_format() { return pcm(2, 16); }
inline constexpr DWORD kFrameBytes = 4;  // of usual_format()

/// An open HWAVEOUT; reset and closed with the object.
class Player {
 public:
  /// Effects: opens device 0 with the diary as its callback. Failure fails the test.
  explicit Player(Diary& diary, const WAVEFORMATEX& format = usual_format());
  ~Player();
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  HWAVEOUT handle() const { return handle_; }
  MMRESULT prepare(Block& block) const;
  MMRESULT write(Block& block) const;
  /// Effects: prepares and writes. A refusal fails the test.
  void queue(Block& block) const;
  void queue(Blocks& blocks) const;
  void reset() const;
  MMRESULT close();
  /// Returns: frames (bytes) played since open or reset, as waveOutGetPosition has them.
  DWORD frames() const;
  DWORD bytes() const;
  REFWAVE_STATISTICS statistics() const;

 private:
  HWAVEOUT handle_ = nullptr;
};

/// An open HWAVEIN; reset and closed with the object.
class Listener {
 public:
  explicit Listener(Diary& diary, const WAVEFORMATEX& format = usual_format());
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  HWAVEIN handle() const { return handle_; }
  void queue(Block& block) const;
  void queue(Blocks& blocks) const;
  void start() const;
  void stop() const;
  void reset() const;
  MMRESULT close();
  DWORD bytes() const;

 private:
  HWAVEIN handle_ = nullptr;
};

/// Expects: the client was told of each block once, in order, DONE and no longer queued, outside its own
/// writes, and not inside another callback of the stream.
void expect_done_once_in_order(const Diary& diary, Blocks& blocks);

}  // namespace refwave::contract
