#include "inf/install/machine/command_line.h"

#include <string_view>

namespace refwave::install {
namespace {

std::string quoted(const std::string& argument) {
  // cmd.exe recognises its options only unquoted.
  if (!argument.empty() && argument.find_first_of(" \t\n\v\"") == std::string::npos) return argument;
  std::string text = "\"";
  std::size_t backslashes = 0;
  for (const char letter : argument) {
    if (letter == '"') text.append(backslashes + 1, '\\');
    backslashes = letter == '\\' ? backslashes + 1 : 0;
    text += letter;
  }
  return text.append(backslashes, '\\') + "\"";
}

}  // namespace

std::string line_of(const std::vector<std::string>& arguments) {
  std::string line;
  for (const std::string& argument : arguments) line += (line.empty() ? "" : " ") + quoted(argument);
  return line;
}

std::wstring without_prefix(const std::wstring& final_path) {
  constexpr std::wstring_view kShare = L"\\\\?\\UNC\\";
  constexpr std::wstring_view kDrive = L"\\\\?\\";
  if (final_path.starts_with(kShare)) return L"\\\\" + final_path.substr(kShare.size());
  // \\?\Volume{…}\ and the like have no other name.
  const bool has_letter = final_path.size() > kDrive.size() + 1 && final_path[kDrive.size() + 1] == L':';
  return final_path.starts_with(kDrive) && has_letter ? final_path.substr(kDrive.size()) : final_path;
}

}  // namespace refwave::install
