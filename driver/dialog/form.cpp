#include "driver/dialog/form.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <utility>

#include "hal/clocked/clocked_backend.h"
#include "hal/portaudio/latency.h"
#include "hal/system/wide_text.h"

namespace refwave::dialog {
namespace {

constexpr std::array<std::uint32_t, 10> kPeriods = {64, 96, 128, 192, 240, 256, 480, 512, 960, 1024};
constexpr double kUsualRate = 48'000;  // for a device that chooses its own rate

// In the order of the enumerations.
constexpr std::array<std::string_view, 2> kCompletions = {"a thread of the driver (deferred)",
                                                          "the audio thread itself (direct)"};
constexpr std::array<std::string_view, 3> kWakes = {"asleep until it is woken (park)",
                                                    "asleep until shortly before a block is due (predict)",
                                                    "awake; keeps one processor busy (spin)"};
constexpr std::array<std::string_view, 2> kDones = {"its memory is no longer needed (consumed)",
                                                    "it has been heard (played)"};

std::span<const std::string_view> fixed_options(Field field) {
  if (field == Field::completion) return kCompletions;
  if (field == Field::wake) return kWakes;
  return kDones;
}

std::string label_of(const hal::DeviceInfo& device) {
  return device.name == hal::kClockedName ? device.name + " (keeps time, plays nothing)" : device.name;
}

std::string present_default(hal::Direction direction, std::span<const hal::DeviceInfo> devices) {
  const auto now = std::ranges::find_if(
      devices, [&](const auto& device) { return device.direction == direction && device.is_default; });
  return now == devices.end() ? "" : now->name;
}

std::string label_of_default(const std::string& now) {
  return now.empty() ? "System default" : "System default (now " + now + ")";
}

}  // namespace

Form::Form(configuration::Configuration saved) : saved_(std::move(saved)), wanted_(saved_) {
  output_ = field_for(hal::Direction::output, wanted_.output, {}, false);
  input_ = field_for(hal::Direction::input, wanted_.input, {}, false);
}

/// `is_known`: the devices have been listed.
Form::DeviceField Form::field_for(hal::Direction direction, const std::vector<std::string>& configured,
                                  std::span<const hal::DeviceInfo> devices, bool is_known) {
  DeviceField field;
  const std::string now = present_default(direction, devices);
  field.offered.push_back({"default", label_of_default(now), now});
  for (const hal::DeviceInfo& device : devices) {
    if (device.direction == direction) field.offered.push_back({device.name, label_of(device), device.name});
  }
  if (configured.empty()) {
    field.offered.push_back({"", "none", ""});
    field.chosen = field.offered.size() - 1;
  } else if (const std::string& name = configured.front(); !hal::means_default(name)) {
    // refwave.toml may contain a part of the name.
    const std::vector<hal::DeviceInfo> all(devices.begin(), devices.end());
    const hal::Choice found = hal::choose_device(all, direction, name);
    const std::string_view full = found.device != nullptr ? std::string_view(found.device->name) : name;
    auto offered = std::ranges::find(field.offered, full, &Device::name);
    if (offered == field.offered.end())
      offered = field.offered.insert(offered, {name, name + (is_known ? " (not found)" : ""), ""});
    field.chosen = static_cast<std::size_t>(offered - field.offered.begin());
  }
  return field;
}

void Form::set_devices(std::span<const hal::DeviceInfo> devices) {
  output_ = field_for(hal::Direction::output, wanted_.output, devices, true);
  input_ = field_for(hal::Direction::input, wanted_.input, devices, true);
}

const Form::DeviceField* Form::device_field(Field field) const {
  if (field == Field::output) return &output_;
  return field == Field::input ? &input_ : nullptr;
}

std::vector<std::string> Form::options(Field field) const {
  std::vector<std::string> labels;
  if (const DeviceField* devices = device_field(field)) {
    std::ranges::transform(devices->offered, std::back_inserter(labels), &Device::label);
  } else {
    std::ranges::transform(fixed_options(field), std::back_inserter(labels),
                           [](std::string_view text) { return std::string(text); });
  }
  return labels;
}

std::size_t Form::chosen(Field field) const {
  if (const DeviceField* devices = device_field(field)) return devices->chosen;
  if (field == Field::completion) return static_cast<std::size_t>(wanted_.completion);
  if (field == Field::wake) return static_cast<std::size_t>(wanted_.wake);
  return static_cast<std::size_t>(wanted_.done);
}

void Form::choose(Field field, std::size_t option) {
  if (option >= options(field).size() || option == chosen(field)) return;
  if (device_field(field) != nullptr) {
    DeviceField& devices = field == Field::output ? output_ : input_;
    std::vector<std::string>& names = field == Field::output ? wanted_.output : wanted_.input;
    devices.chosen = option;
    const std::string& name = devices.offered[option].name;
    if (names.empty() || name.empty())
      names.assign(name.empty() ? 0 : 1, name);
    else
      names.front() = name;
  } else if (field == Field::completion) {
    wanted_.completion = static_cast<configuration::Completion>(option);
  } else if (field == Field::wake) {
    wanted_.wake = static_cast<configuration::Wake>(option);
  } else {
    wanted_.done = static_cast<configuration::Done>(option);
  }
}

void Form::choose_defaults() {
  const configuration::Configuration defaults;
  wanted_.output = defaults.output;
  wanted_.input = defaults.input;
  output_.chosen = input_.chosen = 0;
  wanted_.period = defaults.period;
  period_is_valid_ = true;
  wanted_.completion = defaults.completion;
  wanted_.wake = defaults.wake;
  wanted_.done = defaults.done;
}

double Form::rate() const { return wanted_.rate != 0 ? wanted_.rate : kUsualRate; }

std::uint32_t Form::longest_period() const {
  const bool is_bounded = hal::is_wasapi(output_.offered[output_.chosen].present);
  const std::uint32_t most = is_bounded ? static_cast<std::uint32_t>(rate() * hal::kWasapiPeriodS)
                                        : std::numeric_limits<std::uint32_t>::max();
  return hal::OpenRequest{.period_frames = most, .latency_ms = wanted_.latency_ms}.period_at(rate());
}

std::vector<std::uint32_t> Form::usual_periods() const {
  std::vector<std::uint32_t> periods;
  std::ranges::copy_if(kPeriods, std::back_inserter(periods),
                       [longest = longest_period()](std::uint32_t period) { return period <= longest; });
  return periods;
}

std::uint32_t Form::period_here() const { return std::min(wanted_.period, longest_period()); }

void Form::set_period(std::string_view typed) {
  const std::string text(hal::trimmed(typed));
  // The table of keys decides which periods are valid.
  const bool is_number =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const configuration::Parsed parsed = configuration::parse_open_string("period = " + text, wanted_);
  period_is_valid_ = is_number && parsed.warnings.empty();
  if (period_is_valid_) wanted_ = parsed.configuration;
}

std::string Form::period_note(std::uint32_t shown) const {
  if (!period_is_valid_) return "16 to 16384 frames, please";
  const std::uint32_t here = period_here();
  std::array<char, 64> text{};
  if (shown > here) {
    std::snprintf(text.data(), text.size(), "frames; this output takes %u (%.3g ms)", unsigned{here},
                  here * 1e3 / rate());
  } else {
    std::snprintf(text.data(), text.size(), "frames; %.3g ms at %.0f a second", shown * 1e3 / rate(), rate());
  }
  return text.data();
}

std::string Form::problem() const {
  return period_is_valid_ ? "" : "The period is a number of frames, 16 to 16384.";
}

}  // namespace refwave::dialog
