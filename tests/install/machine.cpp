#include "tests/install/machine.h"

namespace refwave::test {
namespace {

constexpr const char* kSource = "archive/refwave";

bool is_ours(const std::string& contents) { return contents.starts_with("refwave"); }

}  // namespace

std::string failure_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const cli::Failure& failure) {
    return failure.what();
  }
  return {};
}

Machine::Machine(std::vector<View> views) {
  for (const View view : views) put(view, 0, "wdmaud.drv");
}

std::string Machine::driver_path(View view, const std::string& name) {
  return (view == View::bits_64 ? "C:\\System32\\" : "C:\\SysWOW64\\") + name;
}

std::string Machine::at(View view, std::size_t slot) const {
  const std::optional<Value>& value = slots.at(view)[slot];
  return value ? value->text : "";
}

void Machine::fill(View view) {
  for (std::size_t slot = 1; slot < kSlots; ++slot) {
    if (!slots[view][slot]) put(view, slot, "a" + std::to_string(slot) + ".drv");
  }
}

File Machine::file(const std::string& path) {
  File file;
  file.path = path;
  file.source = source.empty() ? "" : kSource;
  file.kept = files.contains(kept_name(path));
  for (const auto& [name, contents] : files) {
    if (name.starts_with(former_name(path)) || name.starts_with(arriving_name(path)))
      file.leftovers.push_back(name);
  }
  if (!files.contains(path)) return file;
  file.content = is_ours(files[path]) ? File::Content::ours : File::Content::foreign;
  file.version = files[path];
  file.is_source = files[path] == source;
  return file;
}

Snapshot Machine::look() {
  Snapshot snapshot;
  snapshot.name = name;
  for (const auto& [view, values] : slots)
    snapshot.views.push_back({view, values, file(driver_path(view, name))});
  snapshot.record = record;
  snapshot.device = device;
  if (!device) snapshot.foreign_device = foreign_device;
  if (name != kDriverName) judge_by_record(snapshot);
  return snapshot;
}

ProgramFiles Machine::program(const std::string& folder) {
  return {file(folder + "refwave.drv"), file(folder + "winmm.dll")};
}

bool Machine::step(const std::string& what) {
  const int number = steps++;
  if (fails(number)) throw SystemError(what + ": refused");
  const std::optional<int> part = dies(number);
  if (part == 0) throw Killed{};
  return part.has_value();
}

void Machine::set_value(View view, std::size_t slot, const std::optional<Value>& value) {
  const bool dead = step("set value");  // one value is written whole
  slots.at(view).at(slot) = value;
  if (dead) throw Killed{};
}

void Machine::store(const NamedValues& values) {
  record = values.empty() ? std::nullopt : std::optional(from_values(values));
}

/// One value at a time, as in Windows' registry: new ones are set, then old ones removed.
void Machine::set_record(const std::optional<Record>& new_record) {
  const bool dead = step("set record");
  const NamedValues after = to_values(new_record.value_or(Record()));
  NamedValues values = to_values(record.value_or(Record()));
  std::size_t left = dead ? (after.size() + values.size()) / 2 : after.size() + values.size();
  for (const auto& [name, value] : after) {
    if (left == 0) break;
    values[name] = value;
    --left;
  }
  std::erase_if(values,
                [&](const auto& entry) { return !after.contains(entry.first) && left != 0 && left-- != 0; });
  store(values);
  if (dead) throw Killed{};
}

/// Windows' driver key is written after the device is made, and deleted before it is removed.
void Machine::set_device(const std::optional<Device>& new_device) {
  const bool dead = step("set device");
  const Device bare = {"ROOT\\MEDIA\\0000", "", "", ""};
  if (dead) {
    device = bare;
    throw Killed{};
  }
  device = new_device;
  if (device) device->instance = bare.instance;
}

void Machine::move_file(const std::string& from, const std::string& to) {
  const bool dead = step("move " + from);
  if (!files.contains(from) || files.contains(to)) throw SystemError("move " + from + ": impossible");
  files[to] = files[from];
  files.erase(from);
  if (in_use.erase(from) != 0) in_use.insert(to);
  if (dead) throw Killed{};
}

void Machine::copy_file(const std::string& from, const std::string& to) {
  const bool dead = step("copy " + from);
  if (from != kSource || files.contains(to)) throw SystemError("copy to " + to + ": impossible");
  files[to] = dead ? source.substr(0, source.size() / 2) : source;
  if (dead) throw Killed{};
}

void Machine::delete_file(const std::string& path) {
  const bool dead = step("delete " + path);
  if (in_use.contains(path) || files.erase(path) == 0) throw SystemError("delete " + path + ": in use");
  if (dead) throw Killed{};
}

void Machine::delete_at_restart(const std::string& path) {
  const bool dead = step("delete at restart " + path);
  doomed.insert(path);
  if (dead) throw Killed{};
}

void Machine::restart() {
  for (auto& [view, values] : slots) {
    const bool is_owned = !foreign_device.empty() || (device && device->driver == name);
    for (auto& value : values) {
      if (!is_owned && value && value->text.starts_with(name)) value.reset();
    }
  }
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
