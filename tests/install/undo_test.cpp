// A step of the installer fails; the installer is killed before, in the middle of and after a step.
#include <gmock/gmock.h>

#include "tests/install/machine.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;

struct Situation {
  const char* name;
  std::function<void(Machine&)> prepare;
  std::function<void(Machine&)> act;
};

const std::vector<Situation>& situations() {
  static const std::vector<Situation> all = {
      {"install", [](Machine&) {}, [](Machine& m) { m.install(); }},
      {"force",
       [](Machine& m) {
         m.fill(View::bits_64);
         m.fill(View::bits_32);
         m.files[Machine::driver_path(View::bits_32)] = "somebody's";
       },
       [](Machine& m) { m.install(Force::yes); }},
      {"upgrade",
       [](Machine& m) {
         m.install();
         m.source = "refwave 2";
       },
       [](Machine& m) { m.install(); }},
      {"repair",
       [](Machine& m) {
         m.fill(View::bits_64);
         m.install(Force::yes);
         m.slots[View::bits_64][3].reset();
         m.slots[View::bits_32][1].reset();
         m.files.clear();
         m.device.reset();
       },
       [](Machine& m) { m.repair(); }},
      {"move",
       [](Machine& m) {
         m.put(View::bits_64, 1, "other.drv");
         m.install();
         m.slots[View::bits_64][1].reset();
       },
       [](Machine& m) { m.repair(); }},
      {"uninstall",
       [](Machine& m) {
         m.fill(View::bits_64);
         m.fill(View::bits_32);
         m.files[Machine::driver_path(View::bits_32)] = "somebody's";
         m.install(Force::yes);
         m.put(View::bits_32, 5, "refwave.drv");
       },
       [](Machine& m) { m.uninstall(); }},
      {"another's driver",
       [](Machine& m) {
         m.name = "silent.drv";
         m.fill(View::bits_64);
       },
       [](Machine& m) { m.install(Force::yes); }},
      {"another's driver, uninstalled",
       [](Machine& m) {
         m.name = "silent.drv";
         m.fill(View::bits_32);
         m.install(Force::yes);
       },
       [](Machine& m) { m.uninstall(); }},
      {"program", [](Machine& m) { m.files["game/winmm.dll"] = "the game's"; },
       [](Machine& m) { m.carry_out_noted(plan_program_install(m.program(), Force::yes)); }},
  };
  return all;
}

/// Returns: every value of others, in its slot or remembered for it.
std::map<std::pair<View, std::size_t>, Value> others(const Machine& machine) {
  std::map<std::pair<View, std::size_t>, Value> found;
  for (const auto& [view, record] : machine.record.value_or(Record())) {
    for (const auto& [slot, value] : record.replaced) found[{view, slot}] = value;
  }
  for (const auto& [view, slots] : machine.slots) {
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      if (slots[slot] && !slots[slot]->text.starts_with(machine.name)) found[{view, slot}] = *slots[slot];
    }
  }
  return found;
}

TEST(Undo, A_step_that_fails_leaves_everything_as_it_was) {
  for (const Situation& situation : situations()) {
    Machine before;
    situation.prepare(before);
    int failing = 0;
    for (;; ++failing) {
      SCOPED_TRACE(std::string(situation.name) + " step " + std::to_string(failing));
      Machine machine = before;
      machine.steps = 0;
      machine.fails = [&](int step) { return step == failing; };
      const std::string failure = failure_of([&] { situation.act(machine); });
      if (failure.empty()) {
        const bool is_old_file = machine.said.find(" is in use") != std::string::npos;
        EXPECT_TRUE(is_old_file || machine.steps <= failing) << "failed unheard";
        break;
      }
      EXPECT_THAT(failure, HasSubstr("refused; nothing was changed"));
      EXPECT_EQ(machine.state(), before.state());
    }
    EXPECT_GE(failing, 3) << situation.name;
  }
}

TEST(Undo, What_cannot_be_undone_is_named) {
  Machine machine;
  machine.fails = [](int step) { return step >= 2; };
  const std::string failure = failure_of([&] { machine.install(); });
  EXPECT_THAT(failure, HasSubstr("could not delete C:\\System32\\refwave.drv"));
  EXPECT_THAT(failure, HasSubstr("`repair` completes it"));
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

/// Expects: no file that programs load is half written.
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
