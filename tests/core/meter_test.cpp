// Levels, which are measured on request, and denormals.
#include "driver/core/stream/meter.h"

#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "driver/core/stream/stream.h"
#include "dsp/denormals.h"
#include "tests/core/output_stream.h"

namespace refwave::core {
namespace {

constexpr std::uint32_t kRate = 48'000;
constexpr std::uint32_t kWindow = kRate / 10;

struct FloatOutput : test::OutputStream {
  explicit FloatOutput(std::uint32_t rate = kRate)
      : OutputStream(Done::consumed, rate, dsp::SampleType::f32) {}
  Meter& meter() { return playback().meter(); }
};

/// Returns: stereo samples; every fourth is ±`peak`, the others zero.
std::vector<float> quarters(std::uint32_t frames, float peak) {
  std::vector<float> samples(std::size_t{frames} * 2);
  for (std::size_t i = 0; i < samples.size(); i += 4) samples[i] = i % 8 == 0 ? peak : -peak;
  return samples;
}

TEST(Meter, Two_seconds_after_the_last_question_nothing_is_measured_and_no_old_level_is_left) {
  FloatOutput output;
  output.write(quarters(30 * kWindow, 0.5F));
  output.meter().ask();
  for (int window = 0; window < 19; ++window) output.render(kWindow);
  EXPECT_TRUE(output.meter().is_asked());
  output.render(kWindow);
  EXPECT_FALSE(output.meter().is_asked());
  output.render(kWindow);
  EXPECT_EQ(output.meter().ask().peak, 0);
  output.render(kWindow);
  EXPECT_EQ(output.meter().ask().peak, 0.5F);
}

/// A denormal costs a processor a hundred times as long, so a filter must never meet one.
TEST(Meter, Denormals_of_a_client_are_silent_where_the_audio_thread_runs) {
  for (const std::uint32_t rate : {kRate, 44'100U}) {
    FloatOutput output(rate);
    output.write(std::vector<float>(960, 1e-40F));
    const dsp::FlushDenormals flush;
    for (int period = 0; period < 3; ++period) output.render(160);
    for (const float sample : output.heard)
      ASSERT_EQ(std::bit_cast<std::uint32_t>(sample) & 0x7FFF'FFFFU, 0U) << rate;
    EXPECT_EQ(output.slot.counters.silenced, 0U);
  }
}

}  // namespace
}  // namespace refwave::core
