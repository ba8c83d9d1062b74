// Reports as JSON, by nlohmann-json. Pure; any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace refwave::cli {

/// Keeps its members in the order of their insertion.
using Json = nlohmann::ordered_json;

/// Returns: the value on one line or, with an `indent`, one line a member. Control characters are escaped; a
/// byte that is not UTF-8 becomes U+FFFD.
std::string json_text(const Json& value, int indent = -1);

/// Returns: an object, one line a member.
std::string json_lines(const Json& object);

std::string json_string(std::string_view text);

double rounded(double value, int decimals);

}  // namespace refwave::cli
