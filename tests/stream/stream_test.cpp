// One stream's headers: in the ring, waiting outside it, and returned by a reset.
#include "driver/core/stream/stream.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <deque>
#include <thread>

#include "driver/core/stream/client_access.h"

namespace refwave::core {
namespace {

constexpr dsp::Format kMono16{.type = dsp::SampleType::s16, .channels = 1, .rate = 48'000};
constexpr std::uint32_t kRing = 16;

class StreamTest : public testing::Test {
 protected:
  StreamTest() {
    stream_.furnish(hal::Direction::output, kMono16, kRing, core::Done::consumed);
    stream_.running = true;
    stream_.audio().exchange_pipeline(core::Pipeline::make(kMono16, kMono16, dsp::Quality::fastest));
  }

  core::ClientHeader& make(std::uint32_t flags = core::kPrepared, std::uint32_t loops = 0) {
    core::ClientHeader& header = headers_.emplace_back();
    header = {};
    header.data = reinterpret_cast<std::byte*>(memory_);
    header.length = 2;  // one frame
    header.flags = flags;
    header.loops = loops;
    return header;
  }
  /// Effects: as Streams::write() does, without its lock.
  Error submit(core::ClientHeader& header) {
    Submission submission;
    Error result = submission.begin(header, hal::Direction::output, kMono16.bytes_per_frame());
    if (result != Error::none) return result;
    if (stream_.write(submission.block())) return Error::none;
    submission.undo();
    return Error::no_memory;
  }
  Error write(std::uint32_t flags = core::kPrepared, std::uint32_t loops = 0) {
    return submit(make(flags, loops));
  }
  std::uint32_t render(std::uint32_t frames) {
    std::vector<float> bus(frames);
    const core::RtLock::Token acquisition = stream_.lock.try_acquire();
    stream_.audio().enter(acquisition);
    const std::uint32_t finished = stream_.playback().render(bus.data(), {.frames = frames}, 0xFFFF'FFFFU);
    stream_.lock.release(acquisition);
    return finished;
  }
  std::size_t take() {
    const std::optional<core::Block> block = stream_.take();
    const core::ClientHeader* header = block ? block->header : nullptr;
    for (std::size_t i = 0; i < headers_.size(); ++i) {
      if (&headers_[i] == header) return i;
    }
    return ~std::size_t{0};
  }

  core::Stream stream_;
  std::deque<core::ClientHeader> headers_;
  std::int16_t memory_[64] = {};
};

TEST_F(StreamTest, A_header_whose_other_flags_its_client_changes_meanwhile_is_marked_all_the_same) {
  constexpr std::uint32_t kOfTheClient = 1U << 31U;
  core::ClientHeader& header = make(0);
  std::atomic<bool> over = false;
  std::thread client([&] {
    auto* const last = reinterpret_cast<std::uint8_t*>(&header) + offsetof(core::ClientHeader, flags) + 3;
    while (!over) std::atomic_ref<std::uint8_t>(*last).fetch_xor(kOfTheClient >> 24U);
  });
  for (int i = 0; i < 50'000; ++i) {
    prepare_header(header, hal::Direction::output);
    EXPECT_EQ(core::load_flags(header) & ~kOfTheClient, core::kPrepared);
    Submission submission;
    EXPECT_EQ(submission.begin(header, hal::Direction::output, 2), Error::none);
    EXPECT_EQ(core::load_flags(header) & ~kOfTheClient, core::kPrepared | core::kInQueue);
    submission.undo();
    EXPECT_EQ(unprepare_header(header), Error::none);
    EXPECT_EQ(core::load_flags(header) & ~kOfTheClient, 0U);
  }
  over = true;
  client.join();
}

// --- loops and the ring ---

TEST_F(StreamTest, A_loop_that_waits_behind_undelivered_headers_keeps_its_passes) {
  constexpr std::size_t kPlain = kRing - 2;
  for (std::size_t i = 0; i < kPlain; ++i) write();
  write(core::kPrepared | core::kBeginLoop, 3);
  for (int i = 0; i < 3; ++i) write();
  write(core::kPrepared | core::kEndLoop);
  for (int i = 0; i < 100; ++i) render(480);  // and no message is taken
  EXPECT_EQ(stream_.position(0), kPlain + 2);
  for (std::size_t i = 0; i < kPlain; ++i) EXPECT_EQ(take(), i);
  EXPECT_EQ(render(100), 5U);
  EXPECT_EQ(stream_.position(0), kPlain + 3 * 5);
  EXPECT_EQ(stream_.counters.underruns.load(), 1U) << "silence while headers are queued is one, however long";
}

/// A writer counts an inner beginning as part of the outer loop. If the stream gives the outer loop up just
/// before that, it begins a loop that the writer never measured.
TEST_F(StreamTest, A_loop_that_has_all_of_the_ring_and_no_end_is_given_up_though_more_waits) {
  write();
  render(5);
  take();
  write(core::kPrepared | core::kBeginLoop, 1);
  stream_.audio().ring().at(1).loops = 2;  // as if the writer had not noticed
  for (std::size_t i = 0; i < kRing; ++i) ASSERT_EQ(write(), Error::none) << i;
  EXPECT_EQ(render(100), kRing);
  for (std::size_t i = 0; i < kRing; ++i) EXPECT_EQ(take(), i + 1);
  EXPECT_EQ(render(100), 1U);
}

}  // namespace
}  // namespace refwave::core
