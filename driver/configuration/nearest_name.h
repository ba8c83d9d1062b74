// "Did you mean …?": the known name that a mistyped one is nearest to. Pure; any thread.
#pragma once

#include <span>
#include <string_view>

namespace refwave::configuration {

/// Returns: the one of `known` that the fewest edits (insert, delete, replace a letter, swap two neighbours;
/// case does not count) turn `name` into, or an empty view if that would take more than a third of the
/// letters.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace refwave::configuration
