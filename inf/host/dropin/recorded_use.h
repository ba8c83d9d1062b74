// When the drop-in last served a program in each folder where `refwave install --program` placed it. The
// user's registry has a value for each: its name is the folder, behind links; its data a FILETIME, 0 before
// the first use. Only the installer adds one.
#pragma once

namespace refwave::host {

inline constexpr const wchar_t* kRecordedPrograms = L"Software\\refwave";

/// Effects: writes the time for this module's folder, if it is recorded. An elevated program, whose user's
/// other programs may have prepared the key, writes nothing. Thread: any, also in a DllMain.
void record_use() noexcept;

}  // namespace refwave::host
