// The example of a wave driver that is heard, beside a private PulseAudio.
#include <random>
#include <vector>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/private_pulse.h"
#include "tests/support/recording.h"

namespace refwave::test {
namespace {

using Example = WithFolder;

TEST_F(Example, An_audible_driver_is_heard_bit_for_bit) {
  PrivatePulse pulse;
  pulse.export_environment();
  constexpr std::size_t kFrames = 20'000;
  std::vector<std::int32_t> sent(2 * kFrames);
  std::minstd_rand random;
  // 24 bits, and no silence.
  for (std::int32_t& sample : sent) sample = static_cast<std::int32_t>(random() | 0x100U) & ~0xFF;
  const std::string file = path("noise.wav");
  test::write_wav(file, sent, PrivatePulse::kRate);
  const Outcome outcome = run_refwave({"play", "--driver", REFWAVE_AUDIBLE_DRIVER, file});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const Arrival arrival = compare(sent, pulse.wait_for_recording(kFrames));
  EXPECT_EQ(arrival.same, kFrames) << arrival;
  EXPECT_EQ(arrival.other, 0U) << arrival;
}

}  // namespace
}  // namespace refwave::test
