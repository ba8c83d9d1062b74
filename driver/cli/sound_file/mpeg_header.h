// Whether an MPEG audio file says how long it is. Its first frame may be silent and hold that figure ("Xing",
// "Info", "VBRI"), and many programs write none, sox for one. The length is then a guess from the file's
// size.
#pragma once

#include <string>

namespace refwave::cli {

/// Returns: whether the first frame of the file at `path` states the file's length.
bool states_its_length(const std::string& path);

}  // namespace refwave::cli
