// "Did you mean …?": the known name that is nearest to a mistyped one. Pure; any thread.
#pragma once

#include <span>
#include <string_view>

namespace refwave::configuration {

/// Returns: the one of `known` with the fewest edits from `name` (insert, delete, replace, swap two), if
/// these are at most a third of its letters. Ignores case.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace refwave::configuration
