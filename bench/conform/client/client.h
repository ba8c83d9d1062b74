// The client that the rules play: blocks of audio, a stream that is opened by messages to the driver itself,
// and a diary of every message of the driver.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "bench/conform/client/subject.h"

namespace refwave::conform {

/// How long the rules wait for anything, in seconds of naps: on a busy machine a nap of a millisecond takes
/// longer, and the driver gets as much more time. No rule waits for more than two seconds of audio.
inline std::chrono::seconds patience{4};  // set once, before any rule begins

/// Returns: whether `condition()` came true in time.
template <class Condition>
bool eventually(Condition condition) {
  constexpr std::chrono::milliseconds kNap{1};
  for (auto naps = patience / kNap; naps > 0; --naps) {
    if (condition()) return true;
    std::this_thread::sleep_for(kNap);
  }
  return condition();
}

/// Returns: the flags of a header at any address, read byte by byte. The driver's threads may change them
/// meanwhile.
DWORD flags_now(const WAVEHDR& header);

/// A message of the driver, as it arrived.
struct Note {
  UINT message = 0;
  HDRVR device = nullptr;
  DWORD_PTR first = 0;
  DWORD_PTR second = 0;
  DWORD thread = 0;
  DWORD flags = 0;            // the header's, when the client was notified
  DWORD bytes_recorded = 0;   // the header's, at that time
  bool during_queue = false;  // this thread was inside WRITE or ADDBUFFER
  int depth = 0;              // 1, or how deep it was nested in callbacks of the same stream

  LPWAVEHDR header() const { return reinterpret_cast<LPWAVEHDR>(first); }
};

class Block;
using Blocks = std::deque<Block>;

/// One stream's messages, in order. It is the stream's dwInstance.
class Diary {
 public:
  Diary() = default;
  explicit Diary(std::function<void(const Note&)> its_reaction) : reaction(std::move(its_reaction)) {}

  /// What the client does inside its callback. Set it before the stream is opened.
  std::function<void(const Note&)> reaction;

  static void CALLBACK write_down(HDRVR device, UINT message, DWORD_PTR instance, DWORD_PTR first,
                                  DWORD_PTR second);

  std::vector<Note> all() const;
  std::size_t size() const { return all().size(); }
  /// Returns: the headers of all WOM_DONE and WIM_DATA, in order.
  std::vector<LPWAVEHDR> done() const;
  /// Effects: waits for so many WOM_DONE or WIM_DATA, and for the client to return from them. Returns:
  /// whether they came in time.
  bool wait_for_done(std::size_t count) const;
  /// Effects: ends the rule as broken unless they come in time.
  void need_done(std::size_t count) const;
  /// Effects: ends the rule as broken unless the client was notified of each block once, in order.
  void need_in_order(Blocks& blocks) const;
  /// Effects: ends the rule as broken if a message came inside another callback of the stream.
  void need_not_nested() const;
  /// Effects: waits until no callback of the stream's is running. Ends the rule as broken if one does not
  /// return.
  void need_idle() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Note> notes_;
  std::size_t done_ = 0;  // WOM_DONE and WIM_DATA from which the client has returned
  int depth_ = 0;
};

/// A header with its memory.
class Block {
 public:
  explicit Block(std::size_t bytes) : data_(bytes + 1) {  // even an empty block needs an address
    header.dwBufferLength = static_cast<DWORD>(bytes);
    header.lpData = data_.data();
  }
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

WAVEFORMATEX pcm(WORD channels, WORD bits, DWORD rate = 48'000);
/// 16-bit stereo at 48 kHz.
inline WAVEFORMATEX usual_format() { return pcm(2, 16); }
inline constexpr DWORD kFrameBytes = 4;   // of usual_format()
inline constexpr DWORD kSecond = 48'000;  // frames of usual_format()
/// So many frames that they are still playing after the client's next step, even on a busy machine.
inline constexpr DWORD kVeryLong = 20 * kSecond;

Blocks silent_blocks(std::size_t count, std::size_t frames, std::size_t frame_bytes = kFrameBytes);
/// Returns: a block of each of these lengths.
Blocks silent_blocks(std::initializer_list<std::size_t> frames, std::size_t frame_bytes = kFrameBytes);
std::vector<LPWAVEHDR> addresses_of(Blocks& blocks);
/// Effects: waits until each is DONE, or ends the rule as broken.
void need_done(const Blocks& blocks, std::string_view when = {});

/// How a stream is to be opened.
struct Wish {
  DWORD_PTR callback = 0;
  DWORD_PTR instance = 0;
  DWORD flags = CALLBACK_NULL;
  UINT device = 0;
};
Wish to(Diary& diary);

/// An open stream, of device 0 unless the wish names another. Its destructor resets and closes it. If the
/// driver then keeps queued headers, which other rules check, this rule ends as kept.
class Stream {
 public:
  /// Effects: opens it, or ends the rule: as broken, or as not applicable if there is no such device.
  Stream(Subject& subject, Direction direction, Diary& diary, const WAVEFORMATEX& format = usual_format())
      : Stream(subject, direction, to(diary), format) {}
  Stream(Subject& subject, Direction direction, const Wish& wish,
         const WAVEFORMATEX& format = usual_format());
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  DWORD send(UINT message, DWORD_PTR first = 0, DWORD_PTR second = 0) const {
    return entry_(device_, message, user_, first, second);
  }
  /// Effects: as send(), for a message that must succeed. `what`: its name.
  void must_send(UINT message, std::string_view what, DWORD_PTR first = 0, DWORD_PTR second = 0) const;
  DWORD send_header(UINT message, const WAVEHDR* header, DWORD_PTR size = sizeof(WAVEHDR)) const {
    return send(message, reinterpret_cast<DWORD_PTR>(header), size);
  }
  /// Effects: PREPARE; a driver may leave it to its host, which the client then plays, too.
  DWORD prepare(Block& block) const;
  /// Effects: WRITE or ADDBUFFER.
  DWORD write(Block& block) const;
  /// Effects: prepares and writes, or ends the rule as broken.
  void queue(Block& block) const;
  void queue(Blocks& blocks) const;
  /// Effects: queues them on a paused output, which then plays: none is done before all are queued.
  void queue_at_once(Blocks& blocks) const;
  void start() const { must_send(WIDM_START, "WIDM_START"); }
  void pause() const { must_send(WODM_PAUSE, "WODM_PAUSE"); }
  void restart() const { must_send(WODM_RESTART, "WODM_RESTART"); }
  void reset() const { must_send(ids_.reset, "RESET"); }
  DWORD close();
  /// Returns: the position, or ends the rule as broken.
  DWORD position(UINT type = TIME_SAMPLES) const;
  /// Returns: the position; ends the rule as broken if it is less than `before`.
  DWORD position_after(DWORD before) const;
  /// Effects: waits for the position. Ends the rule as broken if it does not come.
  void need_position(DWORD frames) const;
  bool is_input() const { return &ids_ == &messages_of(Direction::input); }
  DWORD_PTR user() const { return user_; }
  HWAVE handle() const { return reinterpret_cast<HWAVE>(const_cast<Stream*>(this)); }

 private:
  const WaveMessages& ids_;
  WaveEntry entry_;
  UINT device_ = 0;
  DWORD_PTR user_ = 0;
  bool open_ = false;
};

/// A stream with its diary and its blocks.
struct Client {
  /// What it does inside a callback that is about a header.
  using Reaction = std::function<void(Client& client, const Note& note)>;

  /// Effects: opens the stream.
  Client(Subject& subject, Direction direction, Blocks its_blocks, Reaction reaction = {},
         const WAVEFORMATEX& format = usual_format());
  Client(Subject& subject, Direction direction, std::size_t count = 0, std::size_t frames = 0,
         Reaction reaction = {})
      : Client(subject, direction, silent_blocks(count, frames), std::move(reaction)) {}

  void queue() { stream.queue(blocks); }
  /// Effects: queues all blocks; an input then starts.
  void begin();
  /// Effects: ends the rule as broken unless all blocks come back in time.
  void need_all() const { diary.need_done(blocks.size()); }
  /// Effects: the same, and in the order of the writes.
  void need_all_in_order() {
    need_all();
    diary.need_in_order(blocks);
  }
  /// Effects: begins, and waits until all blocks are back.
  void run();

  Diary diary;
  Blocks blocks;
  Stream stream;
};

/// Effects: lets the device take so many frames, by another client's stream on it.
void let_pass(Subject& subject, Direction direction, std::size_t frames);

/// Effects: plays so many short blocks to their end, or ends the rule as broken.
void play_something(Subject& subject);

}  // namespace refwave::conform
