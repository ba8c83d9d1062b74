// A driver in a forked child, which has none of the driver's threads.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/control/driver.h"
#include "tests/stream/assembled_driver.h"

namespace refwave::control {
namespace {

TEST(ForkedDriver, Ends_though_its_threads_are_not_there) {
  test::Client client;
  Driver driver;
  driver.configure("output = clocked; clock = 1; rate = 48000");
  ASSERT_EQ(open(driver, client), Error::none);
  write(driver, client);
  ASSERT_TRUE(test::eventually([&] { return client.all_done(); }));

  constexpr unsigned kSecondsOfADeadlock = 10;
  // In the moment of a fork a thread may hold a lock, but not of each of three.
  int ended = 0;
  for (int i = 0; i < 3 && ended == 0; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(kSecondsOfADeadlock);
      driver.end();
      _exit(0);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ended += WIFEXITED(status) ? 1 : 0;
  }
  EXPECT_GT(ended, 0);
  EXPECT_TRUE(driver.end());
}

}  // namespace
}  // namespace refwave::control
