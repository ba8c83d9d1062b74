#include "inf/install/picture/slots.h"

#include <algorithm>

#include "driver/cli/console/letters.h"
#include "driver/cli/console/text.h"

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

bool is_ours(const ViewState& view, std::size_t slot) {
  const std::optional<Value>& value = view.slots[slot];
  if (slot < kFirstSlot || !value || value->kind == Value::Kind::other) return false;
  const std::string file = cli::lower(file_of(value->text));
  return file == kDriverName || file == cli::lower(view.driver.path);
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

}  // namespace refwave::install
