// A client of one wave stream that knows what it is owed: each accepted header once, in order, flagged as
// done, no later than half a second after it was due. It keeps the first promise that was broken.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "tests/contract/model/direct_driver.h"
#include "tests/simulation/simulation.h"

namespace refwave::simulation {

struct Tally {
  std::uint64_t written = 0;
  std::uint64_t done = 0;
};

/// How a client behaves; constant while it lives.
struct Habits {
  bool input = false;
  bool until_heard = false;  // done = played
  bool away = false;         // the device may be: then headers are refused or late
};

/// One thread of the program drives it; callbacks come on any thread.
class Player {
 public:
  static constexpr std::size_t kHeaders = 24;

  Player(Habits habits, std::uint64_t seed, Tally& tally);
  ~Player() = default;  // after close()
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  MMRESULT open();
  MMRESULT close();
  /// Effects: queues `count` headers, as far as some are free, of up to `most_ms` each. Returns: how many
  /// the driver took.
  std::size_t write(std::size_t count, std::int64_t most_ms);
  /// Effects: queues a header whose memory then goes out, until page_in() or `back_ns`. A thread that needs
  /// it may lose the stream's audio state; then all that is queued is done immediately, and the position
  /// counts it. Returns: its page, null if there is none.
  const std::byte* write_page(std::int64_t back_ns);
  void pause();
  void run();
  void reset();
  void break_loop();
  void prepare_and_unprepare();
  /// Effects: sets volume, playback rate and pitch of an output, and asks for each. `rate`: at least 1, or
  /// headers would be due later than their length says.
  void change_sound(DWORD volume, DWORD rate, DWORD pitch);
  /// Effects: asks for the stream's statistics, with its levels. Returns: the peak.
  float look_at_statistics();
  void look_at_position();
  /// Effects: the position is compared with what was played, if it can be known.
  void check_end();
  /// Effects: queues a loud header on a stream that owes nothing; listen() hears it. Afterwards
  /// check_heard(): an output's samples were read, and an input's header is full.
  void play_loudly();
  void listen();
  void check_heard();

  bool is_open() const { return open_; }
  bool owes_nothing() const { return owed_.empty(); }
  std::size_t owed() const { return owed_.size(); }
  /// Effects: notes that the process was stopped for so long.
  void forgive(std::int64_t ns) { forgiven_ns_ += ns; }
  /// Effects: writes each header again in its callback; resets the stream in a callback now and then.
  void writes_inside(bool writes) { writes_inside_ = writes; }
  void resets_inside(bool resets) { resets_inside_ = resets; }
  /// Whether to send a refused message once more. Null: never.
  static inline bool (*repeats)(MMRESULT) = nullptr;
  const std::string& failure() const { return failure_; }
  std::string state() const;

 private:
  struct Header {
    WAVEHDR header{};
    bool queued = false;
    std::uint64_t number = 0;
    std::int64_t frames = 0;  // with all passes
    std::int64_t written_ns = 0;
    std::int64_t forgiven_ns = 0;
  };

  static void CALLBACK called(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR first, DWORD_PTR);
  void on_message(UINT message, WAVEHDR* header);
  void take_done(Header& header);
  void check_time(const Header& header);
  void check_reset(std::int64_t begin_ns, std::int64_t forgiven_ns);
  void take_back(Header& header);
  static bool may_repeat(MMRESULT result);
  MMRESULT send(UINT output, UINT input, DWORD_PTR first = 0, DWORD_PTR second = 0);
  void expect(MMRESULT result, const char* what);
  void set_and_ask(UINT set, UINT get, DWORD value);
  Header* free_header();
  bool submit(Header& header, std::byte* data, DWORD bytes, DWORD passes);
  DWORD pick_passes();
  void fail(const std::string& what);

  const Habits habits_;
  const bool input_;
  Dice dice_;
  Tally& tally_;
  WAVEFORMATEX format_{};
  DWORD_PTR handle_ = 0;
  bool open_ = false;
  bool closed_ = false;
  bool closing_ = false;
  bool writing_ = false;  // one thread at a time writes, or there would be no order
  bool running_ = false;
  bool inside_ = false;
  bool writes_inside_ = false;
  bool resets_inside_ = false;
  bool exact_ = true;    // not reset: the position is the sum of all frames
  bool looped_ = false;  // passes of a loop may be given back, of which the position counts one
  bool paged_ = false;   // headers may be given back
  Header* loud_ = nullptr;
  float heard_ = 0;  // the greatest level since play_loudly()
  std::array<Header, kHeaders> headers_;
  std::deque<std::size_t> owed_;  // accepted and not yet done, in order
  std::uint64_t written_ = 0;
  std::int64_t played_ = 0;   // frames
  std::uint64_t resets_ = 0;  // begun, and ended
  int resetting_ = 0;         // resets that go on, one perhaps inside another one's callback
  std::int64_t last_done_ns_ = 0;
  std::int64_t resumed_ns_ = 0;
  std::int64_t forgiven_ns_ = 0;
  DWORD position_ = 0;
  std::string failure_;
};

}  // namespace refwave::simulation
