// "Did you mean …?": the known name that is nearest to a mistyped one. Pure; any thread.
#pragma once

#include <span>
#include <string_view>

namespace refwave::configuration {

/// Returns: the one of `known` that needs the fewest edits from `name`, or an empty view if it needs more
/// than a third of the letters. An edit inserts, deletes or replaces a letter, or swaps two neighbours.
/// Capital and small letters are equal.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace refwave::configuration
