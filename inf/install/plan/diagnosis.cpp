#include "inf/install/picture/slots.h"
#include "inf/install/plan/plan.h"

namespace refwave::install {
namespace {

using Content = File::Content;

std::string programs(const ViewState& view) { return std::string(name_of(view.view)) + " programs: "; }

void find_reasons(const ViewState& view, std::vector<std::string>& reasons) {
  const std::optional<std::size_t> ours = our_slot(view);
  const std::optional<std::size_t> free = free_slot(view);
  if (!ours) reasons.push_back(programs(view) + "refwave is in no slot");
  if (ours && free && *free < *ours)
    reasons.push_back(programs(view) + slot_name(*free) + " before refwave's " + slot_name(*ours) +
                      " is free");
  if (view.driver.content == Content::absent) reasons.push_back(view.driver.path + " is missing");
  if (view.driver.is_for_others)
    reasons.push_back(view.driver.path + " is not for " + name_of(view.view) + " programs");
  if (view.driver.content == Content::foreign) reasons.push_back(view.driver.path + " is not refwave's");
}

void find_reasons(const Snapshot& snapshot, std::vector<std::string>& reasons) {
  for (const ViewState& view : snapshot.views) find_reasons(view, reasons);
  const std::optional<std::size_t> slot = our_slot(snapshot.views.front());
  if (!snapshot.foreign_device.empty() || !slot) return;
  if (!snapshot.device) {
    reasons.push_back("the device " + hardware_id(kDriverName) +
                      " is missing, without which Windows clears refwave's slots at a restart");
    return;
  }
  const Device wanted = device_for(snapshot, *slot);
  if (snapshot.device->alias != wanted.alias)
    reasons.push_back("the device's " + alias_text(*snapshot.device) + " is not refwave's slot, " +
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

std::string file_line(const File& file) {
  if (file.content == Content::absent) return file.path + ": missing";
  if (file.content == Content::foreign) return file.path + ": not refwave's";
  const bool differs = !file.is_source && !file.source.empty() && !file.is_source_foreign;
  return file.path + ": refwave " + file.version + (differs ? ", not the one beside this command" : "");
}

std::string view_text(const ViewState& view) {
  std::string text = std::string(name_of(view.view)) + " programs\n";
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    std::string name = slot_name(slot);
    name.resize(7, ' ');
    text += "  " + name + text_of(view.slots[slot]) + remark(view, slot) + "\n";
  }
  text += "  " + file_line(view.driver) + "\n";
  for (const std::string& leftover : view.driver.leftovers)
    text += "  " + leftover + ": deleted once no program uses it\n";
  return text;
}

std::string device_line(const Snapshot& snapshot) {
  const std::string text = "device " + hardware_id(kDriverName) + ": ";
  if (!snapshot.foreign_device.empty()) return text + snapshot.foreign_device + ", not refwave's\n";
  if (!snapshot.device) return text + "missing\n";
  return text + snapshot.device->instance + ", " + alias_text(*snapshot.device) + "\n";
}

}  // namespace

Diagnosis diagnose(const Snapshot& snapshot) {
  if (!has_traces(snapshot)) return {Health::not_installed, {}};
  Diagnosis diagnosis{Health::installed, {}};
  find_reasons(snapshot, diagnosis.reasons);
  if (!diagnosis.reasons.empty()) diagnosis.health = Health::needs_repair;
  return diagnosis;
}

std::string status_text(const Snapshot& snapshot) {
  std::string text;
  for (const ViewState& view : snapshot.views) text += view_text(view);
  text += device_line(snapshot);
  for (const std::string& remark : snapshot.remarks) text += remark + "\n";
  const Diagnosis diagnosis = diagnose(snapshot);
  if (diagnosis.health == Health::installed) text += "refwave is installed\n";
  if (diagnosis.health == Health::not_installed) text += "refwave is not installed\n";
  for (const std::string& reason : diagnosis.reasons) text += reason + "\n";
  if (!diagnosis.reasons.empty())
    text +=
        "refwave is only partly installed; `refwave repair` completes it, `refwave uninstall` removes it\n";
  return text;
}

}  // namespace refwave::install
