// A stream with another playback rate or pitch, or with a sample rate that is not the device's; and the
// positions of its frames in the output.
#include <gtest/gtest.h>

#include <cmath>

#include "driver/core/conversion/timeline.h"
#include "driver/core/stream/stream.h"
#include "tests/core/output_stream.h"

namespace refwave::core {
namespace {

using test::OutputStream;

std::uint32_t factor(double times) { return static_cast<std::uint32_t>(std::lround(times * dsp::kUnity)); }

void set_speed(OutputStream& output, double rate, double pitch) {
  if (rate == 1 && pitch == 1 && output.slot.speed == kUnitySpeed) return;
  ASSERT_TRUE(test::prepare_speed(output.playback(), factor(rate), factor(pitch), dsp::Quality::medium));
  output.slot.speed = packed_speed(factor(rate), factor(pitch));
}

std::vector<std::int16_t> constant(std::uint32_t frames) {
  return std::vector<std::int16_t>(std::size_t{frames} * 2, 16'384);
}

/// Returns: how many frames of the constant level were heard.
double heard_frames(const OutputStream& output) {
  double sum = 0;
  for (std::size_t i = 0; i < output.heard.size(); i += 2) sum += static_cast<double>(output.heard[i]);
  return sum / 0.5;
}

struct Case {
  std::uint32_t client_rate;
  double rate;
  double pitch;
};

class Speeds : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Playback, Speeds,
                         testing::Values(Case{48'000, 2, 1}, Case{48'000, 0.5, 1}, Case{48'000, 4, 1},
                                         Case{48'000, 0.25, 1}, Case{44'100, 2, 1}, Case{44'100, 0.5, 1},
                                         Case{48'000, 1, 2}, Case{48'000, 1, 0.5}, Case{44'100, 1, 2},
                                         Case{44'100, 1, 0.5}, Case{8'000, 1.3, 0.7}, Case{8'000, 1, 1},
                                         Case{11'025, 1, 1}, Case{22'050, 1, 1}, Case{44'100, 1, 1},
                                         Case{47'999, 1, 1}, Case{96'000, 1, 1}, Case{192'000, 1, 1}));

TEST_P(Speeds, Play_every_frame_in_the_time_that_the_rate_leaves_and_end_at_the_exact_position) {
  const auto [client_rate, rate, pitch] = GetParam();
  const std::uint32_t frames = client_rate + 17;
  OutputStream output(Done::consumed, client_rate);
  set_speed(output, rate, pitch);
  for (std::uint32_t written = 0; written < frames;) {
    const std::uint32_t size = std::min(frames - written, 997U);
    output.write(constant(size));
    written += size;
  }
  const double length = frames / rate * 48'000 / client_rate;
  std::uint64_t before = 0;
  const auto periods = static_cast<std::uint32_t>(length / 480) + 20;
  for (std::uint32_t period = 1; period <= periods; ++period) {
    const std::size_t done = output.done_count();
    const auto foreseen = static_cast<std::int64_t>(output.frames_to_done());
    output.render(480);
    if (period > 1 && pitch == 1 && done < output.written.size()) {
      ASSERT_NE(foreseen, kNever);
    }
    // The segments of another pitch take their frames all at once.
    if (period > 1 && pitch == 1 && foreseen != kNever && std::abs(foreseen - 480) > 48) {
      ASSERT_EQ(output.done_count() > done, foreseen < 480) << foreseen;
    }
    const double rendered = period * 480.0;
    const std::uint64_t now = output.position();
    ASSERT_GE(now, before) << "runs back";
    const double done_at = std::min(static_cast<double>(output.done_count()) * 997, 1.0 * frames);
    const double played = rendered * rate * client_rate / 48'000;
    ASSERT_LE(static_cast<double>(now), std::max(played + 2, done_at));
    ASSERT_LE(done_at, played + client_rate / 12.0) << "filters and segments look some milliseconds ahead";
    ASSERT_GE(done_at + 2 * 997, std::min(played, 1.0 * frames)) << "a block is done late";
    before = now;
  }
  EXPECT_EQ(output.done_count(), output.written.size());
  EXPECT_EQ(output.position(), frames);
  EXPECT_EQ(output.underruns(), 0U);
  // Segments begin up to 8 ms early or late.
  EXPECT_NEAR(heard_frames(output), length, pitch == 1 ? 5 : 600);
  for (auto i = static_cast<std::size_t>(length) + 2'000; i < output.heard.size() / 2; ++i)
    ASSERT_EQ(output.heard[i * 2], 0.0F) << i;
}

TEST_P(Speeds, Play_nothing_of_before_a_reset_and_are_kept) {
  const auto [client_rate, rate, pitch] = GetParam();
  OutputStream output(Done::consumed, client_rate);
  set_speed(output, rate, pitch);
  output.write(constant(client_rate / 5));
  output.render(480);
  output.reset();
  output.heard.clear();
  for (int i = 0; i < 5; ++i) output.render(480);
  for (const float sample : output.heard) ASSERT_EQ(sample, 0.0F);
  EXPECT_EQ(output.position(), 0U);
  output.write(constant(client_rate / 5));
  for (int i = 0; i < 100; ++i) output.render(480);
  EXPECT_NEAR(heard_frames(output), 9'600 / rate, 600);
  EXPECT_EQ(output.position(), client_rate / 5);
}

TEST_P(Speeds, Count_blocks_that_must_be_heard_on_the_devices_line) {
  const auto [client_rate, rate, pitch] = GetParam();
  constexpr std::uint32_t kLatency = 4'800;
  OutputStream output(Done::played, client_rate);
  set_speed(output, rate, pitch);
  output.write(constant(client_rate / 10));
  output.write(constant(client_rate / 10));
  const double due = kLatency + 4'800 / rate;  // when the first is heard
  double rendered = 0;
  while (output.done_count() == 0) {
    output.render(48, kLatency);
    rendered += 48;
    ASSERT_LT(rendered, 480'000);
  }
  EXPECT_NEAR(rendered, due, 200);
  for (int i = 0; i < 500; ++i) output.render(480, kLatency);
  EXPECT_EQ(output.done_count(), 2U);
  EXPECT_EQ(output.position(), client_rate / 10 * 2);
}

TEST(PlaybackState, Set_to_unity_again_plays_bit_for_bit) {
  for (const auto& [rate, pitch] :
       {std::pair{2.0, 0.7}, {2.0, 1.0}, {0.3, 1.0}, {1.0, 2.0}, {1.0, 0.3}, {4.0, 4.0}, {0.25, 0.25}}) {
    OutputStream output;
    output.write_frames(60'000);
    output.render(1'000);
    set_speed(output, rate, pitch);
    for (int i = 0; i < 10; ++i) output.render(480);
    set_speed(output, 1, 1);
    for (int i = 0; i < 8; ++i) output.render(480);
    output.heard.clear();
    const std::uint64_t position = output.position();
    output.render(1'000);
    const std::vector<int> heard = output.heard_samples();
    for (std::size_t i = 0; i < heard.size(); ++i) {
      const auto expected = static_cast<std::int16_t>(2 * position + i + 1);
      ASSERT_EQ(heard[i], expected) << rate << ' ' << pitch << ' ' << i;
    }
  }
}

TEST(Timeline, Goes_on_at_the_oldest_rate_it_knows_when_older_places_are_gone) {
  Timeline line;
  line.begin(0);
  // Rates of 4 that differ a little, so that each is a place of its own.
  double position = 0;
  constexpr std::uint64_t kPlaces = 400;
  for (std::uint64_t i = 1; i <= kPlaces; ++i)
    line.add(32 * i, position += 128 + 0.01 * static_cast<double>(i % 2));
  const double far = 32.0 * (kPlaces - 200);
  EXPECT_NEAR(line.position_at(far), 4 * far, 2);
}

}  // namespace
}  // namespace refwave::core
