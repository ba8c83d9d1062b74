#include "driver/stream/configuration_write.h"

#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "driver/stream/configuration_keys.h"

namespace refwave::stream {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kFirstLine =
    "# refwave.toml; `refwave config` prints every key with its meaning.\n";

fs::path to_path(const std::string& utf8) { return {std::u8string(utf8.begin(), utf8.end())}; }

std::string to_utf8(const fs::path& path) {
  const std::u8string utf8 = path.u8string();
  return printable(std::string(utf8.begin(), utf8.end()), 1000);
}

bool is_same(const Key& key, const Configuration& one, const Configuration& other) {
  return as_toml(key, one) == as_toml(key, other);
}

/// Returns: the index of the byte at `position`, whose columns toml++ counts in code points.
std::size_t index_of(std::string_view text, toml::source_position position) {
  std::size_t index = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  for (toml::source_index line = 1; line < position.line; ++line) index = text.find('\n', index) + 1;
  for (toml::source_index column = 1; column < position.column && index < text.size(); ++column) {
    do index += 1;
    while (index < text.size() && (static_cast<unsigned char>(text[index]) & 0xC0) == 0x80);
  }
  return index;
}

void put(std::string& text, const toml::source_region& region, std::string_view value) {
  const std::size_t begin = index_of(text, region.begin);
  text.replace(begin, index_of(text, region.end) - begin, value);
}

/// Effects: sets a value that is there. Of a list of as many entries only those that differ are written, so
/// that comments between them stay.
void replace_value(std::string& text, const toml::node& node, const Key& key, const Configuration& after) {
  const auto* type = std::get_if<Names>(&key.type);
  const toml::array* list = node.as_array();
  if (type == nullptr || list == nullptr || list->size() != (after.*type->field).size())
    return put(text, node.source(), as_toml(key, after));
  for (std::size_t i = list->size(); i-- > 0;) {  // from behind: positions before stay right
    const std::string& name = (after.*type->field)[i];
    const auto* entry = (*list)[i].as_string();
    if (entry == nullptr || entry->get() != name) put(text, (*list)[i].source(), toml_string(name));
  }
}

std::size_t next_line(std::string_view text, std::size_t index) {
  const std::size_t end = text.find('\n', index);
  return end == std::string_view::npos ? text.size() : end + 1;
}

/// Returns: where the line behind the comment `#key = …` begins.
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

/// Returns: where a line with a new key may go, the best place first. Not each is right (it may be inside a
/// table or a string of many lines): whoever uses one looks what the document says then.
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

/// Returns: whether `text` says what `before` did, but for `key`, which is as in `after`.
bool says(std::string_view text, Configuration before, const Key& key, const Configuration& after) {
  const Configuration now = parse_toml(text, {}).configuration;
  return is_same(key, now, after) && std::ranges::all_of(keys(), [&](const Key& other) {
           return other.name == key.name || is_same(other, now, before);
         });
}

/// Returns: `text` with `key` set; nothing if no place for it was found.
std::optional<std::string> with_key(const std::string& text, const Key& key, const Configuration& after) {
  const Configuration before = parse_toml(text, {}).configuration;
  if (is_same(key, before, after)) return text;
  const toml::parse_result document = toml::parse(text);
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

/// Effects: writes a file beside `target` and gives it its name. Returns: the system's reason, if not.
std::error_code replace_file(const fs::path& target, std::string_view text) {
  fs::path fresh = target;
  fresh += ".new";
  std::ofstream stream(fresh, std::ios::binary | std::ios::trunc);
  if (!stream) return std::make_error_code(std::errc::permission_denied);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.close();
  std::error_code error;
  if (!stream) error = std::make_error_code(std::errc::no_space_on_device);
  std::error_code absent;
  const fs::file_status old = fs::status(target, absent);
  if (!error && fs::exists(old)) fs::permissions(fresh, old.permissions(), error);
  if (!error) fs::rename(fresh, target, error);
  if (error) fs::remove(fresh, absent);
  return error;
}

std::string write_file(const ConfigurationFile& file, bool exists, std::string_view text) {
  std::error_code error;
  // Behind a link lies the file that its owner means; the link stays.
  const fs::path path = to_path(file.path);
  const fs::path target = exists ? fs::canonical(path, error) : path;
  const bool is_locked =
      exists && (fs::status(target, error).permissions() & fs::perms::owner_write) == fs::perms::none;
  if (is_locked) return to_utf8(target) + " is read-only. Allow writing to it, then try again.";
  if (target.has_parent_path()) fs::create_directories(target.parent_path(), error);
  if (!error) error = replace_file(target, text);
  if (!error) return {};
  return to_utf8(target) + " cannot be written (" + error.message() +
         "). Allow writing to its folder, or name another file in REFWAVE_CONFIG, then try again.";
}

/// The value of one key in the syntax of DRV_OPEN's string.
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
  Edited edited{std::string(text), {}};
  if (const toml::parse_result document = toml::parse(text); !document) {
    edited.problem =
        parse_toml(text, source_name).warnings.front() + ". Mend it, or delete the file, then try again.";
    return edited;
  }
  for (const Key& key : keys()) {
    if (is_same(key, before, after)) continue;
    std::optional<std::string> next = with_key(edited.text, key, after);
    if (!next) {
      return {std::string(text), std::string(source_name) + ": found no place for " + std::string(key.name) +
                                     " = " + as_toml(key, after) +
                                     ". Write that line into the file yourself."};
    }
    edited.text = std::move(*next);
  }
  return edited;
}

std::string save_changes(const ConfigurationFile& file, const Configuration& before,
                         const Configuration& after) {
  if (before == after) return {};
  if (file.path.empty())
    return "There is no folder for settings here. Name a file in REFWAVE_CONFIG, then try again.";
  const FileText old = read_file(file.path);
  if (!old.problem.empty()) return old.problem + ". Move it away, then try again.";
  const std::string text = old.exists ? old.text : std::string(kFirstLine);
  const Edited edited = edit_toml(text, printable(file.path, 1000), before, after);
  if (!edited.problem.empty() || (old.exists && edited.text == old.text)) return edited.problem;
  return write_file(file, old.exists, edited.text);
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

}  // namespace refwave::stream
