// The configuration dialog without its window: what each field offers, what is chosen, what that makes of the
// settings. Text is UTF-8. One thread; touches no device and no file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver/configuration/configuration.h"
#include "hal/device.h"

namespace refwave::winmm {

/// A field that offers a list, called as its key in refwave.toml.
enum class Field : std::uint8_t { output, input, completion, wake, done };

class Form {
 public:
  /// `saved`: what refwave.toml says. Of several devices the first is shown, and the others stay.
  explicit Form(configuration::Configuration saved);

  /// Effects: offers these devices from now on. What was chosen stays chosen; if it is not among them it is
  /// offered all the same, marked.
  void set_devices(std::span<const hal::DeviceInfo> devices);

  std::vector<std::string> options(Field field) const;
  /// Returns: an index into options().
  std::size_t chosen(Field field) const;
  void choose(Field field, std::size_t option);

  /// Returns: periods to offer, as far as the chosen output makes them; any other number in range is as good.
  std::vector<std::uint32_t> usual_periods() const;
  /// Effects: takes what was typed; while it is no period the one before stays.
  void set_period(std::string_view typed);
  /// Returns: what stands beside the period: what the chosen output makes of it, as time, or what is expected
  /// if it is none.
  std::string period_note() const;
  /// Returns: empty, or what has to be mended before the settings can be used.
  std::string problem() const;

  const configuration::Configuration& saved() const { return saved_; }
  const configuration::Configuration& wanted() const { return wanted_; }

 private:
  struct Device {
    std::string name;  // as the configuration takes it; empty: no wave device
    std::string label;
    std::string present;  // its full name now; empty: nobody knows
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

}  // namespace refwave::winmm
