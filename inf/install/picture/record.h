// The installer's record, as values of a registry key with names that people can read. Pure.
#pragma once

#include "inf/install/picture/snapshot.h"

namespace refwave::install {

using NamedValues = std::map<std::string, Value>;

/// Returns: "64-bit slot" = "wave3", and for a replaced value "64-bit wave9 was" = the value in its own type.
NamedValues to_values(const Record& record);

/// Returns: every name that such a value can have.
std::vector<std::string> record_names();

/// Returns: the record; what is not understood is left out.
Record from_values(const NamedValues& values);

}  // namespace refwave::install
