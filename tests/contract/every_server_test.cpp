// The sound servers as people have them. On each, one stream and then eight play to their end: no device is
// lost, and no block is cut or left out.
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "tests/contract/harness.h"
#include "tests/support/eventually.h"
#include "tests/support/private_jack.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"

namespace refwave::contract {
namespace {

using namespace std::chrono_literals;
using test::PrivatePulse;

/// One server.
struct Row {
  const char* name;
  std::function<std::shared_ptr<void>()> start;  // this process then finds it
  const char* device = "default";
};
void PrintTo(const Row& row, std::ostream* stream) { *stream << row.name; }

template <class Server, class... Arguments>
std::function<std::shared_ptr<void>()> starting(Arguments... arguments) {
  return [=] {
    auto server = std::make_shared<Server>(arguments...);
    server->export_environment();
    return std::shared_ptr<void>(std::move(server));
  };
}

/// A client that has queued 1.5 s.
struct Played {
  explicit Played(LoadedDriver& driver) : stream(driver, Direction::output, diary) {
    constexpr std::size_t kBlockBytes = 2'205 * kFrameBytes;
    for (int i = 0; i < 30; ++i) fill(blocks.emplace_back(kBlockBytes), std::vector<char>(kBlockBytes, 0x11));
    stream.queue(blocks);
    bytes = static_cast<DWORD>(blocks.size() * kBlockBytes);
  }
  bool all_done() const { return diary.done().size() == blocks.size(); }

  Diary diary;
  Blocks blocks;
  Stream stream;
  DWORD bytes = 0;
};

class EveryServer : public testing::TestWithParam<Row> {};

TEST_P(EveryServer, Plays_one_stream_and_then_eight_to_their_end_without_a_loss) {
  const auto server = GetParam().start();
  LoadedDriver driver(std::string("channels=2; device=") + GetParam().device);
  for (const std::size_t streams : {1U, 8U}) {
    std::deque<Played> clients;
    while (clients.size() < streams) clients.emplace_back(driver);
    for (Played& client : clients) {
      EXPECT_TRUE(test::eventually([&] { return client.all_done(); }, 30s)) << driver.warnings();
      expect_done_once_in_order(client.diary, client.blocks);
      EXPECT_EQ(client.stream.position(TIME_BYTES), client.bytes);
      EXPECT_EQ(statistics_of(client.stream).ullDeviceLosses, 0U) << streams << ": " << driver.warnings();
      EXPECT_STRNE(statistics_of(client.stream).szDevice, "clocked");
      EXPECT_EQ(client.stream.close(), MMSYSERR_NOERROR);
    }
  }
}

using Sink = PrivatePulse::Sink;
INSTANTIATE_TEST_SUITE_P(
    , EveryServer,
    testing::Values(Row{"PulseAudios_dummy_output", starting<PrivatePulse>(48'000U, Sink::dummy_output)},
                    Row{"PulseAudios_null_sink", starting<PrivatePulse>(48'000U, Sink::bare)},
                    Row{"PulseAudios_null_sink_at_96000", starting<PrivatePulse>(96'000U, Sink::resting)},
                    Row{"PulseAudios_null_sink_by_name", starting<PrivatePulse>(48'000U, Sink::resting),
                        "PulseAudio/ref"},
                    Row{"PipeWire", starting<test::PrivatePipewire>()},
                    Row{"PipeWire_at_44100_by_name", starting<test::PrivatePipewire>(44'100U),
                        "PipeWire/ref"},
                    Row{"JACK", starting<test::PrivateJack>()}),
    [](const testing::TestParamInfo<Row>& row) { return row.param.name; });

}  // namespace
}  // namespace refwave::contract
