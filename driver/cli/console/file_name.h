// File names from the command line: an empty one, or one with a quote in it, is a mistake in that line. Pure;
// any thread.
#pragma once

#include <string>

namespace refwave::cli {

/// Effects: takes the quote off the end of `name`, which is what Windows' rules leave of "C:\\A game\\" at
/// the end of a line. Returns: why `name` can be no file or folder of Windows; empty if it can.
std::string correct_windows_name(std::string& name);

/// The same by the rules of the system that this runs on.
std::string correct_file_name(std::string& name);

}  // namespace refwave::cli
