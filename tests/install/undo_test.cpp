// A step that fails, and a machine that stops at a step: at every one.
#include <gmock/gmock.h>

#include "driver/cli/console/failure.h"
#include "tests/install/situations.h"

namespace refwave::test {
namespace {

using cli::Failure;
using testing::HasSubstr;

/// Returns: how many steps the situation's plan has, without those that throw old files away.
int steps_of(const Situation& situation, Machine machine) {
  int discards = 0;
  machine.steps = 0;
  situation.act(machine);
  for (std::size_t at = machine.said.find("delete C:"); at != std::string::npos; ++discards)
    at = machine.said.find("delete C:", at + 1);
  return machine.steps - discards;
}

TEST(Undo, A_step_that_fails_leaves_everything_as_it_was) {
  for (const Situation& situation : situations()) {
    Machine before;
    situation.prepare(before);
    const int steps = steps_of(situation, before);
    ASSERT_GE(steps, 3) << situation.name;
    for (int failing = 0; failing < steps; ++failing) {
      Machine machine = before;
      machine.steps = 0;
      machine.fails = [&](int step) { return step == failing; };
      try {
        situation.act(machine);
        ADD_FAILURE() << situation.name << " step " << failing << " failed unheard";
      } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("refused; nothing was changed")) << situation.name;
      }
      EXPECT_EQ(machine.state(), before.state()) << situation.name << " step " << failing;
    }
  }
}

TEST(Undo, A_machine_that_stops_at_a_step_has_lost_nothing_and_can_go_either_way) {
  for (const Situation& situation : situations()) {
    Machine before;
    situation.prepare(before);
    const int steps = steps_of(situation, before);
    for (int stop = 0; stop < steps; ++stop) {
      Machine machine = before;
      machine.steps = 0;
      machine.fails = [&](int step) { return step >= stop; };  // and so the undoing fails, too
      EXPECT_THROW(situation.act(machine), Failure);
      machine.fails = [](int) { return false; };
      EXPECT_EQ(others(machine), others(before)) << situation.name << " stopped at " << stop;
      EXPECT_EQ(foreign_files(machine), foreign_files(before)) << situation.name << " stopped at " << stop;

      Machine onward = machine;
      onward.health() == Health::not_installed ? onward.install(Force::yes) : onward.repair(Force::yes);
      EXPECT_EQ(onward.health(), Health::installed) << situation.name << " stopped at " << stop;
      EXPECT_EQ(others(onward), others(before)) << situation.name << " stopped at " << stop;
      Machine back = machine;
      back.uninstall();
      EXPECT_EQ(back.health(), Health::not_installed) << situation.name << " stopped at " << stop;
      EXPECT_EQ(others(back), others(before)) << situation.name << " stopped at " << stop;
      EXPECT_EQ(foreign_files(back), foreign_files(before)) << situation.name << " stopped at " << stop;
    }
  }
}

TEST(Undo, What_cannot_be_undone_is_named) {
  Machine machine;
  machine.fails = [](int step) { return step >= 2; };
  try {
    machine.install();
    ADD_FAILURE();
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("could not delete C:\\System32\\refwave.drv"));
    EXPECT_THAT(failure.what(), HasSubstr("`repair` completes it"));
  }
}

TEST(Undo, An_old_file_that_will_not_go_does_not_undo_the_rest) {
  Machine machine({View::bits_64});
  machine.install();
  machine.in_use.insert(Machine::driver_path(View::bits_64));
  machine.source = "refwave 2";
  const int steps = machine.steps;
  machine.fails = [&](int step) { return step >= steps + 3; };
  machine.install();
  EXPECT_THAT(machine.said, HasSubstr("was not deleted"));
  EXPECT_EQ(machine.files[Machine::driver_path(View::bits_64)], "refwave 2");
}

}  // namespace
}  // namespace refwave::test
