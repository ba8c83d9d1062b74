#include "inf/install/picture/slots.h"

#include <algorithm>

#include "inf/cli/console/text.h"

namespace refwave::install {
namespace {

constexpr std::size_t kFirstSlot = 1;

/// Returns: the file's name in a value: what is in quotes, or what comes before the first blank.
std::string file_of(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  if (text[begin] == '"') return text.substr(begin + 1, text.find('"', begin + 1) - begin - 1);
  return text.substr(begin, text.find(' ', begin) - begin);
}

template <class Condition>
std::optional<std::size_t> first_slot(Condition condition) {
  for (std::size_t slot = kFirstSlot; slot < kSlots; ++slot) {
    if (condition(slot)) return slot;
  }
  return std::nullopt;
}

}  // namespace

const char* name_of(View view) { return view == View::bits_64 ? "64-bit" : "32-bit"; }

std::string slot_name(std::size_t slot) { return slot == 0 ? "wave" : "wave" + std::to_string(slot); }

std::string name_in(const std::string& path) { return path.substr(path.find_last_of("\\/") + 1); }

bool is_ours(const ViewState& view, std::size_t slot) {
  const std::optional<Value>& value = view.slots[slot];
  if (slot < kFirstSlot || !value || value->kind == Value::Kind::other) return false;
  const std::string file = cli::lower(file_of(value->text));
  const std::string path = cli::lower(view.driver.path);
  return file == path || file == name_in(path);
}

std::optional<std::size_t> our_slot(const ViewState& view) {
  return first_slot([&](std::size_t slot) { return is_ours(view, slot); });
}

std::optional<std::size_t> free_slot(const ViewState& view) {
  return first_slot([&](std::size_t slot) { return !view.slots[slot]; });
}

std::optional<std::size_t> last_foreign_slot(const ViewState& view) {
  for (std::size_t slot = kSlots; slot-- > kFirstSlot;) {
    const std::optional<Value>& value = view.slots[slot];
    if (value && value->kind != Value::Kind::other && !is_ours(view, slot)) return slot;
  }
  return std::nullopt;
}

bool holds(const ViewState& view, const Value& value) {
  return std::ranges::find(view.slots, std::optional(value)) != view.slots.end();
}

std::string holders(const ViewState& view) {
  std::string text;
  for (std::size_t slot = kFirstSlot; slot < kSlots; ++slot) {
    if (view.slots[slot])
      text += (text.empty() ? "" : ", ") + slot_name(slot) + " " + text_of(view.slots[slot]);
  }
  return text;
}

std::string text_of(const std::optional<Value>& value) {
  if (!value) return "(free)";
  if (value->kind == Value::Kind::other) return "(no text)";
  return value->text.empty() ? "(empty text)" : cli::visible(value->text);
}

std::string title_of(const std::string& driver) { return driver.substr(0, driver.rfind('.')); }

std::string hardware_id(const std::string& driver) { return "ROOT\\" + title_of(driver); }

Device device_for(const Snapshot& snapshot, std::size_t slot) {
  return {snapshot.device ? snapshot.device->instance : "", snapshot.name,
          title_of(snapshot.name) + " wave driver", slot_name(slot)};
}

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
