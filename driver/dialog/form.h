// The configuration dialog without its window: each field's options, and the settings that follow. UTF-8.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver/configuration/configuration.h"
#include "hal/device.h"

namespace refwave::dialog {

enum class Field : std::uint8_t { output, input, completion, wake, done };

class Form {
 public:
  /// Of several devices the first is shown, and the others are kept.
  explicit Form(configuration::Configuration saved);

  /// Effects: offers these devices. The chosen device stays chosen; if it is missing, it gets a mark.
  void set_devices(std::span<const hal::DeviceInfo> devices);

  std::vector<std::string> options(Field field) const;
  /// Returns: an index into options().
  std::size_t chosen(Field field) const;
  void choose(Field field, std::size_t option);
  /// Effects: undoes what refwave.toml says of the dialog's fields.
  void choose_defaults();

  /// Returns: the usual periods that the chosen output makes. Others may be typed.
  std::vector<std::uint32_t> usual_periods() const;
  /// Returns: the period that the chosen output makes of the wanted one.
  std::uint32_t period_here() const;
  /// An invalid text keeps the previous period.
  void set_period(std::string_view typed);
  /// Returns: what the chosen output makes of the period that is `shown`, as time, or the valid range.
  std::string period_note(std::uint32_t shown) const;
  /// Returns: why the settings cannot be used; empty if they can.
  std::string problem() const;

  const configuration::Configuration& saved() const { return saved_; }
  const configuration::Configuration& wanted() const { return wanted_; }

 private:
  struct Device {
    std::string name;  // as the configuration takes it; empty: no wave device
    std::string label;
    std::string present;  // its full name now; empty: not known
  };
  struct DeviceField {
    std::vector<Device> offered;
    std::size_t chosen = 0;
  };

  static DeviceField field_for(hal::Direction direction, const std::vector<std::string>& configured,
                               std::span<const hal::DeviceInfo> devices, bool is_known);
  const DeviceField* device_field(Field field) const;
  double rate() const;
  std::uint32_t longest_period() const;

  configuration::Configuration saved_;
  configuration::Configuration wanted_;
  DeviceField output_;
  DeviceField input_;
  bool period_is_valid_ = true;
};

}  // namespace refwave::dialog
