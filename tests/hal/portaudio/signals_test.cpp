// The program's signals and the threads that play: PortAudio's, and those of each sound server's library.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/hal/portaudio/on_server.h"
#include "tests/support/eventually.h"
#include "tests/support/sound_servers.h"

namespace refwave::hal {
namespace {

using namespace test;

std::string line_of(const std::filesystem::path& thread, const std::string& name) {
  std::ifstream file(thread / "status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
  return {};
}

/// Returns: the mask, as in /proc, of signals that programs handle.
std::uint64_t handled() {
  std::uint64_t mask = 0;
  for (const int signal : {SIGHUP, SIGINT, SIGUSR1, SIGALRM, SIGTERM, SIGCHLD, SIGPROF, SIGRTMIN, SIGRTMAX})
    mask |= std::uint64_t{1} << (signal - 1);
  return mask;
}

template <class Server>
class PortAudioSignals : public OnServer<Server> {};
TYPED_TEST_SUITE(PortAudioSignals, ThreeServers, ServerNames);

TYPED_TEST(PortAudioSignals, Are_blocked_in_every_thread_that_plays_or_records) {
  const auto before = [] {
    std::vector<std::string> threads;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task"))
      threads.push_back(thread.path());
    return threads;
  }();
  const auto client = std::make_shared<Client>([](const Period&) {});
  for (const Direction direction : {Direction::output, Direction::input}) {
    // A PipeWire that has only sinks has no default input.
    const std::string name = direction == Direction::output ? "" : TypeParam::kInput;
    const auto device = this->start(client, {.direction = direction, .device = name});
    ASSERT_NE(device, nullptr);
    const std::uint32_t heard = client->periods;
    ASSERT_TRUE(eventually([&] { return client->periods > heard; }));
    std::size_t seen = 0;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
      if (std::ranges::find(before, thread.path().string()) != before.end()) continue;
      const std::string blocked = line_of(thread.path(), "SigBlk");
      if (blocked.empty()) continue;  // it has ended
      ++seen;
      EXPECT_EQ(std::stoull(blocked, nullptr, 16) & handled(), handled()) << line_of(thread.path(), "Name");
    }
    EXPECT_GE(seen, 2U) << "PortAudio's own thread, and the audio thread";
  }
}

}  // namespace
}  // namespace refwave::hal
