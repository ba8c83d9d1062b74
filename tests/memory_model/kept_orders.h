// Orders that no scenario needs and that stay nevertheless, each with its reason.
#pragma once

#include <string_view>

namespace refwave::memory_model {

/// `file`: its path ends so. `text`: a part of the line. `weaker`: what it could be.
/// Returns: the reason, or an empty text.
std::string_view reason_to_keep(std::string_view file, std::string_view line, std::string_view weaker);

}  // namespace refwave::memory_model
