#include "driver/winmm/product_names.h"

#include <algorithm>
#include <vector>

#include "driver/winmm/system/text.h"

namespace refwave::winmm {
namespace {

constexpr std::size_t kMostUnits = MAXPNAMELEN - 1;

/// Returns: whether a cut before this unit would take a character apart: a pair of surrogates, or a letter
/// and the accents that follow it.
bool continues_character(char16_t unit) {
  return (unit >= 0xDC00 && unit <= 0xDFFF) || (unit >= 0x0300 && unit <= 0x036F);
}

std::u16string shortened(const std::u16string& name, std::size_t most) {
  if (name.size() <= most) return name;
  while (most > 0 && continues_character(name[most])) --most;
  while (most > 0 && name[most - 1] == u' ') --most;
  return name.substr(0, most);
}

}  // namespace

std::u16string product_name(std::string_view role, std::span<const std::string> devices, std::size_t device) {
  const std::u16string prefix = to_utf16(std::string("refwave ").append(role).append(": "));
  std::vector<std::u16string> taken;
  for (const std::string& one : devices.first(device + 1)) {
    const std::u16string whole = prefix + to_utf16(one);
    std::u16string name = shortened(whole, kMostUnits);
    for (int number = 2; std::ranges::find(taken, name) != taken.end(); ++number) {
      const std::u16string suffix = to_utf16(" (" + std::to_string(number) + ")");
      name = shortened(whole, kMostUnits - suffix.size()) + suffix;
    }
    taken.push_back(std::move(name));
  }
  return taken.back();
}

}  // namespace refwave::winmm
