#include "tests/install/machine.h"

namespace refwave::test {
namespace {

constexpr const char* kSource = "archive/refwave";

bool is_ours(const std::string& contents) { return contents.starts_with("refwave"); }

}  // namespace

Machine::Machine(std::vector<View> views) {
  for (const View view : views) put(view, 0, "wdmaud.drv");
}

std::string Machine::driver_path(View view) {
  return view == View::bits_64 ? "C:\\System32\\refwave.drv" : "C:\\SysWOW64\\refwave.drv";
}

std::string Machine::at(View view, std::size_t slot) const {
  const std::optional<Value>& value = slots.at(view)[slot];
  return value ? value->text : "";
}

void Machine::fill(View view, const std::string& name) {
  for (std::size_t slot = 1; slot < kSlots; ++slot) {
    if (!slots[view][slot]) put(view, slot, name + std::to_string(slot) + ".drv");
  }
}

File Machine::file(const std::string& path) {
  File file;
  file.path = path;
  file.source = source.empty() ? "" : kSource;
  file.kept = files.contains(kept_name(path));
  for (const auto& [name, contents] : files) {
    if (name.starts_with(former_name(path))) file.leftovers.push_back(name);
  }
  if (!files.contains(path)) return file;
  file.content = is_ours(files[path]) ? File::Content::ours : File::Content::foreign;
  file.version = files[path];
  file.is_source = files[path] == source;
  return file;
}

Snapshot Machine::look() {
  Snapshot snapshot;
  for (const auto& [view, values] : slots) snapshot.views.push_back({view, values, file(driver_path(view))});
  snapshot.record = record;
  return snapshot;
}

ProgramFiles Machine::program(const std::string& folder) {
  return {file(folder + "refwave.drv"), file(folder + "winmm.dll")};
}

void Machine::step(const std::string& what) {
  if (fails(steps++)) throw SystemError(what + ": refused");
}

void Machine::set_value(View view, std::size_t slot, const std::optional<Value>& value) {
  step("set value");
  slots.at(view).at(slot) = value;
}

void Machine::set_record(const std::optional<Record>& new_record) {
  step("set record");
  record = new_record;
}

void Machine::move_file(const std::string& from, const std::string& to) {
  step("move " + from);
  if (!files.contains(from) || files.contains(to)) throw SystemError("move " + from + ": impossible");
  files[to] = files[from];
  files.erase(from);
  if (in_use.erase(from) != 0) in_use.insert(to);
}

void Machine::copy_file(const std::string& from, const std::string& to) {
  step("copy " + from);
  if (from != kSource || files.contains(to)) throw SystemError("copy to " + to + ": impossible");
  files[to] = source;
}

void Machine::delete_file(const std::string& path) {
  step("delete " + path);
  if (in_use.contains(path) || files.erase(path) == 0) throw SystemError("delete " + path + ": in use");
}

void Machine::delete_at_restart(const std::string& path) {
  step("delete at restart " + path);
  doomed.insert(path);
}

void Machine::restart() {
  in_use.clear();
  for (const std::string& path : doomed) files.erase(path);
  doomed.clear();
}

void Machine::carry_out_noted(const Plan& plan) {
  said.clear();
  for (const std::string& remark : plan.remarks) said += remark + "\n";
  carry_out(plan, *this, [this](const std::string& line) { said += line + "\n"; });
}

}  // namespace refwave::test
