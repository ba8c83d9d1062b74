// The priority given to another thread: within limits, by rtkit, or not at all.
#include "hal/priority/priority.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/resource.h>

#include <chrono>
#include <future>
#include <sstream>
#include <thread>

#include "hal/priority/rtkit_linux.h"
#include "tests/hal/priority/in_child.h"
#include "tests/support/bus/private_bus.h"
#include "tests/support/processor_waits.h"

namespace refwave::hal {
namespace {

using namespace std::chrono_literals;
using test::PrivateBus;
using Rtkit = PrivateBus::Rtkit;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Given {
  bool has_rights = false;
  rlim_t rtprio = 0;
  rlim_t rttime = RLIM_INFINITY;
};

struct Got {
  std::string words;
  int policy = -1;
  int priority = -1;
  int nice = 0;
  bool is_limited = false;  // the process, by RLIMIT_RTTIME
  long long took_ms = 0;
  long long again_ms = 0;               // a second request
  long long waited_ms = 0;              // a thread, meanwhile, for a processor
  std::vector<std::string> requests{};  // that reach rtkit
};

void set_limit(int resource, rlim_t value) {
  const rlimit limit{value, value};
  setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

std::string ask_here(const Given& given, AudioPriority wish) {
  set_limit(RLIMIT_RTPRIO, given.rtprio);
  set_limit(RLIMIT_RTTIME, given.rttime);
  if (!given.has_rights) test::give_up_the_right_to_priority();
  std::promise<pid_t> number;
  std::promise<void> over;
  std::thread sleeper([&] {
    number.set_value(gettid());
    over.get_future().wait();
  });
  const pid_t thread = number.get_future().get();
  std::string words;
  test::ProcessorWaits waits;
  const auto duration_of = [](const auto& act) {
    const auto begin = std::chrono::steady_clock::now();
    act();
    return (std::chrono::steady_clock::now() - begin) / 1ms;
  };
  const auto first_ms = duration_of([&] { words = prioritise(thread, wish); });
  sched_param parameters{};
  sched_getparam(thread, &parameters);
  rlimit limit{};
  getrlimit(RLIMIT_RTTIME, &limit);
  std::ostringstream text;
  text << (sched_getscheduler(thread) & ~SCHED_RESET_ON_FORK) << ' ' << parameters.sched_priority << ' '
       << getpriority(PRIO_PROCESS, static_cast<id_t>(thread)) << ' ' << (limit.rlim_max != RLIM_INFINITY)
       << ' ' << first_ms;
  const auto again_ms = duration_of([&] { prioritise(thread, wish); });
  text << ' ' << again_ms << ' ' << waits.longest().count() << ' ' << words;
  over.set_value();
  sleeper.join();
  return text.str();
}

Got ask(const Given& given, AudioPriority wish = AudioPriority::realtime) {
  std::istringstream text(test::in_child([&] { return ask_here(given, wish); }));
  Got got;
  text >> got.policy >> got.priority >> got.nice >> got.is_limited >> got.took_ms >> got.again_ms >>
      got.waited_ms >> std::ws;
  std::getline(text, got.words);
  return got;
}

Got ask(Rtkit rtkit, const Given& given, AudioPriority wish = AudioPriority::realtime) {
  const PrivateBus bus(rtkit);
  bus.export_environment();
  Got got = ask(given, wish);
  got.requests = bus.requests();
  return got;
}

class Priority : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs rights, to give them up and to lend them";
  }
};

constexpr long long kInTimeMs = kRtkitPatience / 1ms + 500;

TEST_F(Priority, Is_not_asked_for_where_none_is_configured) {
  const Got got = ask(Rtkit::grants, {.has_rights = true}, AudioPriority::ordinary);
  EXPECT_EQ(got.words, "ordinary priority, as configured");
  EXPECT_EQ(got.policy, SCHED_OTHER);
  EXPECT_THAT(got.requests, IsEmpty());
}

TEST_F(Priority, Without_a_bus_is_ordinary) {
  setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus", 1);
  const Got got = ask({});
  EXPECT_EQ(got.words, "ordinary priority: SCHED_FIFO is refused, and no system bus, so no rtkit");
  EXPECT_EQ(got.policy, SCHED_OTHER);
}

TEST_F(Priority, Without_rtkit_is_ordinary) {
  EXPECT_EQ(ask(Rtkit::absent, {}).words,
            "ordinary priority: SCHED_FIFO is refused, and rtkit is not installed");
}

/// Another device or library of the process may have set such a limit.
TEST_F(Priority, Of_a_thread_that_runs_clients_is_a_nice_value_under_rtkits_limit) {
  const Got got = ask(Rtkit::grants, {.rttime = PrivateBus::kLongestUs}, AudioPriority::for_clients);
  EXPECT_THAT(got.words, StartsWith("nice -11, by rtkit: real time by rtkit would need a limit"));
  EXPECT_EQ(got.policy, SCHED_OTHER);
  EXPECT_THAT(got.requests, ElementsAre("nice -11", "nice -11"));
}

TEST_F(Priority, By_rtkit_without_a_limit_is_a_nice_value_and_the_process_stays_as_it_was) {
  const Got got = ask(Rtkit::grants, {});
  EXPECT_THAT(got.words, StartsWith("nice -11, by rtkit: real time by rtkit would need a limit"));
  EXPECT_EQ(got.policy, SCHED_OTHER);
  EXPECT_EQ(got.nice, PrivateBus::kNice);
  EXPECT_FALSE(got.is_limited);
  EXPECT_THAT(got.requests, ElementsAre("nice -11", "nice -11"));
}

TEST_F(Priority, By_rtkit_is_real_time_where_the_process_has_the_limit_already_or_may_be_given_it) {
  for (const bool is_there : {true, false}) {
    const Given given{.rttime = is_there ? PrivateBus::kLongestUs : RLIM_INFINITY};
    const Got got = ask(Rtkit::grants, given, is_there ? AudioPriority::realtime : AudioPriority::rtkit);
    EXPECT_EQ(got.words, "SCHED_RR, priority 12, by rtkit");
    EXPECT_EQ(got.policy, SCHED_RR);
    EXPECT_EQ(got.priority, PrivateBus::kPriority);
    EXPECT_TRUE(got.is_limited);
  }
}

TEST_F(Priority, That_rtkit_refuses_is_ordinary) {
  const Got got = ask(Rtkit::refuses, {.rttime = PrivateBus::kLongestUs});
  EXPECT_THAT(got.words, HasSubstr("rtkit refuses: nobody gets anything here"));
  EXPECT_EQ(got.policy, SCHED_OTHER);
  EXPECT_THAT(got.requests, ElementsAre("realtime 12", "nice -11", "realtime 12", "nice -11"));
}

TEST_F(Priority, Is_waited_for_less_than_a_second_and_then_not_at_all) {
  for (const bool is_frozen : {false, true}) {
    PrivateBus bus(Rtkit::is_silent);
    bus.export_environment();
    if (is_frozen) bus.freeze();
    const Got got = ask({});
    EXPECT_EQ(got.words, "ordinary priority: SCHED_FIFO is refused, and rtkit does not answer");
    const auto is_over_by = [&](long long more_ms) {
      return more_ms >= 0 && !test::skips_under_load(got.waited_ms * 1ms, more_ms * 1ms);
    };
    EXPECT_FALSE(is_over_by(got.took_ms - kInTimeMs)) << got.took_ms;
    EXPECT_FALSE(is_over_by(got.again_ms - 100)) << got.again_ms;
  }
}

}  // namespace
}  // namespace refwave::hal
