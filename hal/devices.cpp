#include "hal/devices.h"

#include <algorithm>
#include <utility>

#include "hal/endpoints.h"
#include "hal/system/wide_text.h"

namespace refwave::hal {
namespace {

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

namespace {

/// Returns: as choose_device(), and the default device for "default"; null if there is none.
const DeviceInfo* named_device(const std::vector<DeviceInfo>& devices, Direction direction,
                               std::string_view name) {
  if (!means_default(name)) return choose_device(devices, direction, name).device;
  const auto found = std::ranges::find_if(devices, &DeviceInfo::is_default);
  return found == devices.end() ? nullptr : &*found;
}

}  // namespace

std::vector<DeviceInfo> Devices::list(Direction direction) {
  std::vector<DeviceInfo> all;
  bool has_default = false;
  for (const auto& backend : backends_) {
    for (DeviceInfo& device : backend->list(direction)) {
      device.is_default = device.is_default && !has_default;
      has_default = has_default || device.is_default;
      all.push_back(std::move(device));
    }
  }
  return all;
}

std::vector<std::string> Devices::others(Direction direction, const std::vector<std::string>& named,
                                         std::size_t most) {
  const std::vector<DeviceInfo> all = backends_.front()->list_names(direction);
  const DeviceInfo* const standard = named_device(all, direction, "default");
  if (standard == nullptr) return {};
  const std::string api = standard->name.substr(0, standard->name.find('/') + 1);
  std::vector<const DeviceInfo*> taken;
  for (const std::string& name : named) taken.push_back(named_device(all, direction, name));
  std::vector<std::string> rest;
  for (const DeviceInfo& device : all)
    if (rest.size() < most && device.name.starts_with(api) && std::ranges::count(taken, &device) == 0)
      rest.push_back(device.name);
  return rest;
}

std::u16string Devices::endpoint_id(Direction direction, const std::string& name) {
  const auto all = endpoints(direction);
  if (!all) return {};
  const DeviceInfo* const found = named_device(all->devices, direction, name);
  return found == nullptr ? std::u16string()
                          : all->ids[static_cast<std::size_t>(found - all->devices.data())];
}

std::string Devices::obstacle() const {
  std::string why;
  for (const auto& backend : backends_)
    if (why.empty()) why = backend->obstacle();
  return why;
}

std::uint32_t Devices::changes() const noexcept {
  std::uint32_t all = 0;
  for (const auto& backend : backends_) all += backend->changes();
  return all;
}

DeviceResult Devices::open(const OpenRequest& request, std::shared_ptr<AudioCallback> callback,
                           Fallback fallback) {
  bool exists = true;
  OpenResult opened =
      means_default(request.device) ? open_default(request, callback) : open_named(request, callback, exists);
  DeviceResult result{.device = std::move(opened.device), .error = std::move(opened.error)};
  if (result.device) return result;
  result.missed =
      availability(exists && !means_default(request.device) ? Availability::unusable : Availability::none);
  if (!exists) result.missed = std::min(result.missed, Availability::unusable);
  if (fallback == Fallback::none || !exists) return result;

  OpenRequest clocked = request;
  clocked.device.clear();
  opened = backends_.back()->open(clocked, std::move(callback));
  if (!opened.device) {
    if (result.error != opened.error) result.error += "; nor does the clocked device open: " + opened.error;
    return result;
  }
  result.device = std::move(opened.device);
  result.is_fallback = true;
  result.reason = std::exchange(result.error, {});
  return result;
}

Availability Devices::availability(Availability least) const {
  for (const auto& backend : backends_) least = std::max(least, backend->availability());
  return least;
}

OpenResult Devices::open_default(const OpenRequest& request, const std::shared_ptr<AudioCallback>& callback) {
  OpenResult result;
  OpenRequest usual = request;
  usual.device.clear();
  const bool only_clocked = backends_.size() == 1;
  for (std::size_t i = 0; i + (only_clocked ? 0 : 1) < backends_.size() && !result.device; ++i)
    result = backends_[i]->open(usual, callback);
  return result;
}

OpenResult Devices::open_named(const OpenRequest& request, const std::shared_ptr<AudioCallback>& callback,
                               bool& exists) {
  // An open of the clocked device does not wait for a sound server that may hang.
  if (request.device == backends_.back()->name()) return backends_.back()->open(request, callback);
  OpenRequest exact = request;
  for (const auto& backend : backends_) {
    exact.device = backend->full_name(request.direction, request.device);
    if (exact.device.empty()) continue;
    OpenResult opened = backend->open(exact, callback);
    if (!opened.is_unknown) return opened;
  }
  const auto all = list(request.direction);
  const Choice choice = choose_device(all, request.direction, request.device);
  if (choice.device == nullptr) {
    exists = std::ranges::any_of(
        backends_, [&](const auto& backend) { return backend->may_have(request.direction, request.device); });
    return {nullptr, choice.error + problems()};
  }

  exact.device = choice.device->name;
  const auto owner = std::find_if(backends_.begin(), backends_.end(), [&](const auto& backend) {
    return backend->name() == choice.device->backend;
  });
  return (*owner)->open(exact, callback);
}

std::string Devices::problems() const {
  std::string text;
  for (const auto& backend : backends_) {
    const std::string problem = backend->problem();
    if (!problem.empty()) text += " (" + problem + ")";
  }
  return text;
}

}  // namespace refwave::hal
