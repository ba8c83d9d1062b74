// Writing refwave.toml for a program that lets people choose settings: only the values that they changed are
// touched, in place; comments, unknown keys and layout stay. Control threads only; nothing here throws
// (memory aside).
#pragma once

#include <string>
#include <string_view>

#include "driver/configuration/configuration.h"

namespace refwave::configuration {

struct Edited {
  std::string text;     // the document as it should be; the one that was given if there is a problem
  std::string problem;  // empty, or why the document cannot be edited
};

/// Returns: the TOML document `text` with every key in which `after` differs from `before` set as in `after`.
/// A key that is not there yet goes below the comment that shows it, if there is one, else below the last.
Edited edit_toml(std::string_view text, std::string_view source_name, const Configuration& before,
                 const Configuration& after);

/// Effects: does that to `file`, as it is by now, which is made if it does not exist. Readers see the file of
/// before or the new one, whole. Returns: empty, or what went wrong and what to do about it; the file is then
/// as it was.
std::string save_changes(const ConfigurationFile& file, const Configuration& before,
                         const Configuration& after);

/// Returns: the string of DRV_OPEN that sets every key in which `after` differs from `before`.
std::string as_open_string(const Configuration& before, const Configuration& after);

}  // namespace refwave::configuration
