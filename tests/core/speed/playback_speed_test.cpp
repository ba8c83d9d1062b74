// A stream whose client has changed the playback rate or the pitch.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "driver/core/stream/stream.h"
#include "tests/core/playback_room.h"

namespace refwave::core {
namespace {

using test::PlaybackRoom;

std::uint32_t factor(double times) { return static_cast<std::uint32_t>(std::lround(times * dsp::kUnity)); }

/// As Streams::set_speed().
void set_speed(PlaybackRoom& room, double rate, double pitch) {
  ASSERT_TRUE(test::prepare_speed(room.playback(), factor(rate), factor(pitch), dsp::Quality::medium));
  room.slot.speed = packed_speed(factor(rate), factor(pitch));
}

std::vector<std::int16_t> constant(std::uint32_t frames) {
  return std::vector<std::int16_t>(std::size_t{frames} * 2, 16'384);
}

/// Returns: how many frames of a constant level were heard, by their area.
double heard_frames(const PlaybackRoom& room) {
  double sum = 0;
  for (std::size_t i = 0; i < room.heard.size(); i += 2) sum += static_cast<double>(room.heard[i]);
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
                                         Case{44'100, 1, 0.5}, Case{8'000, 1.3, 0.7}));

TEST_P(Speeds, Play_every_frame_in_the_time_that_the_rate_leaves_and_end_at_the_exact_position) {
  const auto [client_rate, rate, pitch] = GetParam();
  const std::uint32_t frames = client_rate + 17;
  PlaybackRoom room(Done::consumed, client_rate);
  set_speed(room, rate, pitch);
  for (std::uint32_t written = 0; written < frames;) {
    const std::uint32_t size = std::min(frames - written, 997U);
    room.write(constant(size));
    written += size;
  }
  const double length = frames / rate * 48'000 / client_rate;
  std::uint64_t before = 0;
  const auto periods = static_cast<std::uint32_t>(length / 480) + 20;
  for (std::uint32_t period = 1; period <= periods; ++period) {
    room.render(480);
    const double rendered = period * 480.0;
    const std::uint64_t now = room.position();
    ASSERT_GE(now, before) << "runs back";
    const double done_at = static_cast<double>(room.done_count()) * 997;
    ASSERT_LE(static_cast<double>(now), std::max(rendered * rate * client_rate / 48'000 + 2, done_at));
    before = now;
  }
  EXPECT_EQ(room.done_count(), room.written.size());
  EXPECT_EQ(room.position(), frames);
  EXPECT_EQ(room.underruns(), 0U);
  // Segments begin up to 8 ms away from their time.
  EXPECT_NEAR(heard_frames(room), length, pitch == 1 ? 5 : 600);
  for (auto i = static_cast<std::size_t>(length) + 2'000; i < room.heard.size() / 2; ++i)
    ASSERT_EQ(room.heard[i * 2], 0.0F) << i;
}

TEST_P(Speeds, Finish_a_block_when_as_much_has_been_rendered_or_a_little_before) {
  const auto [client_rate, rate, pitch] = GetParam();
  PlaybackRoom room(Done::consumed, client_rate);
  set_speed(room, rate, pitch);
  for (int i = 0; i < 20; ++i) room.write(constant(client_rate / 10));
  double rendered = 0;
  std::size_t done = 0;
  while (done < 20) {
    room.render(96);
    rendered += 96;
    ASSERT_LT(rendered, 480'000);
    for (; done < room.done_count(); ++done) {
      const double due = static_cast<double>(done + 1) * 4'800 / rate;
      ASSERT_LE(rendered, due + 96 + 2) << "late";
      ASSERT_GE(rendered, due - 4'000 / rate) << "filters and segments look some milliseconds ahead";
    }
  }
}

/// Without a pitch: a segment takes its frames at once.
class Rates : public testing::TestWithParam<std::pair<std::uint32_t, double>> {};
INSTANTIATE_TEST_SUITE_P(Playback, Rates,
                         testing::Values(std::pair{48'000U, 2.0}, std::pair{48'000U, 0.25},
                                         std::pair{44'100U, 4.0}, std::pair{8'000U, 0.5}));

TEST_P(Rates, Foresee_the_end_of_a_block) {
  const auto [client_rate, rate] = GetParam();
  PlaybackRoom room(Done::consumed, client_rate);
  set_speed(room, rate, 1);
  room.write(constant(client_rate));
  room.write(constant(client_rate));
  for (int i = 0; i < 20; ++i) room.render(48);
  const std::uint32_t foreseen = room.frames_to_done();
  std::uint32_t needed = 0;
  while (room.done_count() == 0) {
    room.render(16);
    needed += 16;
    ASSERT_LT(needed, 480'000U);
  }
  EXPECT_NEAR(foreseen, needed, 48);
}

TEST_P(Speeds, Count_blocks_that_must_be_heard_on_the_devices_line) {
  const auto [client_rate, rate, pitch] = GetParam();
  constexpr std::uint32_t kLatency = 4'800;
  PlaybackRoom room(Done::played, client_rate);
  set_speed(room, rate, pitch);
  room.write(constant(client_rate / 10));
  room.write(constant(client_rate / 10));
  const double due = kLatency + 4'800 / rate;  // when the first is heard
  double rendered = 0;
  while (room.done_count() == 0) {
    room.render(48, kLatency);
    rendered += 48;
    ASSERT_LT(rendered, 480'000);
  }
  EXPECT_NEAR(rendered, due, 200);
  for (int i = 0; i < 500; ++i) room.render(480, kLatency);
  EXPECT_EQ(room.done_count(), 2U);
  EXPECT_EQ(room.position(), client_rate / 10 * 2);
}

TEST(PlaybackHalf, Set_to_unity_again_plays_bit_for_bit) {
  PlaybackRoom room;
  room.write_frames(30'000);
  room.render(1'000);
  set_speed(room, 2, 0.7);
  for (int i = 0; i < 10; ++i) room.render(480);
  set_speed(room, 1, 1);
  for (int i = 0; i < 8; ++i) room.render(480);
  room.heard.clear();
  const std::uint64_t position = room.position();
  room.render(1'000);
  const std::vector<int> heard = room.heard_samples();
  for (std::size_t i = 0; i < heard.size(); ++i) {
    const auto expected = static_cast<std::int16_t>(2 * position + i + 1);
    ASSERT_EQ(heard[i], expected) << i;
  }
}

TEST(PlaybackHalf, Asked_for_another_rate_and_back_before_a_period_changes_nothing) {
  PlaybackRoom plain;
  PlaybackRoom asked;
  for (PlaybackRoom* room : {&plain, &asked}) {
    room->write_frames(5'000);
    room->write_frames(3'000);
    room->render(777);
  }
  set_speed(asked, 3, 0.5);
  set_speed(asked, 1, 1);
  for (int i = 0; i < 15; ++i) {
    plain.render(480);
    asked.render(480);
    ASSERT_EQ(plain.position(), asked.position());
    ASSERT_EQ(plain.done_count(), asked.done_count());
  }
  EXPECT_TRUE(plain.heard == asked.heard);
}

/// A change while a tone plays: nothing steps.
TEST(PlaybackHalf, Changes_rate_and_pitch_of_a_tone_without_a_step) {
  for (const std::uint32_t client_rate : {48'000U, 44'100U}) {
    PlaybackRoom room(Done::consumed, client_rate);
    std::vector<std::int16_t> tone(std::size_t{client_rate} * 2 * 12);
    for (std::size_t frame = 0; frame < tone.size() / 2; ++frame) {
      const double angle = 2 * std::numbers::pi * 1'000 * static_cast<double>(frame) / client_rate;
      tone[frame * 2] = tone[frame * 2 + 1] =
          static_cast<std::int16_t>(std::lround(16'384 * std::sin(angle)));
    }
    room.write(tone);
    for (int i = 0; i < 20; ++i) room.render(480);
    for (const auto& [rate, pitch] :
         {std::pair{2.0, 1.0}, {0.5, 1.0}, {1.0, 2.0}, {1.0, 0.5}, {1.0, 1.0}, {2.0, 0.5}, {0.5, 2.0}}) {
      set_speed(room, rate, pitch);
      for (int i = 0; i < 50; ++i) room.render(480);
    }
    const double most = std::sin(std::numbers::pi * 2'000 / 48'000) + 1.0 / 16'384;
    float before = 0;
    for (std::size_t i = 0; i < room.heard.size(); i += 2) {
      ASSERT_LE(std::abs(room.heard[i] - before), most * 1.01) << i / 2;
      before = room.heard[i];
    }
    EXPECT_EQ(room.underruns(), 0U);
  }
}

TEST(PlaybackHalf, Plays_a_loop_as_often_at_another_rate) {
  PlaybackRoom room;
  set_speed(room, 2, 1);
  room.write(constant(1'000), {.begins = true, .passes = 5});
  room.write(constant(1'000), {.ends = true, .passes = 5});
  room.render(480);
  set_speed(room, 0.5, 1);
  for (int i = 0; i < 60; ++i) room.render(480);
  EXPECT_EQ(room.done_count(), 2U);
  EXPECT_EQ(room.position(), 10'000U);
}

TEST(PlaybackHalf, Keeps_what_it_holds_through_a_pause) {
  PlaybackRoom room;
  set_speed(room, 2, 2);
  room.write(constant(9'600));
  room.render(480);
  room.slot.running = false;
  const std::uint64_t position = room.position();
  for (int i = 0; i < 5; ++i) room.render(480);
  EXPECT_EQ(room.position(), position);
  room.slot.running = true;
  for (int i = 0; i < 40; ++i) room.render(480);
  EXPECT_EQ(room.position(), 9'600U);
  EXPECT_NEAR(heard_frames(room), 4'800, 600);
}

TEST(PlaybackHalf, Plays_nothing_of_before_a_reset_and_keeps_its_rate) {
  PlaybackRoom room;
  set_speed(room, 2, 0.5);
  room.write(constant(9'600));
  room.render(480);
  room.reset();
  room.heard.clear();
  for (int i = 0; i < 5; ++i) room.render(480);
  for (const float sample : room.heard) ASSERT_EQ(sample, 0.0F);
  EXPECT_EQ(room.position(), 0U);
  room.write(constant(9'600));
  for (int i = 0; i < 40; ++i) room.render(480);
  EXPECT_NEAR(heard_frames(room), 4'800, 600) << "still at twice the rate";
  EXPECT_EQ(room.position(), 9'600U);
}

TEST(PlaybackHalf, Goes_on_at_its_rate_on_another_device) {
  PlaybackRoom room;
  set_speed(room, 2, 1);
  room.write(constant(48'000));
  for (int i = 0; i < 10; ++i) room.render(480);
  const std::uint64_t before = room.position();
  room.playback().exchange_pipeline(Pipeline::make(
      test::kStereo16, {.type = dsp::SampleType::f32, .channels = 2, .rate = 44'100}, dsp::Quality::fastest));
  EXPECT_EQ(room.render(0), 0U);
  EXPECT_GE(room.position(), before);
  room.heard.clear();
  for (int i = 0; i < 100; ++i) room.render(441);
  EXPECT_EQ(room.done_count(), 1U);
  EXPECT_EQ(room.position(), 48'000U);
  EXPECT_NEAR(heard_frames(room), (48'000.0 - static_cast<double>(before)) / 2 * 44'100 / 48'000, 60);
}

TEST(PlaybackHalf, Gives_a_client_with_little_queued_no_gap_when_the_pitch_changes) {
  PlaybackRoom room;
  std::size_t seen = 0;
  const auto keep_two = [&] {
    for (; seen < room.done_count() + 2; ++seen) room.write(constant(480));
  };
  keep_two();
  for (int i = 0; i < 400; ++i) {
    if (i == 100) set_speed(room, 1, 2);
    if (i == 200) set_speed(room, 1, 1);
    if (i == 300) set_speed(room, 2, 1);
    room.render(120);
    keep_two();
  }
  EXPECT_EQ(room.underruns(), 0U);
  for (std::size_t i = 0; i < room.heard.size(); ++i) ASSERT_NEAR(room.heard[i], 0.5F, 1e-3F) << i / 2;
}

}  // namespace
}  // namespace refwave::core
