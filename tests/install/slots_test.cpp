// Which slot refwave takes, for every state of the slots in both views.
#include <gmock/gmock.h>

#include "inf/install/picture/slots.h"
#include "tests/install/machine.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kPatterns = std::size_t{1} << (kSlots - 1);

void occupy(Machine& machine, View view, std::size_t pattern) {
  for (std::size_t slot = 1; slot < kSlots; ++slot) {
    if (pattern >> (slot - 1) & 1) machine.put(view, slot, "other" + std::to_string(slot) + ".drv");
  }
}

std::size_t first_free(std::size_t pattern) {
  std::size_t slot = 1;
  while (pattern >> (slot - 1) & 1) ++slot;
  return slot;
}

TEST(Slots, The_first_free_one_of_each_view_is_taken_whatever_is_taken) {
  for (std::size_t of_64 = 0; of_64 < kPatterns - 1; ++of_64) {
    for (const std::size_t of_32 : {of_64, kPatterns - 2 - of_64, of_64 / 2, std::size_t{0}}) {
      Machine machine;
      occupy(machine, View::bits_64, of_64);
      occupy(machine, View::bits_32, of_32);
      Machine expected = machine;
      expected.put(View::bits_64, first_free(of_64), "refwave.drv");
      expected.put(View::bits_32, first_free(of_32), "refwave.drv");
      machine.install();
      ASSERT_EQ(machine.slots, expected.slots) << of_64 << " " << of_32;
    }
  }
}

TEST(Slots, Slot_0_is_Windows_own_even_when_it_is_empty) {
  Machine machine;
  machine.slots[View::bits_64][0].reset();
  machine.install();
  EXPECT_EQ(machine.at(View::bits_64, 0), "");
  EXPECT_EQ(machine.at(View::bits_64, 1), "refwave.drv");
  machine.put(View::bits_32, 0, "refwave.drv");
  machine.uninstall();
  EXPECT_EQ(machine.at(View::bits_32, 0), "refwave.drv") << "install did not write that";
}

TEST(Slots, All_taken_is_an_error_that_names_the_holders_and_changes_nothing) {
  Machine machine;
  machine.fill(View::bits_32);
  const Machine before = machine;
  const std::string text = failure_of([&] { machine.install(); });
  for (const char* holder : {"32-bit", "wave1 a1.drv", "wave5 a5.drv", "wave9 a9.drv", "--force"})
    EXPECT_THAT(text, HasSubstr(holder));
  EXPECT_THAT(text, Not(HasSubstr("64-bit"))) << "which has room";
  EXPECT_EQ(machine.state(), before.state());
}

TEST(Slots, Force_takes_the_last_one_only_where_none_is_free_and_uninstall_gives_it_back) {
  Machine machine;
  machine.fill(View::bits_32);
  const Machine before = machine;
  machine.install(Force::yes);
  EXPECT_EQ(machine.at(View::bits_64, 1), "refwave.drv");
  EXPECT_EQ(machine.at(View::bits_32, 9), "refwave.drv");
  EXPECT_EQ(machine.at(View::bits_32, 8), "a8.drv");
  machine.uninstall();
  EXPECT_EQ(machine.state(), before.state());
}

TEST(Slots, What_is_no_text_is_not_even_taken_by_force) {
  Machine machine({View::bits_64});
  for (std::size_t slot = 1; slot < kSlots; ++slot)
    machine.slots[View::bits_64][slot] = Value{Value::Kind::other, ""};
  EXPECT_THAT(failure_of([&] { machine.install(Force::yes); }), HasSubstr("all taken"));
  machine.put(View::bits_64, 4, "a.drv");
  machine.install(Force::yes);
  EXPECT_EQ(machine.at(View::bits_64, 4), "refwave.drv");
}

TEST(Slots, Ours_is_known_by_its_file_whatever_follows_it) {
  ViewState view;
  view.driver.path = "C:\\Windows\\System32\\refwave.drv";
  for (const char* text :
       {"refwave.drv", "RefWave.DRV", "refwave.drv output=clocked", "\"refwave.drv\" period=64",
        " refwave.drv", "c:\\windows\\system32\\REFWAVE.drv x"}) {
    view.slots[3] = Value{.text = text};
    EXPECT_TRUE(is_ours(view, 3)) << text;
  }
  for (const char* text :
       {"", "  ", "\"", "refwave.dll", "D:\\mine\\refwave.drv", "refwave.drv2", "a.drv refwave.drv"}) {
    view.slots[3] = Value{.text = text};
    EXPECT_FALSE(is_ours(view, 3)) << text;
  }
}

}  // namespace
}  // namespace refwave::test
