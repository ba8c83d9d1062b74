// The slots of Drivers32, taken and free, and the device that keeps them. Pure; any thread. Follows
// "Installing Windows Multimedia System Support": `wave`, `wave1` … `wave9`, used in sequence.
#pragma once

#include <string>

#include "inf/install/picture/snapshot.h"

namespace refwave::install {

/// Returns: "64-bit" or "32-bit".
const char* name_of(View view);

/// Returns: "wave" for 0, "wave3" for 3.
std::string slot_name(std::size_t slot);

/// Returns: the part after the last separator.
std::string name_in(const std::string& path);

/// Returns: whether the slot names the driver that install places, with any parameters. One in another folder
/// or in slot 0 is foreign.
bool is_ours(const ViewState& view, std::size_t slot);

/// Slot 0 belongs to Windows and is neither.
std::optional<std::size_t> our_slot(const ViewState& view);
std::optional<std::size_t> free_slot(const ViewState& view);

/// Returns: the last slot with another driver's text.
std::optional<std::size_t> last_foreign_slot(const ViewState& view);

bool holds(const ViewState& view, const Value& value);

/// Returns: "wave1 a.drv, wave2 b.drv, …": every taken slot but slot 0.
std::string holders(const ViewState& view);

/// Returns: a slot's value for the user.
std::string text_of(const std::optional<Value>& value);

/// Returns: "refwave" for refwave.drv.
std::string title_of(const std::string& driver);

/// Returns: "ROOT\\refwave" for refwave.drv.
std::string hardware_id(const std::string& driver);

/// Returns: the device that the driver needs in that slot of the first view.
Device device_for(const Snapshot& snapshot, std::size_t slot);

using NamedValues = std::map<std::string, Value>;

/// Returns: "64-bit slot" = "wave3", and for a replaced value "64-bit wave9 was" = the value in its own type.
NamedValues to_values(const Record& record);

/// Returns: all possible names of such values.
std::vector<std::string> record_names();

/// Returns: the record, without unknown values.
Record from_values(const NamedValues& values);

}  // namespace refwave::install
