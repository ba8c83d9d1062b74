// The subcommands install, uninstall, repair and status.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>

namespace refwave::install {

/// Exit statuses of `refwave status`, beside 0.
inline constexpr int kStatusNotInstalled = 3;
inline constexpr int kStatusNeedsRepair = 4;

/// Effects: adds the subcommands to `app`; when one is named, sets `run` to what runs it. What is installed
/// is found around `folder`, the command's own.
void add_commands(CLI::App& app, const std::filesystem::path& folder, std::function<int()>& run);

}  // namespace refwave::install
