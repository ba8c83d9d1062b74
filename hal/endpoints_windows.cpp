// Windows documentation: "IMMDeviceEnumerator interface", "PKEY_Device_FriendlyName". A thread of its own
// asks, because the client's has chosen its COM apartment or still will, and because the service may hang.
#include <windows.h>
// mmdeviceapi.h wants windows.h first.
#include <mmdeviceapi.h>

#include <memory>
#include <new>

#include "hal/endpoints.h"
#include "hal/system/owned_thread.h"
#include "hal/system/wide_text.h"

namespace refwave::hal {
namespace {

constexpr PROPERTYKEY kFriendlyName = {
    {0xA45C254E, 0xDF1C, 0x4EFD, {0x80, 0x20, 0x67, 0xD1, 0x46, 0xA8, 0x50, 0xE0}}, 14};

struct Release {
  void operator()(IUnknown* object) const { object->Release(); }
};
template <class Interface>
using Owned = std::unique_ptr<Interface, Release>;

/// Returns: what `get` hands out; null if it fails.
template <class Interface, class Get>
Owned<Interface> owned(Get get) {
  Interface* object = nullptr;
  return Owned<Interface>(SUCCEEDED(get(&object)) ? object : nullptr);
}

std::u16string id_of(IMMDevice& device) {
  LPWSTR text = nullptr;
  if (FAILED(device.GetId(&text))) return {};
  const std::unique_ptr<wchar_t, decltype(&CoTaskMemFree)> freed(text, CoTaskMemFree);
  return std::u16string(reinterpret_cast<const char16_t*>(text));
}

std::string name_of(IMMDevice& device) {
  const auto properties =
      owned<IPropertyStore>([&](IPropertyStore** to) { return device.OpenPropertyStore(STGM_READ, to); });
  PROPVARIANT value{};
  if (!properties || FAILED(properties->GetValue(kFriendlyName, &value))) return {};
  const std::unique_ptr<PROPVARIANT, decltype(&PropVariantClear)> cleared(&value, PropVariantClear);
  return value.vt == VT_LPWSTR ? "WASAPI/" + to_utf8(value.pwszVal) : std::string();
}

void list(Direction direction, Endpoints& all) {
  const EDataFlow flow = direction == Direction::output ? eRender : eCapture;
  const auto enumerator = owned<IMMDeviceEnumerator>([](IMMDeviceEnumerator** to) {
    return CoCreateInstance(__uuidof(MMDeviceEnumerator), nullptr, CLSCTX_INPROC_SERVER,
                            __uuidof(IMMDeviceEnumerator), reinterpret_cast<void**>(to));
  });
  if (!enumerator) return;
  const auto devices = owned<IMMDeviceCollection>([&](IMMDeviceCollection** to) {
    return enumerator->EnumAudioEndpoints(flow, DEVICE_STATE_ACTIVE, to);
  });
  // PortAudio's default is the one for multimedia.
  const auto standard = owned<IMMDevice>(
      [&](IMMDevice** to) { return enumerator->GetDefaultAudioEndpoint(flow, eMultimedia, to); });
  const std::u16string standard_id = standard ? id_of(*standard) : std::u16string();
  UINT count = 0;
  if (!devices || FAILED(devices->GetCount(&count))) return;
  for (UINT i = 0; i < count; ++i) {
    const auto device = owned<IMMDevice>([&](IMMDevice** to) { return devices->Item(i, to); });
    if (!device) continue;
    std::u16string id = id_of(*device);
    const bool is_default = id == standard_id;
    std::string name = name_of(*device);
    if (name.empty()) continue;
    all.devices.push_back(
        {.name = std::move(name), .backend = "PortAudio", .direction = direction, .is_default = is_default});
    all.ids.push_back(std::move(id));
  }
}

}  // namespace

std::optional<Endpoints> endpoints(Direction direction) {
  const auto all = std::make_shared<Endpoints>();
  OwnedThread thread;
  const Status started = thread.start("refwave-devices", 0, [all, direction] {
    const bool has_com = SUCCEEDED(CoInitializeEx(nullptr, COINIT_MULTITHREADED));
    try {
      list(direction, *all);
    } catch (const std::bad_alloc&) {
      *all = {};
    }
    if (has_com) CoUninitialize();
  });
  if (!started.ok() || !thread.join()) return Endpoints();
  return std::move(*all);
}

}  // namespace refwave::hal
