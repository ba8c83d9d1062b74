#include "driver/winmm/capabilities.h"

#include <iterator>
#include <string>

#include "driver/configuration/version.h"
#include "driver/winmm/system/text.h"
#include "dsp/format.h"

namespace refwave::winmm {
namespace {

constexpr WORD kUnmapped = 0xFFFF;           // MM_UNMAPPED, MM_PID_UNMAPPED: no registered maker
constexpr DWORD kEveryFormat = 0x000F'FFFF;  // WAVE_FORMAT_1M08 to WAVE_FORMAT_96S16

template <typename Caps>
Caps common_capabilities(std::string_view device, std::string_view role) noexcept {
  Caps caps{};
  caps.wMid = kUnmapped;
  caps.wPid = kUnmapped;
  caps.vDriverVersion = configuration::version_word();
  caps.dwFormats = kEveryFormat;
  caps.wChannels = dsp::kMaxChannels;
  const std::u16string name = to_utf16(std::string("refwave ").append(role).append(": ").append(device));
  for (std::size_t i = 0; i + 1 < std::size(caps.szPname) && i < name.size(); ++i)
    caps.szPname[i] = static_cast<WCHAR>(name[i]);
  return caps;
}

}  // namespace

WAVEOUTCAPSW output_capabilities(std::string_view device) noexcept {
  auto caps = common_capabilities<WAVEOUTCAPSW>(device, "out");
  caps.dwSupport = WAVECAPS_VOLUME | WAVECAPS_LRVOLUME;
  return caps;
}

WAVEINCAPSW input_capabilities(std::string_view device) noexcept {
  return common_capabilities<WAVEINCAPSW>(device, "in");
}

}  // namespace refwave::winmm
