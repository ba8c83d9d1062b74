#include "inf/install/picture/record.h"

#include "inf/install/picture/slots.h"

namespace refwave::install {
namespace {

std::string slot_key(View view) { return std::string(name_of(view)) + " slot"; }
std::string replaced_key(View view, std::size_t slot) {
  return std::string(name_of(view)) + " " + slot_name(slot) + " was";
}

ViewRecord read(const NamedValues& values, View view) {
  ViewRecord record;
  const auto text = values.find(slot_key(view));
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    if (text != values.end() && text->second.text == slot_name(slot)) record.slot = slot;
    const auto replaced = values.find(replaced_key(view, slot));
    if (slot != 0 && replaced != values.end()) record.replaced[slot] = replaced->second;
  }
  return record;
}

}  // namespace

std::vector<std::string> record_names() {
  std::vector<std::string> names;
  for (const View view : {View::bits_64, View::bits_32}) {
    names.push_back(slot_key(view));
    for (std::size_t slot = 1; slot < kSlots; ++slot) names.push_back(replaced_key(view, slot));
  }
  return names;
}

NamedValues to_values(const Record& record) {
  NamedValues values;
  for (const auto& [view, of_view] : record) {
    values[slot_key(view)] = {Value::Kind::text, slot_name(of_view.slot)};
    for (const auto& [slot, value] : of_view.replaced) values[replaced_key(view, slot)] = value;
  }
  return values;
}

Record from_values(const NamedValues& values) {
  Record record;
  for (const View view : {View::bits_64, View::bits_32}) {
    if (const ViewRecord of_view = read(values, view); of_view != ViewRecord()) record[view] = of_view;
  }
  return record;
}

}  // namespace refwave::install
