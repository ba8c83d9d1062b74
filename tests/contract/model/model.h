// The wave contract as a sequential model: headers, and for each stream a list of them, a position, a paused
// flag and a loop. It knows no rings, locks, threads or devices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "tests/contract/model/direct_driver.h"

namespace refwave::contract {

struct ModelHeader {
  DWORD flags = 0;
  DWORD length = 0;
  DWORD loops = 0;
  DWORD recorded = 0;
  bool has_data = true;
  bool queued = false;  // whatever the client wrote into the flags
};

/// A message that the driver owes a client. `header`: kNoHeader for OPEN and CLOSE.
struct Owed {
  UINT message = 0;
  std::size_t header = 0;
  bool operator==(const Owed&) const = default;
};
inline constexpr std::size_t kNoHeader = ~std::size_t{0};

/// One wave stream, output or input, between open and close.
class ModelStream {
 public:
  /// `longest_loop`: in headers; the write that would make a loop longer is refused.
  ModelStream(bool input, DWORD frame_bytes, std::vector<ModelHeader>& headers, std::size_t longest_loop)
      : input_(input),
        frame_bytes_(frame_bytes),
        headers_(headers),
        longest_loop_(longest_loop),
        held_(input) {}

  MMRESULT write(std::size_t header);
  MMRESULT close();
  void reset();
  void run() { held_ = false; }
  /// Pause (output), or stop (input), which returns a block that holds data.
  void hold();
  void break_loop();
  void pass(std::uint32_t frames);

  std::uint64_t position() const { return position_; }
  DWORD frame_bytes() const { return frame_bytes_; }
  std::size_t queued() const { return queue_.size(); }
  /// Returns: whether a loop was begun by a write and not ended.
  bool in_loop() const { return open_loop_ != 0; }

  std::deque<Owed> owed;

 private:
  /// The header's values at its write, because the client may change the header afterwards.
  struct Queued {
    std::size_t header;
    std::uint32_t frames;
    std::uint32_t loops;
    bool begins;
    bool ends;
  };

  bool loop_fits(const Queued& block);
  void begin_block(const Queued& block);
  void end_block();
  void run_dry(std::uint32_t frames);
  void finish(std::size_t count);

  const bool input_;
  const DWORD frame_bytes_;
  std::vector<ModelHeader>& headers_;
  const std::size_t longest_loop_;
  std::deque<Queued> queue_;
  std::size_t playing_ = 0;  // index in the queue; before it is only the beginning of a loop
  std::uint32_t offset_ = 0;
  std::uint64_t position_ = 0;
  bool held_;

  bool looping_ = false;
  std::size_t loop_begin_ = 0;
  std::uint32_t passes_left_ = 0;
  std::uint64_t pass_frames_ = 0;
  std::uint64_t dry_frames_ = 0;  // of silence in the middle of the loop

  std::uint64_t accepted_ = 0;
  std::uint64_t done_ = 0;
  std::size_t open_loop_ = 0;       // headers of a loop whose end was not written yet
  std::uint64_t open_loop_at_ = 0;  // the first one's number among all accepted headers
};

}  // namespace refwave::contract
