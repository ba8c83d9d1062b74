// The subcommands that tell of the command line itself: help, completion, man.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace refwave::cli {

/// Effects: adds the subcommands to `app`, and --version; when one is named, sets `run` to what runs it.
void add_help_commands(CLI::App& app, std::function<int()>& run);

/// Effects: prints the help for the command that is named on the line, else the list of commands.
void print_help(const CLI::App& app);

/// Returns: what is wrong with the line for which `error` was thrown, and what to do.
std::string explain(const CLI::App& app, const CLI::ParseError& error);

}  // namespace refwave::cli
