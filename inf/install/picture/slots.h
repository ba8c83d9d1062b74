// The slots of Drivers32: who holds which, and which are free. Pure; any thread. Follows "Installing Windows
// Multimedia System Support": `wave`, `wave1` … `wave9`, used in sequence.
#pragma once

#include <string>

#include "inf/install/picture/snapshot.h"

namespace refwave::install {

inline constexpr const char* kDriverName = "refwave.drv";

/// Returns: "64-bit" or "32-bit".
const char* name_of(View view);

/// Returns: "wave" for 0, "wave3" for 3.
std::string slot_name(std::size_t slot);

/// Returns: whether slot `slot` names the refwave.drv that install places, whatever follows the name. A
/// refwave.drv in another folder is somebody's own, and so is a refwave.drv in slot 0.
bool is_ours(const ViewState& view, std::size_t slot);

/// Returns: the first slot of ours; the first free slot. Slot 0 belongs to Windows and is neither.
std::optional<std::size_t> our_slot(const ViewState& view);
std::optional<std::size_t> free_slot(const ViewState& view);

/// Returns: the last slot that holds another's text, the one that costs others least to lose.
std::optional<std::size_t> last_foreign_slot(const ViewState& view);

/// Returns: whether `value` is in any slot.
bool holds(const ViewState& view, const Value& value);

/// Returns: "wave1 a.drv, wave2 b.drv, …": every taken slot but slot 0.
std::string holders(const ViewState& view);

/// Returns: what stands in a slot, for people.
std::string text_of(const std::optional<Value>& value);

using NamedValues = std::map<std::string, Value>;

/// Returns: "64-bit slot" = "wave3", and for a replaced value "64-bit wave9 was" = the value in its own type.
NamedValues to_values(const Record& record);

/// Returns: every name that such a value can have.
std::vector<std::string> record_names();

/// Returns: the record; what is not understood is left out.
Record from_values(const NamedValues& values);

}  // namespace refwave::install
