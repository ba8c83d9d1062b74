// Several wave devices, each with its own sink: each is heard there, lost alone, and comes back alone.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "tests/contract/harness.h"
#include "tests/contract/servers/loop.h"
#include "tests/support/eventually.h"
#include "tests/support/processor_waits.h"
#include "tests/support/sound_servers.h"

namespace refwave::contract {
namespace {

/// A stream of one of the wave devices, with endless sound.
class Player : public Loop {
 public:
  Player(LoadedDriver& driver, UINT device) : Loop(driver, Direction::output, device) {}
  ~Player() { EXPECT_EQ(end(), ""); }

  std::string device() const { return statistics().szDevice; }
  /// Returns: whether it was lost so often; under load the case is skipped if it was more often.
  bool is_lost(std::uint64_t times) const {
    const std::uint64_t losses = statistics().ullDeviceLosses;
    return losses == times || (losses > times && waits_.skips_over(std::chrono::milliseconds(200)));
  }
  bool goes_on() const {
    return test::eventually([this, before = done()] { return done() > before + 20; });
  }
  bool is_on(const std::string& name) const {
    return test::eventually([&] { return device() == name; });
  }

 private:
  mutable test::ProcessorWaits waits_;
};

template <class Server>
class SeveralDevices : public testing::Test {
 protected:
  SeveralDevices() {
    server.add_other_sink();
    server.export_environment();
  }
  static std::string name(const char* sink) { return std::string(Server::kPrefix) + sink; }

  Server server;
};

TYPED_TEST_SUITE(SeveralDevices, test::TwoServers, test::ServerNames);

TYPED_TEST(SeveralDevices, Are_heard_each_at_its_own_sink_and_again_after_their_server) {
  LoadedDriver driver("output = " + this->name("ref") + " | " + this->name("other"));
  ASSERT_EQ(driver.ask(Direction::output, WODM_GETNUMDEVS), 2U);
  this->server.listen_to("ref");
  const Player second(driver, 1);
  EXPECT_TRUE(second.is_on(this->name("other"))) << driver.warnings();
  EXPECT_TRUE(second.goes_on());
  EXPECT_FALSE(this->server.hears_sound()) << "the wrong sink plays";
  const Player first(driver, 0);
  for (const bool is_again : {false, true}) {
    if (is_again) {
      this->server.kill_server();
      EXPECT_TRUE(first.is_on("clocked") && second.is_on("clocked"));
      this->server.start_server();
      this->server.add_other_sink();
    }
    EXPECT_TRUE(first.is_on(this->name("ref")) && second.is_on(this->name("other"))) << driver.warnings();
    EXPECT_TRUE(first.goes_on() && second.goes_on());
    for (const char* sink : {"ref", "other"}) {
      this->server.listen_to(sink);
      EXPECT_TRUE(test::eventually([&] { return this->server.hears_sound(); })) << sink;
    }
  }
}

/// When a sink is removed, both servers move its streams to the default sink without a word.
TYPED_TEST(SeveralDevices, Whose_sink_goes_and_comes_are_silent_meanwhile_and_disturb_no_other) {
  // On a busy machine a server may be slow to start and run a stream, which is no loss here.
  LoadedDriver driver("start_ms = 10000; latency_ms = 500; linger_ms = 0; output = " + this->name("ref") +
                      " | " + this->name("other"));
  const Player first(driver, 0);
  const auto second = std::make_unique<Player>(driver, 1);
  ASSERT_TRUE(second->is_on(this->name("other"))) << driver.warnings();
  ASSERT_TRUE(second->goes_on());
  this->server.remove_other_sink();
  EXPECT_TRUE(second->is_on("clocked")) << driver.warnings();
  EXPECT_TRUE(second->goes_on());
  EXPECT_EQ(driver.warnings().find("\" is back"), std::string::npos) << driver.warnings();
  this->server.add_other_sink();
  EXPECT_TRUE(second->is_on(this->name("other"))) << driver.warnings();
  this->server.listen_to("other");
  EXPECT_TRUE(test::eventually([&] { return second->goes_on() && this->server.hears_sound(); }));
  EXPECT_TRUE(second->is_on(this->name("other"))) << driver.warnings();
  EXPECT_TRUE(first.goes_on());
  EXPECT_TRUE(first.is_on(this->name("ref")));
  EXPECT_TRUE(first.is_lost(0)) << driver.warnings();
}

/// PortAudio finds a JACK server only when it is initialised, which is impossible while anything plays.
TEST(SeveralDevicesOnTwoServers, Are_lost_and_come_back_alone) {
  test::PrivatePulse pulse;
  test::PrivateJack jack;
  pulse.export_environment();
  setenv("JACK_DEFAULT_SERVER", jack.name().c_str(), 1);
  // On a busy machine a server may be silent for longer than the usual 200 ms, and would be taken for frozen.
  LoadedDriver driver("latency_ms = 1000; output = PulseAudio/ref | JACK/system");
  const Player first(driver, 0);
  const Player second(driver, 1);
  ASSERT_TRUE(second.is_on("JACK/system")) << driver.warnings();
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(test::eventually([&] { return jack.hears_sound(); }));
    jack.kill_server();
    EXPECT_TRUE(second.is_on("clocked"));
    EXPECT_TRUE(second.goes_on());
    jack.start_server();
    EXPECT_TRUE(second.is_on("JACK/system")) << driver.warnings();
    EXPECT_TRUE(test::eventually([&] { return jack.hears_sound(); }));
    EXPECT_TRUE(first.is_on("PulseAudio/ref"));
  }
  EXPECT_TRUE(first.is_lost(0)) << driver.warnings();
  EXPECT_TRUE(second.is_lost(3)) << driver.warnings();
}

}  // namespace
}  // namespace refwave::contract
