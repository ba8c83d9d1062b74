#include "hal/portaudio/card_users_linux.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>

#include "hal/system/environment_linux.h"

namespace refwave::hal {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
  std::string line;
  std::ifstream stream(file);
  std::getline(stream, line);
  return line;
}

/// Returns: the number between the two texts; nothing if `text` is not made so.
std::optional<int> number_in(std::string_view text, std::string_view before, std::string_view after) {
  if (!text.starts_with(before) || !text.ends_with(after)) return std::nullopt;
  int number = 0;
  const char* const begin = text.data() + before.size();
  const char* const end = text.data() + text.size() - after.size();
  const auto [rest, error] = std::from_chars(begin, end, number);
  return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

/// Returns: the number in the line "KEY   : NUMBER" of a file of the kernel's; nothing if there is no such
/// line.
std::optional<int> value_of(const fs::path& file, std::string_view key) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t begin = line.find_first_of("-0123456789", key.size());
    if (begin != std::string::npos) return number_in(std::string_view(line).substr(begin), "", "");
  }
  return std::nullopt;
}

/// The kernel reports the thread that has opened the device. The program's name is that of its first thread.
std::string program_of(const fs::path& proc, int thread) {
  const int process = value_of(proc / std::to_string(thread) / "status", "Tgid:").value_or(thread);
  std::string name = first_line(proc / std::to_string(process) / "comm");
  // In another container the process has no number here.
  if (process <= 0) return "another program";
  if (name.empty()) name = "a program";
  return name + " (process " + std::to_string(process) + ")";
}

/// The folders whose names are a number between two texts, by that number.
struct Numbered {
  int number = 0;
  fs::path path;
};
std::vector<Numbered> folders(const fs::path& in, std::string_view before, std::string_view after) {
  std::vector<Numbered> all;
  for (const std::string& name : names_in(in))
    if (const auto number = number_in(name, before, after)) all.push_back({*number, in / name});
  std::ranges::sort(all, {}, &Numbered::number);
  return all;
}

}  // namespace

std::vector<CardUser> card_users(const fs::path& proc, Direction direction) {
  std::vector<CardUser> all;
  for (const Numbered& card : folders(proc / "asound", "card", ""))
    for (const Numbered& device : folders(card.path, "pcm", direction == Direction::output ? "p" : "c"))
      for (const Numbered& part : folders(device.path, "sub", ""))
        if (const auto thread = value_of(part.path / "status", "owner_pid"))
          all.push_back(
              {card.number, first_line(card.path / "id"), device.number, program_of(proc, *thread)});
  return all;
}

bool CardUser::has(const std::string& in_card, const std::string& its_device) const {
  const bool is_card = in_card == card || (in_card.empty() ? "0" : in_card) == std::to_string(number);
  return is_card && its_device == std::to_string(device);
}

}  // namespace refwave::hal
