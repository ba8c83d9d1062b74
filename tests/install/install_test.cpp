// Install, repair and uninstall, on machines in various states; which slot refwave takes.
#include <gmock/gmock.h>

#include "inf/cli/console/failure.h"
#include "inf/install/picture/slots.h"
#include "tests/install/machine.h"

namespace refwave::test {
namespace {

using cli::Failure;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Install, Puts_file_and_value_into_both_views_and_uninstall_takes_exactly_these) {
  Machine machine;
  machine.put(View::bits_64, 1, "other.drv");
  const Machine before = machine;
  EXPECT_EQ(machine.health(), Health::not_installed);
  machine.install();
  EXPECT_EQ(machine.at(View::bits_64, 2), "refwave.drv");
  EXPECT_EQ(machine.at(View::bits_32, 1), "refwave.drv");
  EXPECT_EQ(machine.files[Machine::driver_path(View::bits_64)], "refwave 1");
  EXPECT_EQ(machine.files[Machine::driver_path(View::bits_32)], "refwave 1");
  EXPECT_EQ(machine.device, (Device{"ROOT\\MEDIA\\0000", "refwave.drv", "refwave wave driver", "wave2"}));
  EXPECT_EQ(machine.health(), Health::installed);
  machine.restart();
  EXPECT_EQ(machine.health(), Health::installed);
  machine.uninstall();
  EXPECT_EQ(machine.state(), before.state());
  EXPECT_EQ(machine.health(), Health::not_installed);
}

TEST(Install, Twice_and_uninstall_twice_change_nothing_more) {
  Machine machine;
  machine.install();
  EXPECT_THAT(plan_install(machine.look(), Force::no).changes, IsEmpty());
  EXPECT_THAT(plan_install(machine.look(), Force::yes).changes, IsEmpty());
  EXPECT_THAT(plan_repair(machine.look(), Force::no).changes, IsEmpty());
  machine.uninstall();
  const Plan again = plan_uninstall(machine.look());
  EXPECT_THAT(again.changes, IsEmpty());
  EXPECT_THAT(again.discards, IsEmpty());
}

TEST(Install, Completes_what_is_half_there) {
  const std::vector<std::function<void(Machine&)>> losses = {
      [](Machine& m) { m.slots[View::bits_32][1].reset(); },
      [](Machine& m) { m.slots[View::bits_64][1].reset(); },
      [](Machine& m) { m.files.erase(Machine::driver_path(View::bits_32)); },
      [](Machine& m) { m.files.clear(); },
      [](Machine& m) { m.slots[View::bits_64][1].reset(), m.slots[View::bits_32][1].reset(); },
      [](Machine& m) { m.device.reset(); },
      [](Machine& m) { m.device.reset(), m.restart(); },
      [](Machine& m) { m.device->alias = "wave3"; },
      [](Machine& m) { m.device->driver.clear(); },
  };
  for (const auto& lose : losses) {
    Machine whole;
    whole.install();
    for (const bool repair : {false, true}) {
      Machine machine = whole;
      lose(machine);
      EXPECT_EQ(machine.health(), Health::needs_repair);
      repair ? machine.repair() : machine.install();
      EXPECT_EQ(machine.state(), whole.state());
      EXPECT_EQ(machine.health(), Health::installed);
    }
  }
}

TEST(Install, Finds_its_way_without_its_record) {
  Machine machine;
  const Machine before = machine;
  machine.install();
  const Machine whole = machine;
  machine.record.reset();
  EXPECT_EQ(machine.health(), Health::installed);
  machine.install();
  EXPECT_EQ(machine.state(), whole.state());
  machine.record.reset();
  machine.uninstall();
  EXPECT_EQ(machine.state(), before.state());
}

TEST(Install, Each_version_that_is_still_in_use_has_its_own_name) {
  Machine machine({View::bits_64});
  const std::string path = Machine::driver_path(View::bits_64);
  for (const char* version : {"refwave 1", "refwave 2", "refwave 3"}) {
    machine.source = version;
    machine.install();
    machine.in_use.insert(path);
  }
  machine.uninstall();
  EXPECT_EQ(machine.files.size(), 3U);
  machine.install();
  EXPECT_EQ(machine.files[path], "refwave 3") << "before the restart";
  machine.restart();
  EXPECT_EQ(machine.files, (std::map<std::string, std::string>{{path, "refwave 3"}}));
}

TEST(Install, A_foreign_refwave_drv_is_moved_aside_only_by_force_and_restored) {
  Machine machine;
  machine.files[Machine::driver_path(View::bits_64)] = "somebody's";
  const Machine before = machine;
  EXPECT_THROW(machine.install(), Failure);
  EXPECT_EQ(machine.state(), before.state());
  machine.install(Force::yes);
  EXPECT_EQ(machine.health(), Health::installed);
  machine.uninstall();
  EXPECT_EQ(machine.state(), before.state());
}

TEST(Install, Leaves_another_device_of_the_same_id_alone) {
  Machine machine;
  machine.foreign_device = "ROOT\\MEDIA\\0007";
  const Machine before = machine;
  machine.install();
  EXPECT_EQ(machine.device, std::nullopt);
  EXPECT_THAT(machine.said, HasSubstr("ROOT\\MEDIA\\0007"));
  EXPECT_EQ(machine.health(), Health::installed);
  machine.uninstall();
  EXPECT_EQ(machine.state(), before.state());
}

TEST(Install, Without_the_files_of_one_bitness_is_refused) {
  Machine machine;
  machine.source.clear();
  EXPECT_THROW(machine.install(), Failure);
  EXPECT_EQ(machine.health(), Health::not_installed);
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

TEST(Another_driver, Is_installed_as_refwave_is) {
  Machine machine;
  machine.put(View::bits_64, 1, "refwave.drv");
  machine.name = "silent.drv";
  const Machine before = machine;
  machine.install();
  EXPECT_EQ(machine.at(View::bits_64, 2), "silent.drv");
  EXPECT_EQ(machine.at(View::bits_32, 1), "silent.drv");
  EXPECT_EQ(machine.files.count("C:\\SysWOW64\\silent.drv"), 1U);
  EXPECT_EQ(machine.device, (Device{"ROOT\\MEDIA\\0000", "silent.drv", "silent wave driver", "wave2"}));
  EXPECT_THAT(status_text(machine.look()), HasSubstr("device ROOT\\silent: ROOT\\MEDIA\\0000, alias wave2"));
  EXPECT_THAT(status_text(machine.look()), HasSubstr("silent is installed"));
  machine.device.reset();
  EXPECT_THAT(status_text(machine.look()), HasSubstr("`refwave repair --driver silent.drv` completes it"));
  machine.repair();
  machine.uninstall();
  EXPECT_EQ(machine.state(), before.state());
}

TEST(Another_driver, Takes_no_file_for_its_own_that_was_there_before) {
  Machine machine;
  machine.name = "silent.drv";
  machine.files["C:\\System32\\silent.drv"] = "refwave 0";
  const Machine before = machine;
  for (const Force force : {Force::no, Force::yes})
    EXPECT_THAT(failure_of([&] { machine.install(force); }), HasSubstr("another file of this name"));
  machine.uninstall();
  EXPECT_EQ(machine.state(), before.state());
}

TEST(Another_driver, Serves_the_programs_that_it_has_files_for) {
  Snapshot snapshot;
  snapshot.name = "silent.drv";
  for (const View view : {View::bits_64, View::bits_32}) snapshot.views.push_back({view, {}, {}});
  snapshot.views[1].driver.source = "silent32.drv";
  judge_by_record(snapshot);
  ASSERT_EQ(snapshot.views.size(), 1U);
  EXPECT_EQ(snapshot.views[0].view, View::bits_32);
  snapshot.views.clear();
  EXPECT_THAT(failure_of([&] { plan_install(snapshot, Force::no); }), HasSubstr("no file for programs"));
}

TEST(Uninstall, Leaves_a_slot_that_another_has_overwritten_and_says_so) {
  Machine machine({View::bits_64});
  machine.fill(View::bits_64);
  machine.install(Force::yes);
  machine.put(View::bits_64, 9, "late.drv");
  machine.uninstall();
  EXPECT_EQ(machine.at(View::bits_64, 9), "late.drv");
  EXPECT_THAT(machine.said, HasSubstr("a9.drv"));
  EXPECT_THAT(machine.said, HasSubstr("late.drv"));
  EXPECT_EQ(machine.health(), Health::not_installed);
}

TEST(Uninstall, Gives_back_a_slot_that_was_cleared_meanwhile_unless_its_value_found_another) {
  Machine machine({View::bits_64});
  machine.fill(View::bits_64);
  machine.install(Force::yes);
  machine.slots[View::bits_64][9].reset();
  Machine moved = machine;
  machine.uninstall();
  EXPECT_EQ(machine.at(View::bits_64, 9), "a9.drv");
  moved.put(View::bits_64, 4, "a9.drv");
  moved.uninstall();
  EXPECT_EQ(moved.at(View::bits_64, 9), "");
}

TEST(Uninstall, Finds_refwave_where_the_user_moved_it_and_in_every_slot) {
  Machine machine({View::bits_64});
  machine.put(View::bits_64, 1, "a.drv");
  const Machine before = machine;
  machine.install();
  machine.slots[View::bits_64][2].reset();
  machine.put(View::bits_64, 5, "refwave.drv period=64");
  machine.put(View::bits_64, 7, "REFWAVE.DRV");
  machine.uninstall();
  EXPECT_EQ(machine.state(), before.state());
}

TEST(Uninstall, Never_renumbers_others_but_says_that_they_stand_behind_a_gap) {
  Machine machine({View::bits_64});
  machine.install();
  machine.put(View::bits_64, 2, "later.drv");
  machine.uninstall();
  EXPECT_EQ(machine.at(View::bits_64, 1), "");
  EXPECT_EQ(machine.at(View::bits_64, 2), "later.drv");
  EXPECT_THAT(machine.said, HasSubstr("wave2 later.drv"));
}

TEST(Repair, Takes_another_slot_if_refwaves_is_taken) {
  Machine machine({View::bits_64});
  machine.install();
  machine.put(View::bits_64, 1, "usurper.drv");
  EXPECT_EQ(machine.health(), Health::needs_repair);
  machine.repair();
  EXPECT_EQ(machine.at(View::bits_64, 1), "usurper.drv");
  EXPECT_EQ(machine.at(View::bits_64, 2), "refwave.drv");
  EXPECT_EQ(machine.health(), Health::installed);
}

TEST(Repair, Closes_a_gap_before_refwave_and_keeps_its_parameters) {
  Machine machine({View::bits_64});
  machine.put(View::bits_64, 1, "a.drv");
  machine.install();
  machine.put(View::bits_64, 2, "refwave.drv period=64");
  machine.slots[View::bits_64][1].reset();
  EXPECT_EQ(machine.health(), Health::needs_repair);
  machine.repair();
  EXPECT_EQ(machine.at(View::bits_64, 1), "refwave.drv period=64");
  EXPECT_EQ(machine.at(View::bits_64, 2), "");
  EXPECT_EQ(machine.device->alias, "wave1");
}

TEST(Repair, Gives_a_forced_slot_back_as_soon_as_another_is_free) {
  Machine machine({View::bits_64});
  machine.fill(View::bits_64);
  machine.install(Force::yes);
  machine.slots[View::bits_64][4].reset();
  machine.repair();
  EXPECT_EQ(machine.at(View::bits_64, 4), "refwave.drv");
  EXPECT_EQ(machine.at(View::bits_64, 9), "a9.drv");
  EXPECT_THAT(machine.record->at(View::bits_64).replaced, IsEmpty());
}

TEST(Status, Names_every_slot_of_each_view) {
  Machine machine;
  machine.put(View::bits_64, 1, "other.drv");
  machine.install();
  const std::string text = status_text(machine.look());
  for (const char* part :
       {"64-bit programs\n  wave   wdmaud.drv  Windows' own\n  wave1  other.drv\n  wave2  refwave.drv",
        "32-bit programs\n  wave   wdmaud.drv  Windows' own\n  wave1  refwave.drv  refwave\n",
        "wave9  (free)", "device ROOT\\refwave: ROOT\\MEDIA\\0000, alias wave2",
        "C:\\SysWOW64\\refwave.drv: refwave", "refwave is installed"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(Status, Of_the_file_alone_says_what_to_do) {
  Machine machine;
  machine.files[Machine::driver_path(View::bits_64)] = "refwave 1";
  machine.files[Machine::driver_path(View::bits_32)] = "refwave 1";
  const std::string text = status_text(machine.look());
  for (const char* part : {"`refwave repair` completes it", "`refwave uninstall` removes it"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(Preview, Prints_every_step_and_takes_none) {
  Machine machine;
  machine.install();
  machine.source = "refwave 2";
  const Machine before = machine;
  const Plan plan = plan_install(machine.look(), Force::no);
  std::vector<std::string> lines;
  preview(plan, [&](const std::string& line) { lines.push_back(line); });
  EXPECT_EQ(lines.size(), plan.changes.size() + plan.discards.size());
  EXPECT_EQ(machine.state(), before.state());
}

TEST(Record, Comes_back_from_its_values) {
  const Record record = {
      {View::bits_64, {3, {{9, {Value::Kind::expandable, "%a%"}}, {2, {Value::Kind::text, ""}}}}},
      {View::bits_32, {1, {}}}};
  EXPECT_EQ(from_values(to_values(record)), record);
  for (const auto& [name, value] : to_values(record)) EXPECT_THAT(record_names(), testing::Contains(name));
  NamedValues values = to_values(record);
  values["64-bit wave0 was"] = {Value::Kind::text, "x"};
  values["64-bit wave was"] = {Value::Kind::text, "slot 0 is never replaced"};
  values["32-bit slot"] = {Value::Kind::text, "wave77"};
  EXPECT_EQ(from_values(values).at(View::bits_64), record.at(View::bits_64));
  EXPECT_FALSE(from_values(values).contains(View::bits_32));
}

}  // namespace
}  // namespace refwave::test
