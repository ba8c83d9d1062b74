#include <cmath>
#include <optional>
#include <utility>

#include "driver/configuration/configuration_keys.h"
#include "driver/configuration/toml_text.h"
#include "hal/system/files.h"

namespace refwave::configuration {
namespace {

constexpr double kLargestWhole = 1e15;         // a double holds each whole number up to there
constexpr std::size_t kLargestFile = 1 << 20;  // bytes; a configuration of every key is under 2 KiB

/// Returns: a number of TOML as std::from_chars takes it.
std::string plain_number(std::string_view written) {
  std::string text(written.substr(written.starts_with('+') ? 1 : 0));
  std::erase(text, '_');
  return text;
}

/// Returns: a single value as text; nothing if no key takes its kind. A path with U+0000 would be cut there.
std::optional<std::string> scalar_text(std::string_view document, const toml::node& node) {
  if (const auto* text = node.as_string())
    return text->get().find('\0') == std::string::npos ? std::optional(text->get()) : std::nullopt;
  if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  if (const auto* number = node.as_floating_point()) {
    const double value = number->get();
    // 480.0 where a whole number is wanted.
    if (std::abs(value) < kLargestWhole && value == std::trunc(value))
      return std::to_string(static_cast<std::int64_t>(value));
    return plain_number(as_written(document, node));
  }
  return std::nullopt;
}

Value value_of(std::string_view document, const toml::node& node) {
  Value value{{}, node.is_array(), node.is_table() ? "a table" : std::string(as_written(document, node))};
  const toml::array* list = node.as_array();
  const std::size_t count = list != nullptr ? list->size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    std::optional<std::string> item = scalar_text(document, list != nullptr ? (*list)[i] : node);
    if (!item) return {{}, false, value.found};
    value.items.push_back(std::move(*item));
  }
  return value;
}

Parsed only_warning(const Configuration& base, std::string warning) { return {base, {std::move(warning)}}; }

}  // namespace

Parsed parse_toml(std::string_view text, std::string_view source_name, const Configuration& base) {
  const std::string source(source_name);
  const toml::parse_result document = parse_document(text);
  if (!document) {
    const toml::parse_error& error = document.error();
    const toml::source_position at = error.source().begin;
    return only_warning(base, source + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) +
                                  ": not TOML: " + printable(error.description(), 200) +
                                  "; the file is ignored until this is corrected");
  }
  Parsed parsed{base, {}};
  for (const auto& [key, node] : document.table()) {
    const std::string where = source + ":" + std::to_string(key.source().begin.line);
    const std::string name(key.str());
    set_key(parsed, name, value_of(text, node), where);
    const bool is_none = node.is_array() && node.as_array()->empty();
    if (is_none && (name == "output" || name == "input"))
      parsed.warnings.push_back(where + ": " + name + " = [] leaves programs no wave " + name +
                                "; remove the line for the default device");
  }
  return parsed;
}

FileText read_file(const std::string& path) {
  const std::string name = printable(path, 1000);
  const hal::FileLook look = hal::look_at_file(path);
  const auto unread = [&](std::string_view why) {
    return FileText{hal::Status::failure(name + std::string(why)), {}, true};
  };
  if (look.kind == hal::FileKind::absent) return {};
  if (look.kind == hal::FileKind::folder) return unread(": a folder, not a file");
  if (look.kind != hal::FileKind::regular) return unread(": not a regular file");
  if (look.bytes > kLargestFile) return unread(": larger than 1 MiB, so not a refwave configuration");
  const hal::File file = hal::open_file(path, "rb");
  std::string text(static_cast<std::size_t>(look.bytes), '\0');
  if (file) text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (!file || std::ferror(file.get()) != 0) return unread(": cannot be read");
  return {{}, std::move(text), true};
}

Parsed load_file(const ConfigurationFile& file, const Configuration& base) {
  if (file.path.empty()) return {base, {}};
  if (!file.refused.empty()) return only_warning(base, printable(file.path, 1000) + file.refused);
  const FileText content = read_file(file.path);
  if (!content.status.ok()) return only_warning(base, content.status.reason());
  const std::string name = printable(file.path, 1000);
  if (!content.exists && file.must_exist)
    return only_warning(base, name + ": no such file; the defaults are used");
  Parsed parsed = parse_toml(content.text, name, base);
  if (!may_name_files()) leave_files_alone(parsed, base, name);
  return parsed;
}

std::vector<ConfigurationFile> configuration_files() {
  std::vector<ConfigurationFile> files{configuration_file()};
  const std::string folder = program_folder();
  if (folder.empty() || hal::look_at_file(folder + "refwave.toml").kind == hal::FileKind::absent)
    return files;
  files.push_back(program_configuration_file(folder));
  return files;
}

Parsed load_files(const Configuration& base) {
  Parsed all{base, {}};
  for (const ConfigurationFile& file : configuration_files()) {
    Parsed parsed = load_file(file, all.configuration);
    all.configuration = std::move(parsed.configuration);
    all.warnings.insert(all.warnings.end(), parsed.warnings.begin(), parsed.warnings.end());
  }
  return all;
}

void leave_files_alone(Parsed& parsed, const Configuration& base, std::string_view source_name) {
  for (const auto& [name, field] :
       {std::pair{"capture", &Configuration::capture}, {"log", &Configuration::log}}) {
    if (parsed.configuration.*field == base.*field) continue;
    parsed.configuration.*field = base.*field;
    parsed.warnings.push_back(std::string(source_name) + ": " + name +
                              ": not used, because this program has administrator rights, and whoever "
                              "may write the file does not");
  }
}

}  // namespace refwave::configuration
