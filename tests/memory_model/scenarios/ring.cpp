// The ring of blocks, the flags of headers, and the ring of bytes on a capture's way to its
// file.
#include <array>
#include <cstddef>

#include "driver/core/stream/client_access.h"
#include "driver/core/stream/stream.h"
#include "hal/capture/byte_ring.h"
#include "tests/memory_model/checker/scenario.h"
#include "tests/memory_model/scenarios/headers.h"

namespace refwave::memory_model {
namespace {

/// A ring of two places and four blocks, whose cursors begin again at 0: the client writes, the audio thread
/// plays and flags, the owner delivers.
class Ring final : public Play {
 public:
  Ring() {
    thread("client", [this] { write(); });
    thread("audio", [this] { play(); });
    thread("owner", [this] { deliver(); });
  }
  void finish() override { expect(notified_ == kBlocks, "a block was lost"); }

 private:
  static constexpr std::size_t kBlocks = 4;

  void write() {
    for (std::size_t i = 0; i < kBlocks; ++i) {
      headers_.data[i][0] = std::byte{1};
      while (!ring_.push(headers_.block(i))) pause();
    }
  }
  void play() {
    for (std::size_t i = 0; i < kBlocks; ++i) {
      core::Block* block = ring_.playing();
      for (; block == nullptr; block = ring_.playing()) pause();
      expect(block->header == &headers_.header[i], "played in order");
      expect(block->data[0] == std::byte{1}, "the client's data is there");
      core::store_flags(*block->header, block->done_flags);
      ring_.set_play(ring_.play() + 1);
      expect(ring_.release_one(), "it is not sealed");
    }
  }
  void deliver() {
    for (; notified_ < kBlocks; ++notified_) {
      while (!ring_.has_released()) pause();
      const core::Block block = ring_.take();
      expect(block.header == &headers_.header[notified_], "delivered in order");
      expect(headers_.is_done(notified_), "flagged before it is notified");
      headers_.data[notified_][0] = std::byte{2};
    }
  }

  Headers<kBlocks> headers_;
  core::BlockRing ring_{2, 0xFFFF'FFFEU};
  std::size_t notified_ = 0;
};
const Registered<Ring> ring("ring", "blocks through a ring that is full and begins again");

/// The lock's owner skips what a writer has pushed, without the writers' mutex.
class Skipped final : public Play {
 public:
  Skipped() {
    thread("writer", [this] {
      ring_.push(headers_.block(0));
      ring_.push(headers_.block(1));
    });
    thread("audio", [this] {
      const core::BlockRing::Cursor end = ring_.skip_all();
      for (core::BlockRing::Cursor here = 0; here != end; ++here)
        expect(ring_.at(here).header == &headers_.header[here], "an entry is whole");
    });
  }

 private:
  Headers<2> headers_;
  core::BlockRing ring_{2};
};
const Registered<Skipped> skipped("ring_skip", "blocks that are skipped are whole");

/// Two client threads write the same header; one at a time has it.
class HeaderClaim final : public Play {
 public:
  HeaderClaim() {
    core::store_flags(headers_.header[0], core::kPrepared);
    thread("first", [this] { claim_twice(); });
    thread("second", [this] { claim_twice(); });
  }
  void finish() override { expect(claims_ == 4, "each claim counted"); }

 private:
  /// The first one is finished, the second one refused.
  void claim_twice() {
    core::Submission submission;
    claim(submission);
    core::store_flags(headers_.header[0], submission.block().done_flags);
    claim(submission);
    submission.undo();
  }
  void claim(core::Submission& submission) {
    while (submission.begin(headers_.header[0], hal::Direction::input, 2) != core::Error::none) pause();
    ++claims_;
  }
  Headers<1> headers_;
  int claims_ = 0;
};
const Registered<HeaderClaim> header_claim("header_claim", "a header is queued once at a time");

/// Two client threads prepare a header; both then own it in turn: the driver reads it before the flag is set.
class HeaderPrepared final : public Play {
 public:
  HeaderPrepared() {
    core::store_flags(headers_.header[0], 0);
    thread("first", [this] {
      expect(headers_.header[0].length == 8, "the driver touches the pages");
      std::uint32_t flags = 0;
      core::change_flags(headers_.header[0], flags, core::kPrepared);
    });
    thread("second", [this] {
      std::uint32_t flags = 0;
      if (!core::change_flags(headers_.header[0], flags, core::kInQueue) && flags == core::kPrepared)
        headers_.header[0].length = 4;
    });
  }

 private:
  Headers<1> headers_;
};
const Registered<HeaderPrepared> header_prepared("header_prepared",
                                                 "who finds a header prepared may change it");

/// Bytes through a ring that is full and begins again.
class Bytes final : public Play {
 public:
  Bytes() {
    thread("audio", [this] {
      for (std::size_t i = 0; i < kTimes; ++i) {
        const std::array<std::byte, 3> bytes{byte(3 * i), byte(3 * i + 1), byte(3 * i + 2)};
        while (!ring_.write(bytes)) pause();
      }
    });
    thread("writer", [this] {
      std::array<std::byte, 2> bytes{};
      while (read_ < 3 * kTimes) {
        const std::size_t count = ring_.read(bytes);
        if (count == 0) pause();
        for (std::size_t i = 0; i < count; ++i) expect(bytes[i] == byte(read_++), "bytes in order");
      }
    });
  }

 private:
  static constexpr std::size_t kTimes = 4;
  static std::byte byte(std::size_t number) { return static_cast<std::byte>(number + 1); }

  hal::ByteRing ring_{4};
  std::size_t read_ = 0;
};
const Registered<Bytes> bytes("capture", "what a capture takes goes whole to its file");

}  // namespace
}  // namespace refwave::memory_model
