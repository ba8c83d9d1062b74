#include "inf/install/plan/plan.h"

#include <algorithm>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/text.h"
#include "inf/install/picture/slots.h"

namespace refwave::install {
namespace {

/// Plans one view of Drivers32: its future slots, the changes, and the recorded values of other drivers.
/// Pure.
class Slotting {
 public:
  /// `record` and `plan` are added to.
  Slotting(const ViewState& view, ViewRecord& record, Plan& plan)
      : view_(view), record_(record), plan_(plan) {}

  /// Effects: unless refwave has a slot, puts it into the first free one; by force, if none is free, into the
  /// last one of another driver, whose value is recorded. Returns: whether it has a slot.
  bool take(Force force);
  /// Effects: drops recorded values that are already restored, by an installer that was killed.
  void forget_returned();
  /// Effects: clears the slot from which an installer that was killed had moved refwave.
  void finish_move();
  /// Effects: moves refwave to the first free slot if it is later, or another driver's.
  void move_forward();
  /// Effects: removes refwave from all slots, and restores recorded values to slots that are free.
  void leave_all();

  const ViewState& view() const { return view_; }

 private:
  void set(std::size_t slot, const std::optional<Value>& value);
  std::optional<Value> remembered(std::size_t slot);
  void remark_lost(std::size_t slot);
  void remark_gap();
  std::string place(std::size_t slot) const;

  ViewState view_;
  ViewRecord& record_;
  Plan& plan_;
};

bool Slotting::take(Force force) {
  if (our_slot(view_)) return true;
  const std::optional<std::size_t> free = free_slot(view_);
  const std::optional<std::size_t> slot = free || force == Force::no ? free : last_foreign_slot(view_);
  if (!slot) return false;
  if (!free) {
    if (record_.replaced.contains(*slot)) remark_lost(*slot);
    record_.replaced[*slot] = *view_.slots[*slot];
  }
  set(*slot, Value{Value::Kind::text, name_in(view_.driver.path)});
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

/// Effects: drops the slot's recorded value. Returns: it, unless another slot holds it.
std::optional<Value> Slotting::remembered(std::size_t slot) {
  const auto entry = record_.replaced.extract(slot);
  if (entry.empty() || holds(view_, entry.mapped())) return std::nullopt;
  return entry.mapped();
}

void Slotting::remark_lost(std::size_t slot) {
  const Value& lost = record_.replaced.at(slot);
  if (holds(view_, lost)) return;
  plan_.remarks.push_back(place(slot) + " held " + text_of(lost) + " before " +
                          title_of(name_in(view_.driver.path)) + ", and then " + text_of(view_.slots[slot]) +
                          " took it, which is kept");
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

void remember(const std::optional<Record>& before, const std::optional<Record>& after, Plan& plan) {
  if (before != after) plan.changes.emplace_back(SetRecord{before, after});
}

/// Returns: the record during a plan: no value may be dropped before its slot is written, and the former slot
/// not before it is cleared.
Record united(const Record& after, const std::optional<Record>& before) {
  Record all = after;
  for (const auto& [view, record] : before.value_or(Record())) {
    if (!all.contains(view)) continue;
    all[view].slot = record.slot;
    all[view].replaced.insert(record.replaced.begin(), record.replaced.end());
  }
  return all;
}

/// Effects: gives the driver its device, with the alias of the first view.
void set_device(const Snapshot& snapshot, const Record& record, Plan& plan) {
  if (!snapshot.foreign_device.empty()) {
    plan.remarks.push_back(snapshot.foreign_device + ", another's device, has the hardware id " +
                           hardware_id(snapshot.name) + "; refwave makes none beside it");
    return;
  }
  const Device wanted = device_for(snapshot, record.at(snapshot.views.front().view).slot);
  if (snapshot.device != wanted)
    plan.changes.emplace_back(SetDevice{hardware_id(snapshot.name), snapshot.device, wanted});
}

enum class Repair { no, yes };

/// Effects: assigns a slot in each view. Returns: the new record. Errors: Failure with the holders.
Record take_slots(const Snapshot& snapshot, Force force, Repair repair, Plan& plan) {
  Record record = snapshot.record.value_or(Record());
  std::string taken;
  for (const ViewState& view : snapshot.views) {
    Slotting slotting(view, record[view.view], plan);
    slotting.forget_returned();
    if (repair == Repair::yes) {
      slotting.finish_move();
      slotting.move_forward();
    }
    if (!slotting.take(force))
      taken +=
          std::string(taken.empty() ? "" : "; ") + name_of(view.view) + " programs have " + holders(view);
    if (auto slot = our_slot(slotting.view())) record[view.view].slot = *slot;
  }
  if (!taken.empty()) {
    throw cli::Failure("wave1 to wave9 are all taken: " + taken +
                       "; uninstall one of these, or let --force take the last until its uninstallation");
  }
  return record;
}

/// Errors: Failure if another's driver has no file for these programs, or a file of its name is in the way:
/// without a mark in the file, no record could say later whose it is.
void check_files(const Snapshot& snapshot) {
  if (snapshot.name == kDriverName) return;
  if (snapshot.views.empty()) throw cli::Failure(snapshot.name + ": no file for programs of this Windows");
  for (const auto& [view, slots, file] : snapshot.views) {
    if (file.content == File::Content::foreign)
      throw cli::Failure(file.path + ": another file of this name is there; delete or rename it first");
    if (file.content == File::Content::absent && file.source.empty())
      throw cli::Failure(file.path +
                         " is missing; `refwave install` with --driver or --driver32 puts it there");
  }
}

Plan complete(const Snapshot& snapshot, Force force, Repair repair) {
  check_files(snapshot);
  Plan slots;
  const Record record = take_slots(snapshot, force, repair, slots);
  const Record meanwhile = united(record, snapshot.record);
  Plan plan;
  plan.remarks = snapshot.remarks;
  remember(snapshot.record, meanwhile, plan);
  for (const ViewState& view : snapshot.views) place(view.driver, force, plan);
  plan.changes.insert(plan.changes.end(), slots.changes.begin(), slots.changes.end());
  plan.remarks.insert(plan.remarks.end(), slots.remarks.begin(), slots.remarks.end());
  set_device(snapshot, record, plan);
  remember(meanwhile, record, plan);
  return plan;
}

}  // namespace

Plan plan_install(const Snapshot& snapshot, Force force) { return complete(snapshot, force, Repair::no); }

Plan plan_repair(const Snapshot& snapshot, Force force) {
  if (diagnose(snapshot).health == Health::not_installed)
    throw cli::Failure(title_of(snapshot.name) + " is not installed; `" + command("install", snapshot) +
                       "` does that");
  return complete(snapshot, force, Repair::yes);
}

Plan plan_uninstall(const Snapshot& snapshot) {
  Plan plan;
  Record record = snapshot.record.value_or(Record());
  // First, because Windows may clear the alias' slot with it.
  if (snapshot.device)
    plan.changes.emplace_back(SetDevice{hardware_id(snapshot.name), snapshot.device, std::nullopt});
  for (const ViewState& view : snapshot.views) Slotting(view, record[view.view], plan).leave_all();
  for (const ViewState& view : snapshot.views) remove(view.driver, plan);
  remember(snapshot.record, std::nullopt, plan);
  if (!snapshot.empty_folder.empty()) plan.discards.push_back(snapshot.empty_folder);
  return plan;
}

namespace {

using Content = File::Content;

void discard_leftovers(const File& file, Plan& plan) {
  plan.discards.insert(plan.discards.end(), file.leftovers.begin(), file.leftovers.end());
}

/// Returns: an unused name: `beginning` and a number.
std::string free_name(const std::string& beginning, const File& file) {
  for (int number = 1;; ++number) {
    std::string name = beginning + std::to_string(number);
    if (std::ranges::find(file.leftovers, name) == file.leftovers.end()) return name;
  }
}

/// Effects: renames our file, and discards it at the end.
void make_room(const File& file, Plan& plan) {
  const std::string former = free_name(former_name(file.path), file);
  plan.changes.emplace_back(FileMove{file.path, former});
  plan.discards.push_back(former);
}

void keep_foreign(const File& file, Force force, Plan& plan) {
  if (force == Force::no) {
    throw cli::Failure(file.path + ": there is one already, and not refwave's" +
                       (file.product.empty() ? "" : " but " + file.product + " " + file.version) +
                       "; --force keeps it aside until refwave is uninstalled");
  }
  if (file.kept) {
    throw cli::Failure(file.path + ": not refwave's, and " + kept_name(file.path) +
                       " was kept already; move one of them away");
  }
  plan.changes.emplace_back(FileMove{file.path, kept_name(file.path)});
}

}  // namespace

View view_of(const Executable& file) {
  if (file.architecture == Architecture::x64) return View::bits_64;
  if (file.architecture == Architecture::x86) return View::bits_32;
  throw cli::Failure(file.name + ": built for neither x64 nor x86, and refwave serves no others");
}

void place(const File& file, Force force, Plan& plan) {
  discard_leftovers(file, plan);
  if (file.content == Content::ours && file.is_source) return;
  if (file.is_source_foreign)
    throw cli::Failure(file.source + ": not refwave's; unpack refwave's archive again, with all its folders");
  if (file.source.empty()) {
    // An earlier version of refwave is better than none.
    if (file.content == Content::ours) return;
    throw cli::Failure(file.path +
                       ": the new file is missing; unpack refwave's archive with all its folders");
  }
  const std::string arriving = free_name(arriving_name(file.path), file);
  plan.changes.emplace_back(FileCopy{file.source, arriving});
  if (file.content == Content::ours) make_room(file, plan);
  if (file.content == Content::foreign) keep_foreign(file, force, plan);
  plan.changes.emplace_back(FileMove{arriving, file.path});
}

void remove(const File& file, Plan& plan) {
  discard_leftovers(file, plan);
  if (file.content == Content::ours) make_room(file, plan);
  if (file.content != Content::foreign) {
    if (file.kept) plan.changes.emplace_back(FileMove{kept_name(file.path), file.path});
    return;
  }
  plan.remarks.push_back(file.path + " was not installed by refwave and is kept");
  if (file.kept) plan.remarks.push_back(kept_name(file.path) + ", which had that name before, is kept, too");
}

View bitness_of(const std::vector<Executable>& programs, const std::string& named,
                const std::string& folder) {
  const Executable* first = nullptr;
  for (const Executable& program : programs) {
    if (!named.empty() && cli::lower(program.name) != cli::lower(named)) continue;
    if (first != nullptr && view_of(program) != view_of(*first)) {
      throw cli::Failure(folder + ": has 64-bit and 32-bit programs (" + first->name + ", " + program.name +
                         "); name one of them, as --program " +
                         cli::path_text(cli::to_path(folder) / first->name));
    }
    if (first == nullptr) first = &program;
  }
  if (first == nullptr)
    throw cli::Failure(folder + ": " +
                       (named.empty() ? "no program (.exe) in this folder" : "no program " + named) +
                       "; name the folder of the program's .exe, or the .exe");
  return view_of(*first);
}

Plan plan_program_install(const ProgramFiles& files, Force force) {
  Plan plan;
  place(files.driver, force, plan);
  // Last, because it looks for the driver when it is loaded.
  place(files.winmm, force, plan);
  return plan;
}

Plan plan_program_uninstall(const ProgramFiles& files) {
  Plan plan;
  remove(files.winmm, plan);
  remove(files.driver, plan);
  return plan;
}

}  // namespace refwave::install
