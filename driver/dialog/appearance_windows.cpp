// Windows documentation: "Isolated Applications and Side-by-side Assemblies", "SetThreadDpiAwarenessContext
// function".
#include "driver/dialog/appearance.h"

#include <array>
#include <cstdint>

#include "driver/dialog/control_ids.h"

namespace refwave::dialog {
namespace {

// DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2 (Windows 10, version 1703) and _SYSTEM_AWARE (version 1607).
constexpr std::array<std::intptr_t, 2> kResolutions = {-4, -2};

/// Returns: the context before; null where Windows has none for threads.
void* set_resolution(void* context) noexcept {
  using Function = void*(WINAPI*)(void*);
  const HMODULE user32 = GetModuleHandleW(L"user32.dll");
  if (user32 == nullptr) return nullptr;
  const auto function = reinterpret_cast<Function>(
      reinterpret_cast<void*>(GetProcAddress(user32, "SetThreadDpiAwarenessContext")));
  return function == nullptr ? nullptr : function(context);
}

HANDLE manifest_of(HMODULE module) noexcept {
  ACTCTXW request{};
  request.cbSize = sizeof(request);
  request.dwFlags = ACTCTX_FLAG_HMODULE_VALID | ACTCTX_FLAG_RESOURCE_NAME_VALID;
  request.hModule = module;
  request.lpResourceName = MAKEINTRESOURCEW(REFWAVE_DIALOG_MANIFEST);
  return CreateActCtxW(&request);
}

}  // namespace

Appearance::Appearance(HMODULE module) noexcept : context_(manifest_of(module)) {
  if (context_ != INVALID_HANDLE_VALUE) ActivateActCtx(context_, &cookie_);
  for (const std::intptr_t resolution : kResolutions) {
    if (resolution_before_ == nullptr)
      resolution_before_ = set_resolution(reinterpret_cast<void*>(resolution));
  }
}

Appearance::~Appearance() {
  if (resolution_before_ != nullptr) set_resolution(resolution_before_);
  if (cookie_ != 0) DeactivateActCtx(0, cookie_);
  if (context_ != INVALID_HANDLE_VALUE) ReleaseActCtx(context_);
}

}  // namespace refwave::dialog
