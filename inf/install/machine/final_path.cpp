#include "inf/install/machine/final_path.h"

#include <string_view>

namespace refwave::install {

std::wstring without_prefix(const std::wstring& final_path) {
  constexpr std::wstring_view kShare = L"\\\\?\\UNC\\";
  constexpr std::wstring_view kDrive = L"\\\\?\\";
  if (final_path.starts_with(kShare)) return L"\\\\" + final_path.substr(kShare.size());
  // \\?\Volume{…}\ and the like have no other name.
  const bool has_letter = final_path.size() > kDrive.size() + 1 && final_path[kDrive.size() + 1] == L':';
  return final_path.starts_with(kDrive) && has_letter ? final_path.substr(kDrive.size()) : final_path;
}

}  // namespace refwave::install
