#include "inf/install/plan/plan.h"

#include "driver/cli/console/failure.h"
#include "inf/install/plan/slotting.h"

namespace refwave::install {
namespace {

void remember(const std::optional<Record>& before, const std::optional<Record>& after, Plan& plan) {
  if (before != after) plan.changes.emplace_back(SetRecord{before, after});
}

/// Returns: what is remembered before, during and after a plan: a value must not be forgotten before its slot
/// is written.
Record united(const Record& after, const std::optional<Record>& before) {
  Record all = after;
  for (const auto& [view, record] : before.value_or(Record())) {
    if (all.contains(view)) all[view].replaced.insert(record.replaced.begin(), record.replaced.end());
  }
  return all;
}

std::string full(const ViewState& view) {
  return std::string(name_of(view.view)) + " programs have " + holders(view);
}

/// Effects: gives every view of the machine its slot. Returns: the record of it. Errors: Failure with the
/// holders.
template <class Take>
Record take_slots(const Snapshot& snapshot, Take take, Plan& plan) {
  Record record = snapshot.record.value_or(Record());
  std::string taken;
  for (const ViewState& view : snapshot.views) {
    Slotting slotting(view, record[view.view], plan);
    slotting.forget_returned();
    if (!take(slotting)) taken += (taken.empty() ? "" : "; ") + full(view);
    if (auto slot = our_slot(slotting.view())) record[view.view].slot = *slot;
  }
  if (!taken.empty()) {
    throw cli::Failure("wave1 to wave9 are all taken: " + taken +
                       "; uninstall one of these, or let --force take the last until refwave is uninstalled");
  }
  return record;
}

template <class Take>
Plan complete(const Snapshot& snapshot, Force force, Take take) {
  Plan slots;
  const Record record = take_slots(snapshot, take, slots);
  const Record meanwhile = united(record, snapshot.record);
  Plan plan;
  plan.remarks = snapshot.remarks;
  remember(snapshot.record, meanwhile, plan);
  for (const ViewState& view : snapshot.views) place(view.driver, force, plan);
  plan.changes.insert(plan.changes.end(), slots.changes.begin(), slots.changes.end());
  plan.remarks.insert(plan.remarks.end(), slots.remarks.begin(), slots.remarks.end());
  remember(meanwhile, record, plan);
  return plan;
}

bool take(Slotting& slotting, Force force) {
  if (our_slot(slotting.view())) return true;
  return force == Force::yes ? slotting.take_by_force() : slotting.take_free();
}

}  // namespace

Plan plan_install(const Snapshot& snapshot, Force force) {
  return complete(snapshot, force, [force](Slotting& slotting) { return take(slotting, force); });
}

Plan plan_repair(const Snapshot& snapshot, Force force) {
  if (diagnose(snapshot).health == Health::not_installed)
    throw cli::Failure("refwave is not installed; `refwave install` does that");
  return complete(snapshot, force, [force](Slotting& slotting) {
    slotting.finish_move();
    slotting.move_forward();
    return take(slotting, force);
  });
}

Plan plan_uninstall(const Snapshot& snapshot) {
  Plan plan;
  Record record = snapshot.record.value_or(Record());
  for (const ViewState& view : snapshot.views) Slotting(view, record[view.view], plan).leave_all();
  for (const ViewState& view : snapshot.views) remove(view.driver, plan);
  remember(snapshot.record, std::nullopt, plan);
  return plan;
}

}  // namespace refwave::install
