// The installer killed before, in the middle of, and after each of its steps: nothing is undone.
#include <gmock/gmock.h>

#include "tests/install/situations.h"

namespace refwave::test {
namespace {

/// Returns: whether the installer was killed in that step, `part` of which was carried out.
bool is_killed(const Situation& situation, Machine& machine, int step, int part) {
  machine.steps = 0;
  machine.dies = [=](int at) { return at == step ? std::optional(part) : std::nullopt; };
  try {
    situation.act(machine);
    return false;
  } catch (const Killed&) {
    machine.dies = [](int) { return std::nullopt; };
    return true;
  }
}

Machine after(const Situation& situation, Machine machine) {
  situation.act(machine);
  machine.restart();
  return machine;
}

/// Nobody loads half a file, and every entry of refwave's has its file, unless two files just change places.
void expect_loadable(const Machine& machine) {
  for (const auto& [path, contents] : machine.files) {
    const bool is_loaded = path.ends_with(".drv") || path.ends_with(".dll");
    EXPECT_TRUE(!is_loaded || contents != "refw") << path;
  }
}

TEST(Kill, At_any_step_the_same_command_again_ends_as_if_nothing_had_happened) {
  for (const Situation& situation : situations()) {
    Machine before;
    situation.prepare(before);
    const Machine whole = after(situation, before);
    int kills = 0;
    for (int step = 0;; ++step) {
      Machine unhurt = before;
      if (!is_killed(situation, unhurt, step, 0)) break;
      for (const int part : {0, 1}) {
        SCOPED_TRACE(std::string(situation.name) + " killed in step " + std::to_string(step) + ", part " +
                     std::to_string(part));
        Machine machine = before;
        ASSERT_TRUE(is_killed(situation, machine, step, part));
        ++kills;
        EXPECT_EQ(others(machine), others(before));
        expect_loadable(machine);
        EXPECT_EQ(after(situation, machine).state(), whole.state());
      }
    }
    EXPECT_GE(kills, 8) << situation.name;
  }
}

TEST(Kill, At_any_step_uninstall_leaves_no_trace) {
  for (const Situation& situation : situations()) {
    Machine before;
    situation.prepare(before);
    for (int step = 0;; ++step) {
      Machine machine = before;
      if (!is_killed(situation, machine, step, 1)) break;
      SCOPED_TRACE(std::string(situation.name) + " killed in step " + std::to_string(step));
      machine.uninstall();
      machine.carry_out_noted(plan_program_uninstall(machine.program()));
      machine.restart();
      EXPECT_EQ(machine.health(), Health::not_installed);
      EXPECT_EQ(others(machine), others(before));
      for (const auto& [path, contents] : machine.files) EXPECT_FALSE(contents.starts_with("refw")) << path;
    }
  }
}

}  // namespace
}  // namespace refwave::test
