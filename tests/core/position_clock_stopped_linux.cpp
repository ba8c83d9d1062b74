// An audio thread that stops in the middle of publish(): a child process, stopped by a signal.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <new>

#include "driver/core/handover/position_clock.h"
#include "tests/support/eventually.h"

namespace refwave::core {
namespace {

[[noreturn]] void publish_for_ever(PositionClock& clock) {
  for (std::uint64_t i = 0;; ++i) clock.publish({.begin = i, .end = i + 1});
}

TEST(PositionClock, A_reader_does_not_wait_for_a_publisher_that_has_stopped) {
  void* shared =
      mmap(nullptr, sizeof(PositionClock), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto& clock = *new (shared) PositionClock;
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) publish_for_ever(clock);

  std::uint64_t before = 0;
  bool answered = true;
  for (int round = 0; round < 25 && answered; ++round) {  // a third of them stop it inside publish()
    kill(child, SIGSTOP);
    waitpid(child, nullptr, WUNTRACED);
    auto answer = std::async(std::launch::async, [&] { return clock.read(0); });
    answered = answer.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
    kill(child, SIGCONT);
    const std::uint64_t now = answer.get();
    EXPECT_GE(now, before);
    before = now;
    EXPECT_TRUE(test::eventually([&] { return clock.read(0) > before + 100'000; }))
        << "the child does not run";
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  munmap(shared, sizeof(PositionClock));
  EXPECT_TRUE(answered);
}

}  // namespace
}  // namespace refwave::core
