// All sound devices: the backends in the order in which they are asked, the clocked one last.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hal/device.h"

namespace refwave::hal {

/// The opened device, or the reason for none.
struct DeviceResult {
  std::unique_ptr<Device> device{};  // null on failure
  std::string error{};               // on failure one line: the reason, and the existing devices
  bool is_fallback = false;          // the clocked device serves although it was not asked for
  std::string reason{};              // the reason of the fallback, one line
  Availability missed =
      Availability::none;  // what there is of the device that was asked for and did not open
};

/// Thread: control, any number at a time.
class Devices {
 public:
  /// `backends`: at least one; the last is the clocked backend.
  explicit Devices(std::vector<std::unique_ptr<Backend>> backends) : backends_(std::move(backends)) {}

  /// Returns: all devices; the first backend's default alone is a default.
  std::vector<DeviceInfo> list(Direction direction);
  /// Returns: up to `most` devices of the default's host API, without `named`. Takes two seconds at most.
  std::vector<std::string> others(Direction direction, const std::vector<std::string>& named,
                                  std::size_t most);
  /// Returns: MMDevice's identifier of the device that `name` means now; empty if it has none.
  static std::u16string endpoint_id(Direction direction, const std::string& name);
  /// Returns: as Backend::obstacle, of the first backend that has one.
  std::string obstacle() const;
  /// Returns: as Backend::changes, of all backends.
  std::uint32_t changes() const noexcept;

  /// Effects: opens the device that request.device names: "" or "default" is the first backend's default, the
  /// clocked device is the fallback; otherwise by a name or a unique part of one.
  DeviceResult open(const OpenRequest& request, std::shared_ptr<AudioCallback> callback, Fallback fallback);

 private:
  OpenResult open_default(const OpenRequest& request, const std::shared_ptr<AudioCallback>& callback);
  OpenResult open_named(const OpenRequest& request, const std::shared_ptr<AudioCallback>& callback,
                        bool& exists);
  std::string problems() const;
  Availability availability(Availability least) const;

  std::vector<std::unique_ptr<Backend>> backends_;
};

}  // namespace refwave::hal
