// refwave.toml, read. This and configuration_write.cpp alone include toml++, compiled without exceptions
// (configuration.cmake).
#include <toml++/toml.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "driver/stream/configuration_keys.h"

namespace refwave::stream {
namespace {

constexpr std::uintmax_t kLargestFile = 1 << 20;  // bytes; a configuration of every key is under 2 KiB

/// Returns: an entry of a list, or a whole value, as text; nothing if no key takes a value of this kind.
std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  if (const auto* number = node.as_floating_point()) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number->get()).ptr;
    return std::string(text.data(), end);
  }
  return std::nullopt;
}

/// Returns: the node as it stood in the document, or nearly so.
std::string as_written(const toml::node& node) {
  std::ostringstream text;
  if (node.is_table()) return "a table";
  node.visit([&](const auto& typed) { text << typed; });
  return text.str();
}

Value value_of(const toml::node& node) {
  Value value{{}, node.is_array(), as_written(node)};
  const toml::array* list = node.as_array();
  const std::size_t count = list != nullptr ? list->size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    std::optional<std::string> item = scalar_text(list != nullptr ? (*list)[i] : node);
    if (!item) return {{}, false, value.found};  // what no key takes
    value.items.push_back(std::move(*item));
  }
  return value;
}

Parsed only_warning(const Configuration& base, std::string warning) { return {base, {std::move(warning)}}; }

}  // namespace

Parsed parse_toml(std::string_view text, std::string_view source_name, const Configuration& base) {
  const std::string source(source_name);
  const toml::parse_result document = toml::parse(text);
  if (!document) {
    const toml::parse_error& error = document.error();
    const toml::source_position at = error.source().begin;
    return only_warning(base, source + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) +
                                  ": not TOML: " + printable(error.description(), 200) +
                                  "; nothing in the file is used until this is mended");
  }
  Parsed parsed{base, {}};
  for (const auto& [key, node] : document.table()) {
    set_key(parsed, key.str(), value_of(node), source + ":" + std::to_string(key.source().begin.line));
  }
  return parsed;
}

FileText read_file(const std::string& utf8_path) {
  const std::filesystem::path path(std::u8string(utf8_path.begin(), utf8_path.end()));
  const std::string name = printable(utf8_path, 1000);
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return {};
  if (std::filesystem::is_directory(status)) return {{}, name + ": a folder, not a file", true};
  if (!std::filesystem::is_regular_file(status)) return {{}, name + ": not a regular file", true};
  if (std::filesystem::file_size(path, error) > kLargestFile) {
    return {{}, name + ": larger than 1 MiB, so no configuration of refwave's", true};
  }
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (stream && stream.peek() != std::ifstream::traits_type::eof()) text << stream.rdbuf();
  if (!stream || stream.bad() || text.bad()) return {{}, name + ": cannot be read", true};
  return {text.str(), {}, true};
}

Parsed load_file(const ConfigurationFile& file, const Configuration& base) {
  if (file.path.empty()) return {base, {}};
  const FileText content = read_file(file.path);
  if (!content.problem.empty()) return only_warning(base, content.problem);
  const std::string name = printable(file.path, 1000);
  if (!content.exists && file.must_exist)
    return only_warning(base, name + ": no such file; the defaults are used");
  return parse_toml(content.text, name, base);
}

}  // namespace refwave::stream
