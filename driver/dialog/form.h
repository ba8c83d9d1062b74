// The configuration dialog without its window: the options of each field, the chosen ones, and the settings
// that follow. Text is UTF-8. One thread uses it. It touches no device and no file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver/configuration/configuration.h"
#include "hal/device.h"

namespace refwave::dialog {

/// A field that offers a list, named as its key in refwave.toml.
enum class Field : std::uint8_t { output, input, completion, wake, done };

class Form {
 public:
  /// `saved`: the settings of refwave.toml. Of several devices the first is shown, and the others stay.
  explicit Form(configuration::Configuration saved);

  /// Effects: offers these devices from now on. The chosen device stays chosen. If it is not among them, it
  /// is offered with a mark.
  void set_devices(std::span<const hal::DeviceInfo> devices);

  std::vector<std::string> options(Field field) const;
  /// Returns: an index into options().
  std::size_t chosen(Field field) const;
  void choose(Field field, std::size_t option);

  /// Returns: the periods to offer, as far as the chosen output makes them. Any other number in range may be
  /// typed.
  std::vector<std::uint32_t> usual_periods() const;
  /// Effects: takes the typed text; while it is no valid period, the previous period stays.
  void set_period(std::string_view typed);
  /// Returns: the note beside the period: the period that the chosen output makes of it, as time, or the
  /// valid range.
  std::string period_note() const;
  /// Returns: an empty text, or the fault that prevents the settings from being used.
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
