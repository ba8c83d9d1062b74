// Writing refwave.toml for a program that lets people choose settings. Only the changed values are touched,
// in place; comments, unknown keys and layout stay. Control threads only. Nothing here throws, except for
// lack of memory.
#pragma once

#include <string>
#include <string_view>

#include "driver/configuration/configuration.h"
#include "hal/system/status.h"

namespace refwave::configuration {

/// The outcome of edit_toml().
struct Edited {
  hal::Status status;
  std::string text;  // the document as it should be; after a failure the one that was given
};

/// Returns: the TOML document `text`, in which every key that differs between `before` and `after` has the
/// value of `after`. A key that is not in the document yet goes below the comment that shows it, if there
/// is one, or else below the last key.
Edited edit_toml(std::string_view text, std::string_view source_name, const Configuration& before,
                 const Configuration& after);

/// Effects: makes the same change in `file`, as the file is now; if it does not exist, creates it. Readers
/// see either the old file or the new one, whole. Errors: what went wrong and what to do about it; the
/// file is then unchanged.
hal::Status save_changes(const ConfigurationFile& file, const Configuration& before,
                         const Configuration& after);

/// Effects: as save_changes(), but the file stays as it is. Errors: why it would have to.
hal::Status try_to_save(const ConfigurationFile& file, const Configuration& before,
                        const Configuration& after);

/// Returns: the string of DRV_OPEN that sets every key in which `after` differs from `before`.
std::string as_open_string(const Configuration& before, const Configuration& after);

}  // namespace refwave::configuration
