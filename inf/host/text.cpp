#include "inf/host/text.h"

#include <winmm_host.h>

#include <utility>

namespace refwave::host {
namespace {

std::string& last_error() {
  thread_local std::string text;
  return text;
}

}  // namespace

void set_last_error(std::string text) { last_error() = std::move(text); }

}  // namespace refwave::host

LPCSTR WINAPI winmm_host_last_error() { return refwave::host::last_error().c_str(); }
