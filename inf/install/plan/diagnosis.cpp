#include <algorithm>

#include "inf/install/picture/slots.h"
#include "inf/install/plan/plan.h"

namespace refwave::install {
namespace {

using Content = File::Content;

std::string programs(const ViewState& view) { return std::string(name_of(view.view)) + " programs: "; }

void add_fault(const File& file, const std::string& title, std::vector<std::string>& reasons) {
  if (file.content == Content::absent) reasons.push_back(file.path + " is missing");
  if (file.content == Content::foreign) reasons.push_back(file.path + " is not " + title + "'s");
}

void find_reasons(const ViewState& view, const std::string& title, std::vector<std::string>& reasons) {
  const std::optional<std::size_t> ours = our_slot(view);
  const std::optional<std::size_t> free = free_slot(view);
  if (!ours) reasons.push_back(programs(view) + title + " is in no slot");
  if (ours && free && *free < *ours)
    reasons.push_back(programs(view) + slot_name(*free) + " before " + title + "'s " + slot_name(*ours) +
                      " is free");
  add_fault(view.driver, title, reasons);
  if (view.driver.is_for_others)
    reasons.push_back(view.driver.path + " is not for " + name_of(view.view) + " programs");
}

void find_reasons(const Snapshot& snapshot, std::vector<std::string>& reasons) {
  const std::string title = title_of(snapshot.name);
  for (const ViewState& view : snapshot.views) find_reasons(view, title, reasons);
  if (snapshot.views.empty() || !snapshot.foreign_device.empty()) return;
  const std::optional<std::size_t> slot = our_slot(snapshot.views.front());
  if (!slot) return;
  if (!snapshot.device) {
    reasons.push_back("the device " + hardware_id(snapshot.name) +
                      " is missing, without which Windows clears " + title + "'s slots at a restart");
    return;
  }
  const Device wanted = device_for(snapshot, *slot);
  if (snapshot.device->alias != wanted.alias)
    reasons.push_back("the device's " + alias_text(*snapshot.device) + " is not " + title + "'s slot, " +
                      wanted.alias);
  else if (snapshot.device != wanted)
    reasons.push_back("the device " + wanted.instance + " lacks its driver or description");
}

bool has_traces(const Snapshot& snapshot) {
  if (snapshot.record || snapshot.device) return true;
  for (const ViewState& view : snapshot.views) {
    if (our_slot(view) || view.driver.content == Content::ours || view.driver.kept) return true;
  }
  return false;
}

std::string remark(const ViewState& view, std::size_t slot) {
  if (slot == 0) return "  Windows' own";
  return is_ours(view, slot) ? "  refwave" : "";
}

std::string file_line(const File& file, const std::string& title) {
  if (file.content == Content::absent) return file.path + ": missing";
  if (file.content == Content::foreign)
    return file.path + ": not " + title + "'s" +
           (file.product.empty() ? "" : " but " + file.product + " " + file.version);
  const bool differs = !file.is_source && !file.source.empty() && !file.is_source_foreign;
  return file.path + ": " + title + (file.version.empty() ? "" : " " + file.version) +
         (differs ? ", not the one beside this command" : "");
}

std::string slots_text(const ViewState& view) {
  std::string text;
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    std::string name = slot_name(slot);
    name.resize(7, ' ');
    text += "  " + name + text_of(view.slots[slot]) + remark(view, slot) + "\n";
  }
  return text;
}

std::string view_text(const ViewState& view, const Snapshot& snapshot) {
  std::string text = std::string(name_of(view.view)) + " programs\n";
  if (snapshot.name == kDriverName) text += slots_text(view);
  text += "  " + file_line(view.driver, title_of(snapshot.name)) + "\n";
  for (const std::string& leftover : view.driver.leftovers)
    text += "  " + leftover + ": deleted once no program uses it\n";
  return text;
}

std::string device_line(const Snapshot& snapshot) {
  const std::string text = "device " + hardware_id(snapshot.name) + ": ";
  if (!snapshot.foreign_device.empty()) return text + snapshot.foreign_device + ", not refwave's\n";
  if (!snapshot.device) return text + "missing\n";
  return text + snapshot.device->instance + ", " + alias_text(*snapshot.device) + "\n";
}

}  // namespace

std::string command(const std::string& name, const Snapshot& snapshot) {
  return "refwave " + name + (snapshot.name == kDriverName ? "" : " --driver " + snapshot.name);
}

Diagnosis diagnose(const Snapshot& snapshot) {
  if (!has_traces(snapshot)) return {Health::not_installed, {}};
  Diagnosis diagnosis{Health::installed, {}};
  find_reasons(snapshot, diagnosis.reasons);
  if (!diagnosis.reasons.empty()) diagnosis.health = Health::needs_repair;
  return diagnosis;
}

Diagnosis diagnose(const ProgramFiles& files, const std::vector<Executable>& programs) {
  const auto is_ours = [](const File& file) { return file.content == Content::ours; };
  if (!is_ours(files.winmm) && !is_ours(files.driver)) return {Health::not_installed, {}};
  Diagnosis diagnosis{Health::installed, {}};
  add_fault(files.winmm, "refwave", diagnosis.reasons);
  add_fault(files.driver, "refwave", diagnosis.reasons);
  const std::string& bitness = files.winmm.bitness;
  const auto loads_it = [&](const Executable& program) { return name_of(program.architecture) == bitness; };
  if (diagnosis.reasons.empty() && files.driver.bitness != bitness)
    diagnosis.reasons.push_back("winmm.dll is " + bitness + ", but refwave.drv is " + files.driver.bitness);
  if (is_ours(files.winmm) && !programs.empty() && std::ranges::none_of(programs, loads_it))
    diagnosis.reasons.push_back("winmm.dll is " + bitness + ", but no program there is");
  if (!diagnosis.reasons.empty()) diagnosis.health = Health::needs_repair;
  return diagnosis;
}

std::string status_text(const std::string& folder, const ProgramFiles& files, const Diagnosis& diagnosis,
                        const std::optional<std::string>& used) {
  if (diagnosis.health == Health::not_installed) return folder + ": refwave is not there\n";
  std::string text = folder + ": refwave " + files.winmm.version + ", " + files.winmm.bitness;
  if (used) text += used->empty() ? ", not used yet" : ", last used " + *used;
  for (const std::string& reason : diagnosis.reasons) text += "; " + reason;
  if (!diagnosis.reasons.empty()) text += "; `refwave install --program` restores it";
  return text + "\n";
}

std::string status_text(const Snapshot& snapshot) {
  std::string text;
  for (const ViewState& view : snapshot.views) text += view_text(view, snapshot);
  text += device_line(snapshot);
  for (const std::string& remark : snapshot.remarks) text += remark + "\n";
  const std::string title = title_of(snapshot.name);
  const Diagnosis diagnosis = diagnose(snapshot);
  if (diagnosis.health == Health::installed) text += title + " is installed\n";
  if (diagnosis.health == Health::not_installed) text += title + " is not installed\n";
  for (const std::string& reason : diagnosis.reasons) text += reason + "\n";
  if (!diagnosis.reasons.empty())
    text += title + " is only partly installed; `" + command("repair", snapshot) + "` completes it, `" +
            command("uninstall", snapshot) + "` removes it\n";
  return text;
}

}  // namespace refwave::install
