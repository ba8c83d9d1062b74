#include "tests/install/situations.h"

namespace refwave::test {

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
      {"program", [](Machine& m) { m.files["game/winmm.dll"] = "the game's"; },
       [](Machine& m) { m.carry_out_noted(plan_program_install(m.program(), Force::yes)); }},
  };
  return all;
}

std::map<std::pair<View, std::size_t>, Value> others(const Machine& machine) {
  std::map<std::pair<View, std::size_t>, Value> found;
  for (const auto& [view, record] : machine.record.value_or(Record())) {
    for (const auto& [slot, value] : record.replaced) found[{view, slot}] = value;
  }
  for (const auto& [view, slots] : machine.slots) {
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      if (slots[slot] && !slots[slot]->text.starts_with("refwave.drv")) found[{view, slot}] = *slots[slot];
    }
  }
  return found;
}

std::multiset<std::string> foreign_files(const Machine& machine) {
  std::multiset<std::string> found;
  for (const auto& [path, contents] : machine.files) {
    if (!contents.starts_with("refwave")) found.insert(contents);
  }
  return found;
}

}  // namespace refwave::test
