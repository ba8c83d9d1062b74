// Playback rate and pitch: what they do to a tone, its length and its samples.
#include "dsp/speed/speed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "tests/dsp/sine.h"

namespace refwave::dsp {
namespace {

/// Returns: `in` as a stream plays it, a period at a time, followed by silence until its last frame is out.
std::vector<float> played(Speed& speed, const std::vector<float>& in, std::size_t period = 128) {
  std::vector<float> out;
  std::vector<float> block(period);
  const std::vector<float> silence(256);
  double silent = 0;
  std::size_t used = 0;
  while (used < in.size() || speed.delay_frames() > silent) {
    const bool is_over = used == in.size();
    const float* from = is_over ? silence.data() : in.data() + used;
    const std::size_t most = is_over ? silence.size() : in.size() - used;
    const auto step = speed.process(
        from, std::min(most, std::clamp<std::size_t>(speed.missing(period), 1, 256)), block.data(), period);
    if (is_over) {
      silent += static_cast<double>(step.in_used);
    } else {
      used += step.in_used;
    }
    out.insert(out.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(step.out_made));
  }
  return out;
}

/// Returns: a tone's frequency, between its first and last upward zero crossings.
double frequency_of(const std::vector<float>& signal, double rate, std::size_t begin, std::size_t end) {
  double first = -1;
  double last = 0;
  int waves = -1;
  for (std::size_t i = begin + 1; i < end; ++i) {
    if (signal[i - 1] >= 0 || signal[i] < 0) continue;
    const double rise = static_cast<double>(signal[i]) - static_cast<double>(signal[i - 1]);
    last = static_cast<double>(i - 1) - static_cast<double>(signal[i - 1]) / rise;
    if (first < 0) first = last;
    ++waves;
  }
  return waves * rate / (last - first);
}

double step_of_sine(double hz, double rate) {
  return 2 * kAmplitude * std::sin(std::numbers::pi * hz / rate);
}

struct Tone {
  std::uint32_t sample_rate;
  double rate;
  double pitch;
};

class Tones : public testing::TestWithParam<Tone> {};
INSTANTIATE_TEST_SUITE_P(Speed, Tones,
                         testing::Values(Tone{48'000, 2, 1}, Tone{48'000, 0.5, 1}, Tone{44'100, 2, 1},
                                         Tone{44'100, 0.5, 1}, Tone{48'000, 1, 2}, Tone{48'000, 1, 0.5},
                                         Tone{44'100, 1, 2}, Tone{44'100, 1, 0.5}, Tone{8'000, 1, 2},
                                         Tone{8'000, 1, 0.5}, Tone{96'000, 1, 2}, Tone{44'100, 1, 1.03},
                                         Tone{44'100, 1, 0.97}, Tone{48'000, 4, 1}, Tone{48'000, 0.25, 1},
                                         Tone{48'000, 1, 4}, Tone{48'000, 1, 0.25}, Tone{44'100, 0.5, 2},
                                         Tone{44'100, 2, 0.5}, Tone{44'100, 3, 1.7}, Tone{11'025, 1.25, 0.8},
                                         Tone{11'025, 1, 0.5}));

TEST_P(Tones, Of_a_kilohertz_have_their_frequency_and_length_within_a_thousandth) {
  const auto [sample_rate, rate, pitch] = GetParam();
  const std::size_t frames = std::size_t{sample_rate} * 10;
  const auto speed = speed_at(sample_rate, rate, pitch);
  const auto out = played(*speed, sine(1'000, sample_rate, frames), 32);
  const double length = static_cast<double>(frames) / rate;
  EXPECT_NEAR(static_cast<double>(out.size()), length, length / 1000);
  const auto is_loud = [](float sample) { return std::abs(sample) > kAmplitude / 2; };
  const auto first = std::find_if(out.begin(), out.end(), is_loud);
  const auto last = std::find_if(out.rbegin(), out.rend(), is_loud).base();
  EXPECT_NEAR(static_cast<double>(last - first), length, length / 1000) << "heard";
  const auto length_frames = static_cast<std::size_t>(length);
  const double hz = 1'000 * rate * pitch;
  EXPECT_NEAR(frequency_of(out, sample_rate, length_frames / 20, length_frames * 19 / 20), hz, hz / 1000);
  const std::vector<float> middle(out.begin() + static_cast<std::ptrdiff_t>(length_frames / 20),
                                  out.begin() + static_cast<std::ptrdiff_t>(length_frames * 19 / 20));
  EXPECT_LE(greatest_step(middle), step_of_sine(hz, sample_rate) * 1.001) << "no step";
}

TEST(Speed, A_tone_of_any_pitch_within_an_octave_has_its_exact_frequency_and_55_dB_less_of_anything_else) {
  std::mt19937 random(22);
  const auto from_to = [&](double from, double to) {
    return from * std::pow(to / from, std::uniform_real_distribution<double>(0, 1)(random));
  };
  for (int i = 0; i < 30; ++i) {
    constexpr std::uint32_t kRates[] = {8'000, 11'025, 22'050, 44'100, 48'000, 96'000};
    const std::uint32_t rate = kRates[random() % std::size(kRates)];
    const double pitch = from_to(0.5, 2);
    const double hz = from_to(80, 0.4 * rate / std::max(pitch, 1.0));
    const auto in = sine(hz, rate, std::size_t{rate} * 2);
    std::vector<float> out(in.size());
    out.resize(speed_at(rate, 1, pitch)->process(in.data(), in.size(), out.data(), out.size()).out_made);
    const double exact_hz = hz * static_cast<double>(factor(pitch)) / kUnity;
    EXPECT_LT(nearest_sine(out, rate * 2 / 5, out.size(), exact_hz, rate).residual_db, -55)
        << rate << " Hz, a tone of " << hz << " Hz, pitch " << pitch;
  }
}

// --- a ratio that changes ---

double any_ratio(std::mt19937& random) {
  return 0.25 * std::exp2(std::uniform_real_distribution<double>(0, 4)(random));
}

double power_db(const std::vector<float>& signal) {
  double sum = 0;
  for (const float sample : signal) sum += double{sample} * double{sample};
  return 10 * std::log10(sum / static_cast<double>(signal.size()) / (kAmplitude * kAmplitude / 2) + 1e-30);
}

/// Feeds a tone to a Varispeed and takes one frame at a time, so that the ideal value of each frame is known.
class Glider {
 public:
  Glider(double hz, Quality quality) : hz_(hz), varispeed_(Varispeed::make(1, quality)) { set(1); }
  void set(double ratio) {
    const auto exact = static_cast<Ratio>(std::llround(ratio * 4'294'967'296.0));
    EXPECT_TRUE(varispeed_->prepare(exact));
    varispeed_->set_ratio(exact);
  }
  void begin_inside() { varispeed_->begin_inside(); }
  void take(std::size_t frames) {
    for (std::size_t i = 0; i < frames; ++i) {
      const double place = static_cast<double>(fed_) - varispeed_->delay_frames();
      float made = 0;
      for (Step step; step.out_made == 0; fed_ += step.in_used) {
        const float next = sine_at(hz_, 48'000, static_cast<double>(fed_));
        step = varispeed_->process(&next, 1, &made, 1);
      }
      out.push_back(made);
      ideal.push_back(sine_at(hz_, 48'000, place));
    }
  }
  double error_db() const {
    std::vector<float> error = out;
    for (std::size_t i = 0; i < error.size(); ++i) error[i] -= ideal[i];
    return power_db(error);
  }
  std::vector<float> out;
  std::vector<float> ideal;

 private:
  const double hz_;
  const std::unique_ptr<Varispeed> varispeed_;
  std::size_t fed_ = 0;
};

class Gliding : public testing::TestWithParam<Quality> {};
INSTANTIATE_TEST_SUITE_P(Speed, Gliding, testing::Values(Quality::fastest, Quality::medium, Quality::best));

TEST_P(Gliding, Through_many_ratios_inside_a_stream_too_leaves_nothing_but_the_tone) {
  for (const double hz : {997.0, 4'100.0}) {
    Glider glider(hz, GetParam());
    glider.take(3'000);
    if (hz > 1'000) glider.begin_inside();
    std::mt19937 random(3);
    for (int change = 0; change < 60; ++change) {
      glider.set(any_ratio(random));
      glider.take(random() % 2'000);
    }
    RecordProperty("residual_db", std::to_string(glider.error_db()));
    EXPECT_LT(glider.error_db(), -100) << hz;
    EXPECT_LE(greatest_step(glider.out), step_of_sine(4 * hz, 48'000) * 1.001) << hz;
  }
}

TEST_P(Gliding, Back_to_one_lands_without_a_step) {
  for (const double ratio : {0.3, 0.77, 1.9, 3.1}) {
    Glider glider(4'100, GetParam());
    glider.take(3'000);
    glider.set(ratio);
    glider.take(3'001);
    glider.set(1);
    glider.take(Varispeed::kGlideRuns * Varispeed::kGlideRunFrames);
    const auto glided = static_cast<std::ptrdiff_t>(glider.out.size());
    glider.take(3'000);
    const std::vector<float> after(glider.out.begin() + glided, glider.out.end());
    // Until it lands, the ratio is slightly above one.
    EXPECT_LE(greatest_step(after), step_of_sine(4'100 * 1.004, 48'000) * 1.0001) << ratio;
  }
}

TEST_P(Gliding, Lets_nothing_through_that_would_be_mirrored) {
  Glider glider(15'000, GetParam());
  glider.take(3'000);
  glider.set(4);
  glider.take(2 * Varispeed::kFadeFrames + 16 * Varispeed::kGatherFrames);
  const std::size_t begin = glider.out.size();
  glider.take(3'000);
  glider.set(2);
  glider.take(3'000);
  glider.set(3.3);
  glider.take(3'000);
  const std::vector<float> rest(glider.out.begin() + static_cast<std::ptrdiff_t>(begin), glider.out.end());
  EXPECT_LT(power_db(rest), -100);
}

class Anything : public testing::TestWithParam<std::uint16_t> {};
INSTANTIATE_TEST_SUITE_P(Speed, Anything, testing::Values(1, 2, 8), testing::PrintToStringParamName());

/// Returns: noise and silence in turn.
std::vector<float> any_sound(std::mt19937& random, std::size_t frames, std::uint16_t channels) {
  std::vector<float> in(frames * channels);
  for (std::size_t i = 0; i < in.size(); ++i)
    if (i / channels / 3'000 % 2 == 0) in[i] = std::uniform_real_distribution<float>(-1, 1)(random);
  return in;
}

TEST_P(Anything, At_any_speeds_stays_finite_and_is_counted) {
  const std::uint16_t channels = GetParam();
  const auto seed = static_cast<std::uint32_t>(GTEST_FLAG_GET(random_seed));
  SCOPED_TRACE("again: GTEST_RANDOM_SEED=" + std::to_string(seed));
  std::mt19937 random(11 + seed);
  const auto in = any_sound(random, 60'000, channels);
  std::vector<float> out(std::size_t{700} * channels);
  auto speed = Speed::make(channels, 44'100, Quality::fastest);
  for (int round = 0; round < 300; ++round) {
    const Factor rate = factor(any_ratio(random));
    const Factor pitch = round % 3 == 0 ? kUnity : factor(any_ratio(random));
    ASSERT_TRUE(speed->prepare(rate, pitch));
    speed->set(rate, pitch);
    if (round % 50 == 49) speed->reset();
    for (std::size_t used = 0; used < 3'000;) {
      const std::size_t room = 1 + random() % 700;
      const std::size_t offered = random() % 400;
      const auto step =
          speed->process(in.data() + (used + random() % 50'000) * channels, offered, out.data(), room);
      ASSERT_LE(step.out_made, room);
      ASSERT_LE(step.in_used, offered);
      ASSERT_TRUE(step.out_made == room || step.in_used == offered);
      used += step.in_used + 1;
      for (std::size_t i = 0; i < step.out_made * channels; ++i) {
        ASSERT_TRUE(std::isfinite(out[i]));
        ASSERT_LT(std::abs(out[i]), 8.0F);
      }
      ASSERT_GE(speed->delay_frames(), -1.0);
      ASSERT_LT(speed->delay_frames(), 30'000.0);
    }
  }
}

TEST(Speed, The_size_of_the_calls_changes_no_bit_and_a_reset_begins_again) {
  const auto in = sine(440, 44'100, 44'100);
  const auto speed = speed_at(44'100, 1.3, 0.7);
  const auto at = [&](std::size_t period) {
    auto out = played(*speed, in, period);
    out.resize(30'000);
    speed->reset();
    EXPECT_EQ(speed->delay_frames(), 0);
    return out;
  };
  const auto whole = at(4'096);
  EXPECT_TRUE(at(1) == whole);
  EXPECT_TRUE(at(61) == whole);
}

}  // namespace
}  // namespace refwave::dsp
