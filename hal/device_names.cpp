#include "hal/device_names.h"

#include <algorithm>

namespace refwave::hal {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  });
  return result;
}

std::string names(const std::vector<const DeviceInfo*>& devices) {
  std::string text;
  for (const DeviceInfo* device : devices) text += (text.empty() ? "" : ", ") + device->name;
  return text;
}

}  // namespace

Choice choose_device(const std::vector<DeviceInfo>& devices, Direction direction, std::string_view name) {
  const std::string kind = direction == Direction::output ? "output" : "input";
  const std::string wanted = lower(name);
  std::vector<const DeviceInfo*> all;
  std::vector<const DeviceInfo*> partly;
  std::vector<const DeviceInfo*> without_api;
  for (const DeviceInfo& device : devices) {
    if (device.direction != direction) continue;
    if (device.name == name) return {&device, {}};
    all.push_back(&device);
    const std::string there = lower(device.name);
    if (there.find(wanted) != std::string::npos) partly.push_back(&device);
    if (there.substr(there.find('/') + 1) == wanted) without_api.push_back(&device);
  }
  if (without_api.size() == 1) return {without_api.front(), {}};
  if (partly.size() == 1) return {partly.front(), {}};
  const std::string quoted = '"' + std::string(name) + '"';
  if (partly.size() > 1)
    return {nullptr, quoted + " is part of several " + kind + " devices' names: " + names(partly)};
  if (all.empty())
    return {nullptr, "no " + kind + " device " + quoted + "; there are no " + kind + " devices"};
  return {nullptr, "no " + kind + " device " + quoted + "; available: " + names(all)};
}

bool means_default(std::string_view name) { return name.empty() || lower(name) == "default"; }

}  // namespace refwave::hal
