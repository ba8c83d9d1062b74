#include "inf/install/plan/slotting.h"

namespace refwave::install {

bool Slotting::take_free() {
  const std::optional<std::size_t> slot = free_slot(view_);
  if (!slot) return false;
  set(*slot, Value{Value::Kind::text, kDriverName});
  record_.slot = *slot;
  return true;
}

bool Slotting::take_by_force() {
  if (take_free()) return true;
  const std::optional<std::size_t> slot = last_foreign_slot(view_);
  if (!slot) return false;
  if (record_.replaced.contains(*slot)) remark_lost(*slot);
  record_.replaced[*slot] = *view_.slots[*slot];
  set(*slot, Value{Value::Kind::text, kDriverName});
  record_.slot = *slot;
  return true;
}

void Slotting::forget_returned() {
  std::erase_if(record_.replaced,
                [&](const auto& entry) { return view_.slots[entry.first] == entry.second; });
}

void Slotting::finish_move() {
  for (std::size_t slot = our_slot(view_).value_or(kSlots) + 1; slot < kSlots; ++slot) {
    const bool is_former = slot == record_.slot || record_.replaced.contains(slot);
    if (is_former && is_ours(view_, slot)) set(slot, remembered(slot));
  }
}

void Slotting::move_forward() {
  const std::optional<std::size_t> ours = our_slot(view_);
  const std::optional<std::size_t> free = free_slot(view_);
  if (!ours || !free || (*free > *ours && !record_.replaced.contains(*ours))) return;
  set(*free, view_.slots[*ours]);
  set(*ours, remembered(*ours));
  record_.slot = *free;
}

void Slotting::leave_all() {
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    if (is_ours(view_, slot)) set(slot, remembered(slot));
  }
  while (!record_.replaced.empty()) {
    const std::size_t slot = record_.replaced.begin()->first;
    if (view_.slots[slot]) remark_lost(slot);
    const std::optional<Value> value = remembered(slot);
    if (value && !view_.slots[slot]) set(slot, value);
  }
  remark_gap();
}

void Slotting::set(std::size_t slot, const std::optional<Value>& value) {
  plan_.changes.emplace_back(SetValue{view_.view, slot, view_.slots[slot], value});
  view_.slots[slot] = value;
}

/// Effects: forgets what is remembered of the slot. Returns: that, unless it stands in some slot anyhow.
std::optional<Value> Slotting::remembered(std::size_t slot) {
  const auto entry = record_.replaced.extract(slot);
  if (entry.empty() || holds(view_, entry.mapped())) return std::nullopt;
  return entry.mapped();
}

void Slotting::remark_lost(std::size_t slot) {
  const Value& lost = record_.replaced.at(slot);
  if (holds(view_, lost)) return;
  plan_.remarks.push_back(place(slot) + " held " + text_of(lost) + " before refwave, and then " +
                          text_of(view_.slots[slot]) + " took it, which stays");
}

void Slotting::remark_gap() {
  const std::optional<std::size_t> free = free_slot(view_);
  for (std::size_t slot = free.value_or(kSlots); slot < kSlots; ++slot) {
    if (view_.slots[slot]) {
      plan_.remarks.push_back(place(*free) + " is free now, before " + slot_name(slot) + " " +
                              text_of(view_.slots[slot]) +
                              "; if Windows does not find that any more, install it again");
      return;
    }
  }
}

std::string Slotting::place(std::size_t slot) const {
  return slot_name(slot) + " (" + name_of(view_.view) + " programs)";
}

}  // namespace refwave::install
