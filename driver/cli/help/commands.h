// The subcommands about the command line itself: help, completion, man.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace refwave::cli {

/// Effects: adds these subcommands and --version to `app`. When the command line names one of them, `run`
/// becomes the function that runs it.
void add_help_commands(CLI::App& app, std::function<int()>& run);

/// Effects: prints the help of the command that the line names; without one, the list of commands.
void print_help(const CLI::App& app);

/// Returns: what is wrong with the line for which `error` was thrown, and how to mend it.
std::string explain(const CLI::App& app, const CLI::ParseError& error);

}  // namespace refwave::cli
