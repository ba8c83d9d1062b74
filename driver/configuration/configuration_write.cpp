#include "driver/configuration/configuration_write.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "driver/configuration/configuration_keys.h"
#include "driver/configuration/toml_text.h"
#include "hal/system/files.h"

namespace refwave::configuration {
namespace {

constexpr std::string_view kFirstLine =
    "# refwave.toml; `refwave config` prints every key with its meaning.\n";

bool is_same(const Key& key, const Configuration& one, const Configuration& other) {
  return as_toml(key, one) == as_toml(key, other);
}

void put(std::string& text, const toml::node& node, std::string_view value) {
  const std::string_view old = as_written(text, node);
  text.replace(static_cast<std::size_t>(old.data() - text.data()), old.size(), value);
}

/// Effects: sets an existing value; in a list of the same length only the entries that differ.
void replace_value(std::string& text, const toml::node& node, const Key& key, const Configuration& after) {
  const auto* type = std::get_if<Names>(&key.type);
  const toml::array* list = node.as_array();
  if (type == nullptr || list == nullptr || list->size() != (after.*type->field).size()) {
    put(text, node, as_toml(key, after));
    return;
  }
  // Backwards: earlier positions stay right.
  for (std::size_t i = list->size(); i-- > 0;) {
    const std::string& name = (after.*type->field)[i];
    const auto* entry = (*list)[i].as_string();
    if (entry == nullptr || entry->get() != name) put(text, (*list)[i], toml_string(name));
  }
}

std::size_t next_line(std::string_view text, std::size_t index) {
  const std::size_t end = text.find('\n', index);
  return end == std::string_view::npos ? text.size() : end + 1;
}

/// Returns: where the line after the comment `#key = …` begins.
std::optional<std::size_t> behind_comment(std::string_view text, std::string_view key) {
  for (std::size_t line = 0; line < text.size(); line = next_line(text, line)) {
    constexpr std::string_view kSpaces = " \t#";
    const std::size_t first = text.find_first_not_of(kSpaces, line);
    if (first == std::string_view::npos || text[line] != '#' || !text.substr(first).starts_with(key))
      continue;
    const std::size_t equals = text.find_first_not_of(" \t", first + key.size());
    if (equals != std::string_view::npos && text[equals] == '=') return next_line(text, line);
  }
  return std::nullopt;
}

/// Returns: where a new key's line may go, the best first. One may lie in a table or string: check it.
std::vector<std::size_t> places_for(std::string_view text, const toml::table& document,
                                    std::string_view key) {
  std::vector<std::size_t> places;
  if (const auto shown = behind_comment(text, key)) places.push_back(*shown);
  std::size_t last = 0;
  for (const auto& [name, node] : document) {
    if (!node.is_table()) last = std::max(last, next_line(text, index_of(text, node.source().end)));
  }
  if (last != 0) places.push_back(last);
  places.push_back(text.size());
  places.push_back(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  return places;
}

std::string with_line(std::string text, std::size_t place, const Key& key, const Configuration& after) {
  const std::string_view newline = text.find("\r\n") != std::string::npos ? "\r\n" : "\n";
  std::string line(key.name);
  line.append(" = ").append(as_toml(key, after)).append(newline);
  if (place == text.size() && !text.empty() && text.back() != '\n') line.insert(0, newline);
  return text.insert(place, line);
}

/// Returns: whether `text` has the settings of `before`, and `key` of `after`.
bool says(std::string_view text, Configuration before, const Key& key, const Configuration& after) {
  const Configuration now = parse_toml(text, {}).configuration;
  return is_same(key, now, after) && std::ranges::all_of(keys(), [&](const Key& other) {
           return other.name == key.name || is_same(other, now, before);
         });
}

std::optional<std::string> with_key(const std::string& text, const Key& key, const Configuration& after) {
  const Configuration before = parse_toml(text, {}).configuration;
  if (is_same(key, before, after)) return text;
  const toml::parse_result document = parse_document(text);
  if (const toml::node* node = document.table().get(key.name)) {
    std::string edited = text;
    replace_value(edited, *node, key, after);
    return says(edited, before, key, after) ? std::optional(edited) : std::nullopt;
  }
  for (const std::size_t place : places_for(text, document.table(), key.name)) {
    std::string edited = with_line(text, place, key, after);
    if (says(edited, before, key, after)) return edited;
  }
  return std::nullopt;
}

/// Effects: writes a file beside `target`; a real save then renames it. Errors: the system's reason.
hal::Status write_beside(const std::string& target, std::string_view text, Saving saving) {
  // A file of that name belongs to someone else, or to a program that was killed.
  constexpr int kTries = 100;
  std::string fresh, refused;
  hal::File file;
  for (int i = 0; !file && refused.empty() && i < kTries; ++i) {
    fresh = target + ".new" + (i == 0 ? "" : std::to_string(i));
    file = hal::create_only(fresh, refused);
  }
  if (!file) return hal::Status::failure(refused.empty() ? fresh + " is there already" : refused);
  const bool whole = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
  const bool written = std::fflush(file.get()) == 0 && whole;
  std::string reason = written ? std::string{} : std::strerror(errno);
  file.reset();
  if (written && saving == Saving::real) return hal::replace_file(fresh, target);
  hal::remove_file(fresh);
  return written ? hal::Status() : hal::Status::failure(std::move(reason));
}

hal::Status write_file(const ConfigurationFile& file, bool exists, std::string_view text, Saving saving) {
  const std::string target = hal::behind_links(file.path);  // a link is kept
  const std::string name = printable(target, 1000);
  if (exists && hal::look_at_file(target).read_only)
    return hal::Status::failure(name + " is read-only. Allow writing to it, then try again.");
  hal::Status written = hal::make_folder_of(target);
  if (written.ok()) written = write_beside(target, text, saving);
  if (written.ok()) return {};
  return hal::Status::failure(
      name + " cannot be written (" + written.reason() +
      "). Allow writing to its folder, or name another file in REFWAVE_CONFIG, then try again.");
}

std::string open_string_value(const Key& key, const Configuration& configuration) {
  const auto quote = [](std::string_view text) {
    std::string result = "\"";
    for (const char c : text) result.append(c == '"' ? 2 : 1, c);
    return result + '"';
  };
  if (const auto* text = std::get_if<Text>(&key.type)) return quote(configuration.*text->field);
  const auto* names = std::get_if<Names>(&key.type);
  if (names == nullptr) return as_toml(key, configuration);
  std::string list;
  for (const std::string& name : configuration.*names->field)
    list.append(list.empty() ? "" : " | ").append(quote(name));
  return list;
}

}  // namespace

Edited edit_toml(std::string_view text, std::string_view source_name, const Configuration& before,
                 const Configuration& after) {
  const auto unedited = [&](const std::string& why) {
    return Edited{hal::Status::failure(why), std::string(text)};
  };
  if (const toml::parse_result document = parse_document(text); !document) {
    return unedited(parse_toml(text, source_name).warnings.front() +
                    ". Correct it, or delete the file, then try again.");
  }
  Edited edited{{}, std::string(text)};
  for (const Key& key : keys()) {
    if (is_same(key, before, after)) continue;
    std::optional<std::string> next = with_key(edited.text, key, after);
    if (!next) {
      return unedited(std::string(source_name) + ": found no place for " + std::string(key.name) + " = " +
                      as_toml(key, after) + ". Write that line into the file yourself.");
    }
    edited.text = std::move(*next);
  }
  return edited;
}

hal::Status save_changes(const ConfigurationFile& file, const Configuration& before,
                         const Configuration& after, Saving saving) {
  if (before == after) return {};
  if (file.path.empty())
    return hal::Status::failure(
        "There is no folder for settings here. Name a file in REFWAVE_CONFIG, then try again.");
  const FileText old = read_file(file.path);
  if (!old.status.ok()) return hal::Status::failure(old.status.reason() + ". Move it away, then try again.");
  const std::string text = old.exists ? old.text : std::string(kFirstLine);
  const Edited edited = edit_toml(text, printable(file.path, 1000), before, after);
  if (!edited.status.ok()) return edited.status;
  if (old.exists && edited.text == old.text) return {};
  return write_file(file, old.exists, edited.text, saving);
}

std::string as_open_string(const Configuration& before, const Configuration& after) {
  std::string text;
  for (const Key& key : keys()) {
    if (is_same(key, before, after)) continue;
    text.append(text.empty() ? "" : "; ")
        .append(key.name)
        .append(" = ")
        .append(open_string_value(key, after));
  }
  return text;
}

}  // namespace refwave::configuration
