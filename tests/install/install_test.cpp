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

TEST(Install, Without_the_files_of_one_bitness_is_refused) {
  Machine machine;
  machine.source.clear();
  EXPECT_THROW(machine.install(), Failure);
  EXPECT_EQ(machine.health(), Health::not_installed);
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

constexpr View k64 = View::bits_64;

/// Returns: the slots of 64-bit programs that are taken.
std::string taken(const Machine& machine) {
  std::string text;
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    if (const std::string held = machine.at(k64, slot); !held.empty())
      text += (text.empty() ? "" : ", ") + std::to_string(slot) + " " + held;
  }
  return text;
}

TEST(Slots, Are_taken_and_given_back) {
  const std::string all_but_last =
      "0 wdmaud.drv, 1 a1.drv, 2 a2.drv, 3 a3.drv, 4 a4.drv, 5 a5.drv, 6 a6.drv, 7 a7.drv, 8 a8.drv, 9 ";
  const auto force = [](Machine& m) {
    m.fill(k64);
    m.install(Force::yes);
  };
  const struct {
    std::string named;
    std::function<void(Machine&)> act;
    std::string slots;
    std::vector<std::string> said{};
  } cases[] = {
      {"slot 0 is Windows' own even when it is empty",
       [](Machine& m) {
         m.slots[k64][0].reset();
         m.install();
       },
       "1 refwave.drv"},
      {"in slot 0 install did not write it",
       [](Machine& m) {
         m.install();
         m.put(k64, 0, "refwave.drv");
         m.uninstall();
       },
       "0 refwave.drv"},
      {"force takes the last one", force, all_but_last + "refwave.drv"},
      {"uninstall gives it back", [&](Machine& m) { force(m), m.uninstall(); }, all_but_last + "a9.drv"},
      {"repair gives it back as soon as another is free",
       [&](Machine& m) {
         force(m);
         for (std::size_t slot = 2; slot < 9; ++slot) m.slots[k64][slot].reset();
         m.repair();
         EXPECT_THAT(m.record->at(k64).replaced, IsEmpty());
       },
       "0 wdmaud.drv, 1 a1.drv, 2 refwave.drv, 9 a9.drv"},
      {"uninstall leaves what another has overwritten, and says so",
       [&](Machine& m) {
         force(m);
         m.put(k64, 9, "late.drv");
         m.uninstall();
       },
       all_but_last + "late.drv",
       {"a9.drv", "late.drv"}},
      {"uninstall finds refwave where the user moved it, and in every slot",
       [](Machine& m) {
         m.install();
         m.slots[k64][1].reset();
         m.put(k64, 5, "refwave.drv period=64");
         m.put(k64, 7, "REFWAVE.DRV");
         m.uninstall();
       },
       "0 wdmaud.drv"},
      {"uninstall renumbers no others, but says that they stand behind a gap",
       [](Machine& m) {
         m.install();
         m.put(k64, 2, "later.drv");
         m.uninstall();
       },
       "0 wdmaud.drv, 2 later.drv",
       {"wave2 later.drv"}},
      {"repair takes another slot if refwave's is taken",
       [](Machine& m) {
         m.install();
         m.put(k64, 1, "usurper.drv");
         EXPECT_EQ(m.health(), Health::needs_repair);
         m.repair();
         EXPECT_EQ(m.health(), Health::installed);
       },
       "0 wdmaud.drv, 1 usurper.drv, 2 refwave.drv"},
      {"repair closes a gap before refwave, and keeps its parameters",
       [](Machine& m) {
         m.put(k64, 1, "a.drv");
         m.install();
         m.put(k64, 2, "refwave.drv period=64");
         m.slots[k64][1].reset();
         EXPECT_EQ(m.health(), Health::needs_repair);
         m.repair();
         EXPECT_EQ(m.device->alias, "wave1");
       },
       "0 wdmaud.drv, 1 refwave.drv period=64"},
  };
  for (const auto& [named, act, slots, said] : cases) {
    SCOPED_TRACE(named);
    Machine machine({k64});
    act(machine);
    EXPECT_EQ(taken(machine), slots);
    for (const std::string& words : said) EXPECT_THAT(machine.said, HasSubstr(words));
  }
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
