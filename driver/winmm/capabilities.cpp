#include "driver/winmm/capabilities.h"

#include <iterator>

#include "driver/configuration/version.h"
#include "dsp/format.h"

namespace refwave::winmm {
namespace {

constexpr WORD kUnmapped = 0xFFFF;           // MM_UNMAPPED, MM_PID_UNMAPPED: no registered maker
constexpr DWORD kEveryFormat = 0x000F'FFFF;  // WAVE_FORMAT_1M08 to WAVE_FORMAT_96S16

template <typename Caps>
Caps common_capabilities(const std::u16string& name) noexcept {
  Caps caps{};
  caps.wMid = kUnmapped;
  caps.wPid = kUnmapped;
  caps.vDriverVersion = configuration::version_word();
  caps.dwFormats = kEveryFormat;
  caps.wChannels = dsp::kMaxChannels;
  for (std::size_t i = 0; i + 1 < std::size(caps.szPname) && i < name.size(); ++i)
    caps.szPname[i] = static_cast<WCHAR>(name[i]);
  return caps;
}

}  // namespace

WAVEOUTCAPSW output_capabilities(const std::u16string& name) noexcept {
  auto caps = common_capabilities<WAVEOUTCAPSW>(name);
  caps.dwSupport = WAVECAPS_VOLUME | WAVECAPS_LRVOLUME;
  return caps;
}

WAVEINCAPSW input_capabilities(const std::u16string& name) noexcept {
  return common_capabilities<WAVEINCAPSW>(name);
}

}  // namespace refwave::winmm
