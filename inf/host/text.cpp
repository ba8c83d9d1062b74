#include "inf/host/text.h"

#include <winmm_host.h>

#include <algorithm>
#include <utility>

namespace refwave::host {
namespace {

std::string& last_error() {
  thread_local std::string text;
  return text;
}

}  // namespace

std::filesystem::path to_path(std::string_view utf8) { return std::u8string(utf8.begin(), utf8.end()); }

std::string path_text(const std::filesystem::path& path) {
  const std::u8string utf8 = path.u8string();
  return {utf8.begin(), utf8.end()};
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

void set_last_error(std::string text) { last_error() = std::move(text); }

}  // namespace refwave::host

LPCSTR WINAPI winmm_host_last_error() { return refwave::host::last_error().c_str(); }
