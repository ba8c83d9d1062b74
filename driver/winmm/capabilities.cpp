#include "driver/winmm/capabilities.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "driver/configuration/version.h"
#include "driver/winmm/host.h"
#include "dsp/format.h"
#include "hal/system/wide_text.h"

namespace refwave::winmm {
namespace {

constexpr WORD kUnmapped = 0xFFFF;           // MM_UNMAPPED, MM_PID_UNMAPPED: no registered maker
constexpr DWORD kEveryFormat = 0x000F'FFFF;  // WAVE_FORMAT_1M08 to WAVE_FORMAT_96S16

constexpr std::size_t kMostUnits = MAXPNAMELEN - 1;

/// Returns: whether a cut before this unit would split a pair of surrogates, or a letter from its accents.
bool continues_character(char16_t unit) {
  return (unit >= 0xDC00 && unit <= 0xDFFF) || (unit >= 0x0300 && unit <= 0x036F);
}

std::u16string shortened(const std::u16string& name, std::size_t most) {
  if (name.size() <= most) return name;
  while (most > 0 && continues_character(name[most])) --most;
  while (most > 0 && name[most - 1] == u' ') --most;
  return name.substr(0, most);
}

std::u16string to_utf16(std::string_view utf8) {
  return hal::to_utf16<char16_t>(utf8, hal::IfInvalid::give_up);
}

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

std::u16string product_name(std::span<const std::string> devices, std::size_t device) {
  std::vector<std::u16string> taken;
  for (const std::string& one : devices.first(device + 1)) {
    const std::u16string whole = to_utf16(one.substr(one.find('/') + 1));
    std::u16string suffix(name_suffix());
    std::u16string name = shortened(whole, kMostUnits - suffix.size()) + suffix;
    for (int number = 2; std::ranges::find(taken, name) != taken.end(); ++number) {
      suffix = to_utf16(" (" + std::to_string(number) + ")").append(name_suffix());
      name = shortened(whole, kMostUnits - suffix.size()) + suffix;
    }
    taken.push_back(std::move(name));
  }
  return taken.back();
}

WAVEOUTCAPSW output_capabilities(const std::u16string& name) noexcept {
  auto caps = common_capabilities<WAVEOUTCAPSW>(name);
  caps.dwSupport = WAVECAPS_VOLUME | WAVECAPS_LRVOLUME | WAVECAPS_PITCH | WAVECAPS_PLAYBACKRATE;
  return caps;
}

WAVEINCAPSW input_capabilities(const std::u16string& name) noexcept {
  return common_capabilities<WAVEINCAPSW>(name);
}

}  // namespace refwave::winmm
