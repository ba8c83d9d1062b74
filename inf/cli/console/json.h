// Reports as JSON, by the library nlohmann-json. Pure; any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace refwave::cli {

/// Its members stay in the order in which they were added.
using Json = nlohmann::ordered_json;

/// Returns: the value as text in one line; with an `indent`, each member on a line of its own. What a
/// terminal would obey is escaped, and a byte that is not UTF-8 becomes U+FFFD.
std::string json_text(const Json& value, int indent = -1);

/// Returns: an object, with a line for each of its members, and a line end after it.
std::string json_lines(const Json& object);

/// Returns: `text` in quotes, as JSON has it.
std::string json_string(std::string_view text);

/// Returns: the number to so many decimals.
double rounded(double value, int decimals);

}  // namespace refwave::cli
