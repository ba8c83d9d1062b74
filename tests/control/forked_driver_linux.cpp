// A driver in a forked child, where none of its threads is: whatever it waits for does not come.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/control/driver.h"
#include "hal/system/clock.h"
#include "tests/stream/room.h"

namespace refwave::control {
namespace {

TEST(ForkedDriver, Ends_in_less_than_two_patiences_for_all_its_threads) {
  constexpr std::int64_t kTwoPatiencesNs = 4'000'000'000;
  test::Client client;
  Driver driver;
  driver.configure("output = clocked; clock = 1; rate = 48000");
  ASSERT_EQ(driver.open(0, hal::Direction::output, test::kStereo16, client.callback(), client.handle),
            Error::none);
  driver.streams().write(client.handle, hal::Direction::output, client.make(480).header);
  ASSERT_TRUE(test::eventually([&] { return client.all_done(); }));

  constexpr unsigned kSecondsOfADeadlock = 20;
  const pid_t child = fork();
  if (child == 0) {
    alarm(kSecondsOfADeadlock);
    const std::int64_t begun_ns = hal::monotonic_now_ns();
    driver.end();
    _exit(hal::monotonic_now_ns() - begun_ns < kTwoPatiencesNs ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "a deadlock; or a thread held a lock in the moment of the fork";
  EXPECT_EQ(WEXITSTATUS(status), 0) << "it took longer";
  EXPECT_TRUE(driver.end());
}

}  // namespace
}  // namespace refwave::control
