// The figures of `refwave loopback` for recordings that the test makes, so that their delay is known.
#include "bench/loopback/analysis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "bench/loopback/pieces.h"

namespace refwave::loopback {
namespace {

constexpr std::uint32_t kRate = 48'000;
constexpr std::uint32_t kBlock = 480;
constexpr std::int64_t kBlockNs = 10'000'000;
constexpr std::size_t kFrames = 3 * kRate;

/// Returns: the signal at a place between its frames (sampling theorem, Hann's window).
double signal_at(double place) {
  constexpr int kSpread = 32;
  const auto nearest = static_cast<std::int64_t>(std::llround(place));
  double sum = 0;
  for (std::int64_t k = nearest - kSpread; k <= nearest + kSpread; ++k) {
    const double x = place - static_cast<double>(k);
    const double angle = std::numbers::pi * x;
    const double window = 0.5 + 0.5 * std::cos(angle / (kSpread + 1));
    if (k >= 0)
      sum +=
          noise(static_cast<std::uint64_t>(k)) * window * (std::abs(x) < 1e-12 ? 1 : std::sin(angle) / angle);
  }
  return sum;
}

std::int16_t sample(double value) { return static_cast<std::int16_t>(std::lround(value)); }

/// Returns: a recording of the signal so many frames late, bit for bit, by a driver that takes and records a
/// block every ten milliseconds.
Recording recording_of(std::size_t delay) {
  Recording recording{.rate = kRate, .block_frames = kBlock};
  for (std::size_t q = 0; q < kFrames; ++q)
    recording.samples.push_back(q < delay ? std::int16_t{0} : noise(q - delay));
  for (std::int64_t block = 1; block <= std::int64_t{kFrames / kBlock}; ++block) {
    recording.written_ns.push_back((block - 4) * kBlockNs);
    recording.done_ns.push_back(block * kBlockNs);
    recording.recorded_ns.push_back(block * kBlockNs + 20'000);
  }
  return recording;
}

/// Effects: what is recorded comes from places that `place_of` says.
template <class PlaceOf>
void resample(Recording& recording, PlaceOf place_of) {
  for (std::size_t q = 0; q < recording.samples.size(); ++q)
    recording.samples[q] = sample(signal_at(place_of(static_cast<double>(q))));
}

TEST(Loopback, A_whole_delay_is_found_exactly_and_every_frame_is_the_same) {
  const auto result = analyse(recording_of(1'234));
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->in_step);
  EXPECT_EQ(result->round_trip_frames.min, 1'234);
  EXPECT_EQ(result->round_trip_frames.max, 1'234);
  EXPECT_GT(result->round_trip_frames.count, 50U);
  EXPECT_NEAR(result->drift_ppm, 0, 1e-9);
  EXPECT_EQ(result->lost_frames + result->doubled_frames + result->places, 0U);
  EXPECT_GT(result->equal_frames, kFrames - 4 * 2'048);
  EXPECT_NEAR(result->gain, 1, 1e-3);
}

TEST(Loopback, A_delay_between_frames_is_found_to_a_hundredth) {
  for (const double delay : {100.25, 777.5, 2'000.9}) {
    Recording recording = recording_of(0);
    resample(recording, [&](double q) { return q - delay; });
    const auto result = analyse(recording);
    ASSERT_TRUE(result);
    EXPECT_NEAR(result->round_trip_frames.p50, delay, 0.01);
    EXPECT_NEAR(result->round_trip_frames.max, delay, 0.05);
  }
}

TEST(Loopback, Drift_between_two_clocks_is_reported_in_millionths) {
  for (const double ppm : {-200.0, 35.0}) {
    Recording recording = recording_of(0);
    resample(recording, [&](double q) { return q * (1 - ppm * 1e-6) - 500; });
    const auto result = analyse(recording);
    ASSERT_TRUE(result);
    EXPECT_NEAR(result->drift_ppm, ppm, 0.5);
    EXPECT_EQ(result->places, 0U) << "drift is no loss";
  }
}

TEST(Loopback, Lost_and_doubled_frames_are_counted_one_by_one) {
  Recording recording = recording_of(100);
  std::vector<std::int16_t>& samples = recording.samples;
  const auto at = [&](std::size_t frame) { return samples.begin() + static_cast<std::ptrdiff_t>(frame); };
  samples.erase(at(30'000), at(30'037));
  samples.erase(at(50'500));
  const std::vector<std::int16_t> twice(at(70'000), at(70'005));
  samples.insert(at(70'005), twice.begin(), twice.end());
  samples.insert(at(100'000), 3'000, std::int16_t{0});
  const auto result = analyse(recording);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->lost_frames, 38U);
  EXPECT_EQ(result->doubled_frames, 3'005U);
  EXPECT_EQ(result->places, 4U);
  EXPECT_NEAR(result->drift_ppm, 0, 1e-9) << "loss is no drift";
}

TEST(Loopback, A_quiet_noisy_and_inverted_signal_is_found) {
  std::mt19937 random(1);
  std::normal_distribution<double> hiss(0, 150);
  Recording recording = recording_of(4'321);
  for (std::int16_t& each : recording.samples) each = sample(-0.1 * each + hiss(random));
  const auto result = analyse(recording);
  ASSERT_TRUE(result);
  EXPECT_NEAR(result->round_trip_frames.p50, 4'321, 0.1);
  EXPECT_NEAR(result->gain, -0.1, 0.005);
  EXPECT_EQ(result->lost_frames + result->doubled_frames, 0U);
}

TEST(Loopback, Silence_and_other_noise_are_not_the_signal) {
  Recording recording = recording_of(0);
  std::fill(recording.samples.begin(), recording.samples.end(), std::int16_t{0});
  EXPECT_FALSE(analyse(recording));
  std::mt19937 random(2);
  for (std::int16_t& each : recording.samples) each = sample(static_cast<double>(random() % 6'000) - 3'000.0);
  EXPECT_FALSE(analyse(recording));
  recording.samples.clear();
  EXPECT_FALSE(analyse(recording));
}

TEST(Loopback, Late_reports_do_not_lengthen_the_round_trip) {
  std::mt19937 random(3);
  Recording recording = recording_of(1'234);
  for (std::size_t i = 0; i < recording.done_ns.size(); ++i) {
    if (random() % 4 == 0) recording.done_ns[i] += 2'000'000;
    if (random() % 4 == 0) recording.recorded_ns[i] += 3'000'000;
  }
  const auto result = analyse(recording);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->round_trip_frames.min, 1'234);
  EXPECT_EQ(result->round_trip_frames.max, 1'234);
}

/// A JACK server that is stopped and continued: neither stream reports anything meanwhile. One of these
/// pauses falls on the end of a piece.
TEST(Loopback, Pieces_near_a_stall_are_in_no_figure) {
  for (std::int64_t stands_ns = 1'480'500'000; stands_ns < 1'525'000'000; stands_ns += 5'000'000) {
    Recording recording = recording_of(1'234);
    for (std::int64_t& time : recording.done_ns) time -= 10 * kBlockNs / 3;
    for (auto* times : {&recording.done_ns, &recording.recorded_ns})
      for (std::int64_t& time : *times) time += time > stands_ns ? 150'000'000 : 0;
    const auto result = analyse(recording);
    ASSERT_TRUE(result);
    EXPECT_FALSE(result->in_step);
    EXPECT_NEAR(result->round_trip_frames.min, 1'234 + 1'600, 2) << stands_ns;
    EXPECT_NEAR(result->round_trip_frames.max, 1'234 + 1'600, 2) << stands_ns;
    EXPECT_GT(result->spoilt_pieces, 0U);
    EXPECT_LT(result->spoilt_pieces, 5U);
  }
}

TEST(Loopback, Nothing_comes_back_before_it_was_played) {
  Recording recording = recording_of(0);
  for (std::int64_t& time : recording.done_ns) time += kBlockNs / 20;
  for (std::int64_t& time : recording.recorded_ns) time -= kBlockNs / 20;
  const auto result = analyse(recording);
  ASSERT_TRUE(result);
  EXPECT_GE(result->round_trip_frames.min, 0);
}

}  // namespace
}  // namespace refwave::loopback
