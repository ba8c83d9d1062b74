// Random lives of a machine: refwave and other drivers, some of them ill-behaved, are installed and removed.
// GTEST_RANDOM_SEED=N begins with seed N.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "inf/cli/console/failure.h"
#include "tests/install/machine.h"

namespace refwave::test {
namespace {

using Place = std::pair<View, std::size_t>;

bool is_refwave(const std::optional<Value>& value) { return value && value->text == "refwave.drv"; }

std::map<Place, Value> others_in_slots(const Machine& machine) {
  std::map<Place, Value> found;
  for (const auto& [view, slots] : machine.slots) {
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      if (slots[slot] && !is_refwave(slots[slot])) found[{view, slot}] = *slots[slot];
    }
  }
  return found;
}

std::map<Place, Value> remembered(const Machine& machine) {
  std::map<Place, Value> found;
  for (const auto& [view, record] : machine.record.value_or(Record())) {
    for (const auto& [slot, value] : record.replaced) found[{view, slot}] = value;
  }
  return found;
}

bool stands_somewhere(const Machine& machine, View view, const Value& value) {
  const Slots& slots = machine.slots.at(view);
  return std::ranges::find(slots, std::optional(value)) != slots.end();
}

/// Expects: every other driver keeps its slot, or is remembered for it.
void expect_nothing_lost(const Machine& before, const Machine& after) {
  const auto remembered_after = remembered(after);
  for (const auto& [place, value] : others_in_slots(before)) {
    const auto& [view, slot] = place;
    if (after.slots.at(view)[slot] == value) continue;
    ASSERT_TRUE(is_refwave(after.slots.at(view)[slot]));
    ASSERT_TRUE(remembered_after.contains(place)) << value.text << " is gone";
    ASSERT_EQ(remembered_after.at(place), value);
  }
  const auto others_before = others_in_slots(before);
  for (const auto& [place, value] : remembered(before)) {
    const bool still = remembered_after.contains(place) && remembered_after.at(place) == value;
    ASSERT_TRUE(still || stands_somewhere(after, place.first, value) || others_before.contains(place))
        << value.text << " is forgotten";
  }
}

class Life {
 public:
  explicit Life(unsigned seed) : random_(seed) {}

  void step() {
    const Machine before = machine_;
    const int choice = number(10);
    if (choice < 5) {
      others_act();
    } else {
      refwave_acts(choice);
      expect_nothing_lost(before, machine_);
    }
  }

  void expect_clean_end() {
    Machine before = machine_;
    machine_.fails = [](int) { return false; };
    machine_.uninstall();
    expect_nothing_lost(before, machine_);
    EXPECT_EQ(machine_.health(), Health::not_installed);
  }

 private:
  int number(int below) { return std::uniform_int_distribution<>(0, below - 1)(random_); }
  bool chance(int percent) { return number(100) < percent; }

  /// Effects: another driver is installed, overwrites one, is removed or moved; or many are installed.
  void others_act() {
    const View view = chance(50) ? View::bits_64 : View::bits_32;
    const auto slot = static_cast<std::size_t>(1 + number(kSlots - 1));
    Slots& slots = machine_.slots[view];
    switch (number(6)) {
      case 0:
        machine_.put(view, slot, "other" + std::to_string(++others_) + ".drv");
        break;
      case 1:
        slots[slot].reset();
        break;
      case 2:
        std::swap(slots[slot], slots[static_cast<std::size_t>(1 + number(kSlots - 1))]);
        break;
      case 3:
        if (chance(20)) machine_.record.reset();
        if (chance(20)) machine_.files.erase(Machine::driver_path(view));
        break;
      case 4:
        machine_.fill(view, "crowd" + std::to_string(++others_) + "_");
        break;
      default:
        machine_.source = "refwave " + std::to_string(number(3));
        if (chance(50)) machine_.in_use.insert(Machine::driver_path(view));
        if (chance(50)) machine_.restart();
    }
  }

  void refwave_acts(int choice) {
    const int fails_at = chance(30) ? machine_.steps + number(8) : -1;
    const bool stops = chance(50);
    machine_.fails = [=](int step) { return stops ? fails_at >= 0 && step >= fails_at : step == fails_at; };
    const Force force = chance(50) ? Force::yes : Force::no;
    try {
      if (choice < 7) {
        machine_.install(force);
        EXPECT_FALSE(machine_.health() == Health::not_installed);
      } else if (choice < 8) {
        machine_.repair(force);
        EXPECT_EQ(machine_.health(), Health::installed);
      } else {
        machine_.uninstall();
        EXPECT_EQ(machine_.health(), Health::not_installed);
      }
    } catch (const cli::Failure&) {
      // All slots taken, nothing to repair, or a failed step: even then nothing may be lost.
    }
  }

  std::mt19937 random_;
  Machine machine_;
  int others_ = 0;
};

TEST(Random_lives, Never_lose_another_drivers_value) {
  const auto first = static_cast<unsigned>(GTEST_FLAG_GET(random_seed));
  for (unsigned seed = first; seed < first + 1000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("again: GTEST_RANDOM_SEED=" + std::to_string(seed) +
                 " install_test --gtest_filter='Random_lives.*'");
    Life life(seed);
    for (int step = 0; step < 40 && !testing::Test::HasFailure(); ++step) life.step();
    life.expect_clean_end();
  }
}

}  // namespace
}  // namespace refwave::test
