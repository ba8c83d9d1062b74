// The A form of a device's capabilities, made from the W form that the driver answers.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include "inf/host/system.h"
#include "inf/host/wave/wave_streams.h"

namespace refwave::host {

/// `copy_rest(wide, narrow)` copies the members that only one direction has.
template <class Wide, class Narrow, class CopyRest>
MMRESULT narrow_capabilities(Direction direction, UINT_PTR id, Narrow* capabilities, UINT size,
                             CopyRest copy_rest) {
  if (size == 0) return MMSYSERR_NOERROR;
  if (capabilities == nullptr) return MMSYSERR_INVALPARAM;
  Wide wide{};
  const MMRESULT result = device_capabilities(direction, id, &wide, sizeof(wide));
  if (result != MMSYSERR_NOERROR) return result;
  Narrow narrow{};
  narrow.wMid = wide.wMid;
  narrow.wPid = wide.wPid;
  narrow.vDriverVersion = wide.vDriverVersion;
  narrow.dwFormats = wide.dwFormats;
  narrow.wChannels = wide.wChannels;
  wide.szPname[MAXPNAMELEN - 1] = 0;
  WideText text = wide.szPname;
  std::string name = to_narrow(text.c_str());
  // Shortened by whole characters, which may have two units.
  while (name.size() > MAXPNAMELEN - 1) {
    const WCHAR last = text.back();
    text.pop_back();
    if (last >= 0xDC00 && last <= 0xDFFF && !text.empty()) text.pop_back();
    name = to_narrow(text.c_str());
  }
  std::ranges::copy(name, narrow.szPname);
  copy_rest(wide, narrow);
  std::memcpy(capabilities, &narrow, std::min<std::size_t>(size, sizeof(narrow)));
  return MMSYSERR_NOERROR;
}

}  // namespace refwave::host
