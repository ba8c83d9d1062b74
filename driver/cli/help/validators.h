// What the values of options must be, in the words of this command. Pure; any thread.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace refwave::cli {

/// In place of CLI::Range, because that accepts NaN.
CLI::Validator finite(double least, double most);

/// In place of CLI::IsMember, because that does not say which word was probably meant.
CLI::Validator one_of(const std::vector<std::string>& words);

/// Turns "1:30" into seconds.
CLI::Validator clock_time();

/// An empty name is refused, because it would mean that no name was given.
CLI::Validator file_name();

}  // namespace refwave::cli
