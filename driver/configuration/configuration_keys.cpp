#include "driver/configuration/configuration_keys.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdio>
#include <limits>

#include "driver/configuration/nearest_name.h"
#include "hal/system/wide_text.h"

namespace refwave::configuration {
namespace {

using enum Range::Zero;
using enum Range::Shape;

constexpr std::size_t kMostPrograms = 256;

constexpr std::string_view kCompletions[] = {"deferred", "direct"};
constexpr std::string_view kWakes[] = {"park", "predict", "spin"};
constexpr std::string_view kPriorities[] = {"ordinary", "realtime"};
constexpr std::string_view kAudioPriorities[] = {"ordinary", "realtime", "rtkit"};
constexpr std::string_view kDones[] = {"consumed", "played"};
constexpr std::string_view kFallbacks[] = {"clocked", "none"};
constexpr std::string_view kResamplings[] = {"fastest", "medium", "best"};
constexpr std::string_view kDithers[] = {"off", "on", "auto"};
constexpr std::string_view kWatches[] = {"on", "off"};

template <auto Field>
constexpr Choice choice(std::span<const std::string_view> names) {
  return {names,
          [](Configuration& configuration, std::size_t index) {
            auto& field = configuration.*Field;
            field = static_cast<std::remove_reference_t<decltype(field)>>(index);
          },
          [](const Configuration& configuration) { return static_cast<std::size_t>(configuration.*Field); }};
}

// PortAudio has no f64.
constexpr auto kFormats = [] {
  std::array<std::string_view, dsp::kSampleTypes> names{"automatic"};
  std::ranges::copy(std::span(dsp::kSampleTypeNames).first(names.size() - 1), names.begin() + 1);
  return names;
}();

constexpr Choice kFormat = {
    kFormats,
    [](Configuration& configuration, std::size_t index) {
      configuration.format.reset();
      if (index != 0) configuration.format = static_cast<dsp::SampleType>(index - 1);
    },
    [](const Configuration& configuration) {
      return configuration.format ? static_cast<std::size_t>(*configuration.format) + 1 : 0;
    }};

constexpr Key kKeys[] = {
    {"output", Names{&Configuration::output, kMostDevices, "device names"},
     "Playback devices, one wave device each, in order; names as `refwave devices` lists them; all: those "
     "not "
     "named"},
    {"input", Names{&Configuration::input, kMostDevices, "device names"},
     "Recording devices, in the same way"},
    {"period", Integer{&Configuration::period, {hal::kShortestPeriod, 16384, "frames"}},
     "Frames rendered or recorded at a time; fewer where latency_ms needs it"},
    {"latency_ms", Integer{&Configuration::latency_ms, {0, 2000, "milliseconds"}},
     "Latency asked of the device; 0 leaves it to the device"},
    {"rate", Integer{&Configuration::rate, {8000, 192000, "frames a second", extra}},
     "Rate the device is opened at; 0: the first stream's, where the device takes it"},
    {"channels", Integer{&Configuration::channels, {0, 8, "channels"}},
     "Channels the device is opened with; 0: as many as the output says that it has loudspeakers, else 2"},
    {"format", kFormat, "Sample format the device is opened with"},
    {"completion", choice<&Configuration::completion>(kCompletions),
     "Who notifies the client that a block is done: a thread of the driver, or the audio thread itself"},
    {"wake", choice<&Configuration::wake>(kWakes),
     "How the thread that notifies the client waits: asleep, asleep until shortly before a block is due, or "
     "awake"},
    {"spin_percent", Integer{&Configuration::spin_percent, {0, 100, "percent"}},
     "Share of one processor that wake = predict may spend awake, at most"},
    {"notifier_priority", choice<&Configuration::notifier_priority>(kPriorities),
     "Priority of the notifying thread; realtime: above all ordinary threads, but not with wake = spin"},
    {"audio_priority", choice<&Configuration::audio_priority>(kAudioPriorities),
     "Priority of the audio thread; realtime: above all ordinary threads; rtkit: even if that limits the "
     "program"},
    {"done", choice<&Configuration::done>(kDones),
     "When a block is done: its memory is no longer needed, or it has been heard"},
    {"fallback", choice<&Configuration::fallback>(kFallbacks),
     "What takes over if a device cannot be opened or is lost: the clocked device, or nothing"},
    {"clock", Number{&Configuration::clock, {0, 1e6, "times real time"}},
     "Speed of the clocked device, a thousandth at least; 0: a program steps it"},
    {"capture", Text{&Configuration::capture, "a path"}, "WAV file for what the clocked device plays"},
    {"loop", Switch{&Configuration::loop}, "The clocked device records what it plays"},
    {"resampling", choice<&Configuration::resampling>(kResamplings),
     "Quality of the conversion from a client's rate to the device's"},
    {"dither", choice<&Configuration::dither>(kDithers),
     "Whether noise is added before samples are rounded to integers; auto: only where bits are lost"},
    {"ring", Integer{&Configuration::ring, {16, 65536, "headers", as_any, power_of_two}},
     "Headers of one stream within the audio thread's reach; more wait in a list"},
    {"linger_ms", Integer{&Configuration::linger_ms, {0, 60000, "milliseconds"}},
     "How long a device stays open after its last stream"},
    {"start_ms", Integer{&Configuration::start_ms, {100, 10000, "milliseconds"}},
     "How long the first frames wait for a device that starts slowly"},
    {"deny", Names{&Configuration::deny, kMostPrograms, "program names"},
     "Programs that get no refwave device: file names without folders, in any case"},
    {"log", Text{&Configuration::log, "a path"},
     "Text file for the driver's decisions and their reasons; REFWAVE_LOG overrides it"},
    {"watch", choice<&Configuration::watch>(kWatches),
     "Whether `refwave watch` may see the program's streams"},
};

constexpr auto kNames = [] {
  std::array<std::string_view, std::size(kKeys)> names{};
  std::ranges::transform(kKeys, names.begin(), &Key::name);
  return names;
}();

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

template <std::integral T>
std::string number_text(T number) {
  return std::to_string(number);
}

/// Returns: the shortest text that reads back. (std::to_chars has tables of 170 KB.)
std::string number_text(double number) {
  std::array<char, 32> text{};
  double read = std::numeric_limits<double>::quiet_NaN();
  for (int digits = 6; digits <= 17 && read != number; ++digits) {
    const int length = std::snprintf(text.data(), text.size(), "%.*g", digits, number);
    // The client may have set a locale whose decimal point is a comma.
    std::ranges::replace(text, ',', '.');
    std::from_chars(text.data(), text.data() + length, read);
  }
  return text.data();
}

bool is_in_range(double value, const Range& range) {
  if (range.zero == extra && value == 0) return true;
  // This comparison fails for NaN, too.
  if (!(value >= range.least && value <= range.most)) return false;
  return range.shape != power_of_two || std::exp2(std::ilogb(value)) == value;
}

bool set_names(std::vector<std::string>& field, std::size_t most, const Value& value) {
  const bool has_empty = std::ranges::any_of(value.items, &std::string::empty);
  if (has_empty || value.items.size() > most || (value.items.empty() && !value.is_list)) return false;
  field = value.items;
  return true;
}

template <class T>
bool set_in_range(T& field, const std::string& text, const Range& range) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  if (!is_number || !is_in_range(static_cast<double>(number), range)) return false;
  field = number;
  return true;
}

bool set_switch(bool& field, const std::string& text) {
  if (text != "true" && text != "false") return false;
  field = text == "true";
  return true;
}

bool set_choice(Configuration& configuration, const Choice& type, const std::string& text) {
  const auto chosen = std::ranges::find(type.names, text);
  if (chosen == type.names.end()) return false;
  type.set(configuration, static_cast<std::size_t>(chosen - type.names.begin()));
  return true;
}

bool set_value(Configuration& configuration, const Key& key, const Value& value) {
  if (const auto* names = std::get_if<Names>(&key.type))
    return set_names(configuration.*names->field, names->most, value);
  if (value.items.size() != 1 || value.is_list) return false;
  const std::string& text = value.items.front();
  return std::visit(
      Overloaded{[](const Names&) { return false; },
                 [&](const Integer& t) { return set_in_range(configuration.*t.field, text, t.range); },
                 [&](const Number& t) { return set_in_range(configuration.*t.field, text, t.range); },
                 [&](const Switch& t) { return set_switch(configuration.*t.field, text); },
                 [&](const Text& t) {
                   configuration.*t.field = text;
                   return true;
                 },
                 [&](const Choice& t) { return set_choice(configuration, t, text); }},
      key.type);
}

std::string expected_range(const Range& range) {
  std::string text = range.zero == extra ? "0 or " : "";
  if (range.shape == power_of_two) text += "a power of two, ";
  text += number_text(static_cast<std::uint32_t>(range.least)) + " to " +
          number_text(static_cast<std::uint32_t>(range.most));
  return text.append(" ").append(range.unit);
}

std::string expected_choice(std::span<const std::string_view> names) {
  std::string text(names.front());
  for (std::size_t i = 1; i < names.size(); ++i) {
    text.append(i + 1 == names.size() ? " or " : ", ").append(names[i]);
  }
  return text;
}

/// Returns: the bytes of a control character (ASCII's, or U+0080 to U+009F) at the beginning of `text`, or 0.
std::size_t control_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x20 || byte(0) == 0x7F) return 1;
  return byte(0) == 0xC2 && text.size() > 1 && byte(1) >= 0x80 && byte(1) < 0xA0 ? 2 : 0;
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string result = "[";
  for (const std::string& name : names)
    result.append(result.size() > 1 ? ", " : "").append(toml_string(name));
  return result + ']';
}

}  // namespace

std::string_view name_of(Completion completion) { return kCompletions[static_cast<std::size_t>(completion)]; }
std::string_view name_of(Wake wake) { return kWakes[static_cast<std::size_t>(wake)]; }
std::string_view name_of(Done done) { return kDones[static_cast<std::size_t>(done)]; }

std::span<const Key> keys() { return kKeys; }

std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t bytes = control_bytes(text.substr(i));
    if (bytes != 0) {
      constexpr std::string_view digits = "0123456789ABCDEF";
      const auto code = static_cast<unsigned char>(text[i + bytes - 1]);
      result.append("\\u00").append(1, digits[code / 16]).append(1, digits[code % 16]);
      i += bytes - 1;
    } else {
      if (text[i] == '"' || text[i] == '\\') result += '\\';
      result += text[i];
    }
  }
  return result + '"';
}

std::string expected(const Key& key) {
  return std::visit(
      Overloaded{[](const Names& t) { return "up to " + number_text(t.most) + " " + std::string(t.what); },
                 [](const Integer& t) { return expected_range(t.range); },
                 [](const Number& t) { return expected_range(t.range); },
                 [](const Switch&) { return std::string("true or false"); },
                 [](const Text& t) { return std::string(t.what); },
                 [](const Choice& t) { return expected_choice(t.names); }},
      key.type);
}

std::string as_toml(const Key& key, const Configuration& configuration) {
  return std::visit(
      Overloaded{[&](const Names& t) { return quoted_list(configuration.*t.field); },
                 [&](const Integer& t) { return number_text(configuration.*t.field); },
                 [&](const Number& t) { return number_text(configuration.*t.field); },
                 [&](const Switch& t) { return std::string(configuration.*t.field ? "true" : "false"); },
                 [&](const Text& t) { return toml_string(configuration.*t.field); },
                 [&](const Choice& t) { return toml_string(t.names[t.get(configuration)]); }},
      key.type);
}

bool is_denied(const Configuration& configuration, std::string_view program) {
  return std::ranges::any_of(configuration.deny, [&](const std::string& denied) {
    return hal::lower(denied) == hal::lower(program);
  });
}

std::string printable(std::string_view text, std::size_t longest) {
  const std::string_view shown = hal::whole_letters(text, longest);
  return hal::visible(shown) + (shown.size() < text.size() ? "…" : "");
}

void set_key(Parsed& parsed, std::string_view name, const Value& value, std::string_view where) {
  const std::string start = std::string(where) + ": ";
  const auto key = std::ranges::find(kKeys, name, &Key::name);
  if (key == std::end(kKeys)) {
    const std::string_view nearest = nearest_name(name, kNames);
    const std::string hint =
        nearest.empty() ? "`refwave config` lists the keys" : "did you mean '" + std::string(nearest) + "'?";
    parsed.warnings.push_back(start + "unknown key '" + printable(name) + "'; " + hint);
  } else if (!set_value(parsed.configuration, *key, value)) {
    parsed.warnings.push_back(start + std::string(name) + ": expected " + expected(*key) + ", found " +
                              printable(value.found) + "; it stays " +
                              printable(as_toml(*key, parsed.configuration)));
  }
}

std::string differences(const Configuration& now, const Configuration& before) {
  std::string text;
  for (const Key& key : keys()) {
    const std::string value = as_toml(key, now);
    if (value == as_toml(key, before)) continue;
    text.append(text.empty() ? "" : ", ").append(key.name).append(" = ").append(value);
  }
  return text;
}

std::vector<Setting> settings_of(const Configuration& configuration) {
  std::vector<Setting> settings;
  for (const Key& key : keys()) settings.push_back({std::string(key.name), as_toml(key, configuration)});
  return settings;
}

std::string configuration_as_toml() {
  std::string text = "# refwave.toml: every key with its default. Remove the # before a key to set it.\n";
  for (const Key& key : keys()) {
    text.append("\n# ").append(key.help).append(".\n# Takes ").append(expected(key)).append(".\n#");
    text.append(key.name).append(" = ").append(as_toml(key, {})).append("\n");
  }
  return text;
}

}  // namespace refwave::configuration
