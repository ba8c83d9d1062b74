// Writing refwave.toml: changes values in place, and keeps comments, unknown keys and layout.
#pragma once

#include <string>
#include <string_view>

#include "driver/configuration/configuration.h"
#include "hal/system/status.h"

namespace refwave::configuration {

/// The result of edit_toml().
struct Edited {
  hal::Status status;
  std::string text;  // the document as it should be; after a failure the one that was given
};

/// Returns: `text` with what differs set as in `after`. A new key goes below its comment, else at the end.
Edited edit_toml(std::string_view text, std::string_view source_name, const Configuration& before,
                 const Configuration& after);

/// A trial changes no file.
enum class Saving : std::uint8_t { real, trial };

/// Effects: makes the same change in `file`, atomically; creates it if need be. Errors: what to do about it.
hal::Status save_changes(const ConfigurationFile& file, const Configuration& before,
                         const Configuration& after, Saving saving = Saving::real);

/// Returns: the DRV_OPEN string for the same change.
std::string as_open_string(const Configuration& before, const Configuration& after);

}  // namespace refwave::configuration
