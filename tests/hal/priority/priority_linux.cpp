// The priority given to another thread: within limits, by rtkit, or not at all.
#include "hal/priority/priority.h"

#include <gmock/gmock.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <future>
#include <thread>

#include "hal/priority/rtkit_linux.h"
#include "tests/support/bus/private_bus.h"
#include "tests/support/processor_waits.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::PrivateBus;
using Rtkit = PrivateBus::Rtkit;
using testing::ElementsAreArray;
using testing::HasSubstr;

struct Got {
  std::array<char, 300> words;
  int policy;
  int priority;
  int nice;
  bool is_limited;  // the process, by RLIMIT_RTTIME
  std::chrono::milliseconds took;
  std::chrono::milliseconds again;   // a second request
  std::chrono::milliseconds waited;  // a thread, meanwhile, for a processor
};

/// Effects: the calling thread, and those that it starts, may no longer choose a priority.
void give_up_the_right_to_priority() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  syscall(SYS_capget, &header, sets.data());
  sets[0].effective &= ~(1U << CAP_SYS_NICE);
  syscall(SYS_capset, &header, sets.data());
}

void ask_here(AudioPriority wish, rlim_t rttime, Got& got) {
  const rlimit none{};
  const rlimit longest{rttime, rttime};
  setrlimit(RLIMIT_RTPRIO, &none);
  setrlimit(RLIMIT_RTTIME, &longest);
  give_up_the_right_to_priority();
  std::promise<pid_t> number;
  std::promise<void> over;
  std::thread sleeper([&] {
    number.set_value(gettid());
    over.get_future().wait();
  });
  const pid_t thread = number.get_future().get();
  test::ProcessorWaits waits;
  const auto begin = std::chrono::steady_clock::now();
  prioritise(thread, wish).copy(got.words.data(), got.words.size() - 1);
  const auto middle = std::chrono::steady_clock::now();
  prioritise(thread, wish);
  got.took = std::chrono::ceil<std::chrono::milliseconds>(middle - begin);
  got.again = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - middle);
  got.waited = waits.longest();
  sched_param parameters{};
  sched_getparam(thread, &parameters);
  rlimit limit{};
  getrlimit(RLIMIT_RTTIME, &limit);
  got.policy = sched_getscheduler(thread) & ~SCHED_RESET_ON_FORK;
  got.priority = parameters.sched_priority;
  got.nice = getpriority(PRIO_PROCESS, static_cast<id_t>(thread));
  got.is_limited = limit.rlim_max != RLIM_INFINITY;
  over.set_value();
  sleeper.join();
}

/// Asks in a child process, because rights and limits do not come back.
Got ask(AudioPriority wish = AudioPriority::realtime, rlim_t rttime = RLIM_INFINITY) {
  void* const shared = mmap(nullptr, sizeof(Got), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto& got = *new (shared) Got{};
  const pid_t child = fork();
  if (child == 0) {
    ask_here(wish, rttime, got);
    _exit(0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  const Got result = got;
  munmap(shared, sizeof(Got));
  return result;
}

class Priority : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs rights, to give them up and to lend them";
  }
};

struct Row {
  Rtkit rtkit;
  AudioPriority wish;
  bool has_limit;  // another device or library of the process may have set it
  const char* words;
  int policy;
  std::vector<const char*> requests;  // that reach rtkit
};

TEST_F(Priority, Is_what_the_wish_the_limit_and_rtkit_allow) {
  using enum AudioPriority;
  constexpr const char* kNice = "nice -11, by rtkit: real time by rtkit would need a limit";
  constexpr const char* kRealtime = "SCHED_RR, priority 12";
  for (const Row& row : {
           Row{Rtkit::grants, ordinary, false, "ordinary priority, as configured", SCHED_OTHER, {}},
           {Rtkit::absent, realtime, false, "and rtkit is not installed", SCHED_OTHER, {}},
           {Rtkit::grants, realtime, false, kNice, SCHED_OTHER, {"nice -11"}},
           {Rtkit::grants, for_clients, true, kNice, SCHED_OTHER, {"nice -11"}},
           {Rtkit::grants, realtime, true, kRealtime, SCHED_RR, {"realtime 12"}},
           {Rtkit::grants, rtkit, false, kRealtime, SCHED_RR, {"realtime 12"}},
           {Rtkit::refuses,
            realtime,
            true,
            "nobody gets anything here",
            SCHED_OTHER,
            {"realtime 12", "nice -11"}},
       }) {
    SCOPED_TRACE(row.words);
    const PrivateBus bus(row.rtkit);
    bus.export_environment();
    const Got got = ask(row.wish, row.has_limit ? PrivateBus::kLongestUs : RLIM_INFINITY);
    EXPECT_THAT(got.words.data(), HasSubstr(row.words));
    EXPECT_EQ(got.policy, row.policy);
    EXPECT_EQ(got.priority, row.policy == SCHED_RR ? PrivateBus::kPriority : 0);
    EXPECT_EQ(got.nice, row.words == kNice ? PrivateBus::kNice : 0);
    EXPECT_EQ(got.is_limited, row.has_limit || row.wish == rtkit);
    std::vector<const char*> twice = row.requests;
    twice.insert(twice.end(), row.requests.begin(), row.requests.end());
    EXPECT_THAT(bus.requests(), ElementsAreArray(twice));
  }
}

TEST_F(Priority, Without_a_bus_is_ordinary) {
  setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus", 1);
  EXPECT_STREQ(ask().words.data(),
               "ordinary priority: SCHED_FIFO is refused, and no system bus, so no rtkit");
}

TEST_F(Priority, Is_waited_for_less_than_a_second_and_then_not_at_all) {
  for (const bool is_frozen : {false, true}) {
    PrivateBus bus(Rtkit::is_silent);
    bus.export_environment();
    if (is_frozen) bus.freeze();
    const Got got = ask();
    EXPECT_STREQ(got.words.data(), "ordinary priority: SCHED_FIFO is refused, and rtkit does not answer");
    const auto is_over_by = [&](std::chrono::milliseconds more) {
      return more >= 0ms && !test::skips_under_load(got.waited, more);
    };
    EXPECT_FALSE(is_over_by(got.took - kRtkitPatience - 500ms)) << got.took.count();
    EXPECT_FALSE(is_over_by(got.again - 100ms)) << got.again.count();
  }
}

}  // namespace
}  // namespace refwave::hal
