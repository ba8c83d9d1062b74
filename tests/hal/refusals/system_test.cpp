// System calls that fail: limits, processors; and a broken ALSA or JACK. Files: tests/simulation.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

#include "hal/portaudio/quiet.h"
#include "hal/system/realtime.h"
#include "tests/hal/refusals/replacement.h"

namespace refwave::hal {
namespace {

using test::Missing;
using test::Replacement;

rlim_t told_limit = 0;
int asked_priority = 0;

int tell_limit(__rlimit_resource_t, rlimit* limit) {
  *limit = {told_limit, told_limit};
  return 0;
}
int take_priority(pid_t, int, const sched_param* parameters) {
  asked_priority = parameters->sched_priority;
  return 0;
}

TEST(RealtimePriority, Is_as_high_as_the_limit_allows_and_twenty_at_most) {
  const Replacement limits("getrlimit", tell_limit);
  const Replacement scheduler("sched_setscheduler", take_priority);
  for (const auto& [limit, priority] : {std::pair{0, 20}, {10, 10}, {20, 20}, {95, 20}}) {
    told_limit = static_cast<rlim_t>(limit);
    EXPECT_EQ(take_fifo(0), priority) << limit;
    EXPECT_EQ(asked_priority, priority) << limit;
  }
  const Replacement untold(
      "getrlimit", +[](__rlimit_resource_t, rlimit*) { return -1; });
  EXPECT_EQ(take_fifo(0), 20);
}

int changes_of_processors = 0;
int count_change(pid_t, std::size_t, const cpu_set_t*) {
  ++changes_of_processors;
  return 0;
}

TEST(Processors, Are_chosen_by_one_call_for_each_change) {
  const Replacement choice("sched_setaffinity", count_change);
  const Replacement own(
      "sched_getaffinity", +[](pid_t, std::size_t, cpu_set_t* set) {
        CPU_ZERO(set);
        CPU_SET(0, set);
        CPU_SET(1, set);
        return 0;
      });
  changes_of_processors = 0;
  Scheduling scheduling;
  scheduling.go_anywhere();
  EXPECT_EQ(changes_of_processors, 0);
  EXPECT_TRUE(scheduling.keep_off(1));
  EXPECT_TRUE(scheduling.keep_off(1));
  EXPECT_EQ(changes_of_processors, 1);
  EXPECT_TRUE(scheduling.keep_off(5'000))
      << "no system has told of such a processor, and none is to be avoided";
  scheduling.go_anywhere();
  scheduling.go_anywhere();
  EXPECT_EQ(changes_of_processors, 3);
}

int here = 0;  // the processor

TEST(Processors, Are_left_alone_by_a_prompt_thread_that_is_on_another_one) {
  const Replacement choice("sched_setaffinity", count_change);
  const Replacement priority(
      "sched_setscheduler", +[](pid_t, int, const sched_param*) { return 0; });
  const Replacement now(
      "sched_getcpu", +[] { return here; });
  changes_of_processors = 0;
  Scheduling scheduling;
  EXPECT_TRUE(scheduling.become_prompt());
  here = 1;
  EXPECT_TRUE(scheduling.keep_off(5'000));
  EXPECT_EQ(changes_of_processors, 0);
  here = 5'000;
  EXPECT_TRUE(scheduling.keep_off(5'000));
  EXPECT_EQ(changes_of_processors, 1);
  here = 1;
  EXPECT_TRUE(scheduling.keep_off(5'000)) << "it is kept off already";
  scheduling.go_anywhere();
  EXPECT_EQ(changes_of_processors, 2);
  scheduling.become_ordinary();
  EXPECT_TRUE(scheduling.keep_off(5'000));
  EXPECT_EQ(changes_of_processors, 3) << "the system may wake an ordinary thread anywhere";
}

TEST(Processors, That_the_system_does_not_tell_or_refuses_are_left_alone) {
  {
    const Replacement own(
        "sched_getaffinity", +[](pid_t, std::size_t, cpu_set_t*) { return -1; });
    Scheduling scheduling;
    EXPECT_FALSE(scheduling.keep_off(0));
  }
  const Replacement choice(
      "sched_setaffinity", +[](pid_t, std::size_t, const cpu_set_t*) { return -1; });
  Scheduling scheduling;
  EXPECT_FALSE(scheduling.keep_off(5'000));
}

/// Returns: why PortAudio must not be initialised.
std::string problem_with_alsa() {
  Status may_begin;
  const Quiet quiet(may_begin);
  return may_begin.reason();
}

class AlsaRefused : public testing::Test {
 protected:
  void SetUp() override { setenv("JACK_DEFAULT_SERVER", "refwave-none", 1); }
};

/// PortAudio itself finds no ALSA if there is none.
TEST_F(AlsaRefused, An_ALSA_that_lacks_a_function_or_is_missing_is_no_reason_to_leave_PortAudio_alone) {
  const Missing jack("libjack.so.0");
  for (const char* name : {"libasound.so.2", "snd_config_update", "snd_config_search", "snd_config"}) {
    const Missing missing(name);
    EXPECT_EQ(problem_with_alsa(), "") << name;
  }
}

int read_nothing() { return 0; }

TEST_F(AlsaRefused, A_configuration_without_a_tree_cannot_be_read) {
  void* tree = nullptr;
  const Replacement update("snd_config_update", read_nothing);
  const Replacement root("snd_config", static_cast<void*>(&tree));
  EXPECT_EQ(problem_with_alsa(), "ALSA's configuration cannot be read");
}

TEST_F(AlsaRefused, Either_of_two_devices_is_enough_for_PortAudio) {
  int leaf = 0;
  void* tree = &leaf;
  const Replacement update("snd_config_update", read_nothing);
  const Replacement root("snd_config", static_cast<void*>(&tree));
  using Search = int (*)(void*, const char*, void**);
  const auto problem_if = [](Search search) {
    const Replacement replacement("snd_config_search", search);
    return problem_with_alsa();
  };
  EXPECT_EQ(problem_if([](void*, const char* name, void**) {
              return std::strcmp(name, "pcm.default") == 0 ? 0 : -ENOENT;
            }),
            "");
  EXPECT_EQ(problem_if([](void*, const char* name, void**) {
              return std::strcmp(name, "pcm.dmix") == 0 ? 0 : -ENOENT;
            }),
            "");
  EXPECT_EQ(problem_if([](void*, const char*, void**) { return -ENOENT; }),
            "ALSA's configuration has no pcm.default");
}

}  // namespace
}  // namespace refwave::hal
