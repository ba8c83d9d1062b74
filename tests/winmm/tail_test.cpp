// A program may end as soon as its last block is reported done. That block must be heard.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "tests/support/eventually.h"
#include "tests/support/private_jack.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"
#include "tests/support/processor_waits.h"

namespace refwave::test {
namespace {

constexpr std::size_t kFrames = 9'600;

enum class ServerIs : std::uint8_t { running, stopped_for_a_moment };

/// Expects: the last frames of a program that ends so are heard. `latency`: PULSE_LATENCY_MSEC, or empty.
template <class Server>
void expect_heard(const std::string& end, const std::string& latency = "",
                  ServerIs state = ServerIs::running) {
  Server server;
  ProcessorWaits waits;
  TemporaryFolder folder;
  Environment environment = server.environment();
  environment["REFWAVE_DRIVER"] = "\"" REFWAVE_DRIVER "\" rate=48000";
  if constexpr (std::is_same_v<Server, PrivateJack>) environment["REFWAVE_DRIVER"] += " ; output=JACK/system";
  environment["REFWAVE_CONFIG"] = "";
  if (!latency.empty()) environment["PULSE_LATENCY_MSEC"] = latency;
  std::vector<std::string> command{CLOSE_AND_LEAVE, std::to_string(kFrames), end};
  if (state != ServerIs::running) command.push_back(std::to_string(server.server_number()));
  ChildProcess program(command, environment, folder / "log");
  EXPECT_TRUE(eventually([&] {
    waits.look();
    return !program.running();
  }));
  EXPECT_EQ(program.end(0), 0) << end;
  // A busy machine may insert silence or lose a period; only the end matters.
  constexpr std::size_t kSilence = 24'000;
  std::vector<std::int32_t> heard = server.wait_for_recording(kFrames + kSilence);
  std::erase(heard, 0);
  const std::size_t missing =
      heard.empty() ? kFrames : kFrames - static_cast<std::size_t>(heard.back() >> 16);
  // The driver waits up to a second for a server that is stopped for a moment.
  const std::chrono::milliseconds bearable(state == ServerIs::running ? 100 : 500);
  EXPECT_TRUE(missing == 0 || waits.skips_over(bearable)) << missing << " frames are missing after " << end;
}

struct End : testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(End, Is_heard_to_the_last_frame) {
  const auto [end, latency] = GetParam();
  expect_heard<PrivatePulse>(end, latency);
}

INSTANTIATE_TEST_SUITE_P(OfAProgram, End,
                         testing::Combine(testing::Values("close", "reset_and_close", "reset", "return"),
                                          testing::Values("", "200", "1000")),
                         [](const auto& named) {
                           const std::string latency = std::get<1>(named.param);
                           return std::get<0>(named.param) + ("_at_" + (latency.empty() ? "usual" : latency));
                         });

TEST(EndOfAProgram, Is_heard_to_the_last_frame_though_the_server_gets_no_processor) {
  for (const char* end : {"close", "return"})
    expect_heard<PrivatePulse>(end, "", ServerIs::stopped_for_a_moment);
}

TEST(EndOnOtherServers, Is_heard_to_the_last_frame_on_PipeWire) {
  expect_heard<PrivatePipewire>("reset_and_close");
}

TEST(EndOnOtherServers, Is_heard_to_the_last_frame_on_JACK) { expect_heard<PrivateJack>("reset_and_close"); }

}  // namespace
}  // namespace refwave::test
