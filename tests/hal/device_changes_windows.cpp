// What refwave counts of Windows' device events. The enumerator is this program's own, because it defines the
// function that the driver would import from ole32.dll. Wine reports only changes of the default.
#include <gtest/gtest.h>
#include <windows.h>
// mmdeviceapi.h wants windows.h first.
#include <mmdeviceapi.h>

#include <optional>

#include "hal/device_changes.h"

namespace {

/// Has no devices; knows its listener.
class Enumerator final : public IMMDeviceEnumerator {
 public:
  virtual ~Enumerator() = default;
  ULONG STDMETHODCALLTYPE AddRef() override { return ++references; }
  ULONG STDMETHODCALLTYPE Release() override { return --references; }
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID, void**) override { return E_NOINTERFACE; }
  HRESULT STDMETHODCALLTYPE EnumAudioEndpoints(EDataFlow, DWORD, IMMDeviceCollection**) override {
    return E_NOTIMPL;
  }
  HRESULT STDMETHODCALLTYPE GetDefaultAudioEndpoint(EDataFlow, ERole, IMMDevice**) override {
    return E_NOTIMPL;
  }
  HRESULT STDMETHODCALLTYPE GetDevice(LPCWSTR, IMMDevice**) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE RegisterEndpointNotificationCallback(IMMNotificationClient* client) override {
    client->AddRef();
    listener = client;
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE UnregisterEndpointNotificationCallback(IMMNotificationClient* client) override {
    if (client != listener) return E_NOTFOUND;
    listener = nullptr;
    client->Release();
    return S_OK;
  }

  ULONG references = 0;
  IMMNotificationClient* listener = nullptr;
};

Enumerator enumerator;
bool has_enumerator = true;

HRESULT WINAPI create(REFCLSID, LPUNKNOWN, DWORD, REFIID, LPVOID* made) {
  if (!has_enumerator) return REGDB_E_CLASSNOTREG;
  enumerator.AddRef();
  *made = &enumerator;
  return S_OK;
}

}  // namespace

// The name under which code calls an imported function.
#ifdef _WIN64
#define IMPORTED "__imp_CoCreateInstance"
#else
#define IMPORTED "__imp__CoCreateInstance@20"
#endif
extern decltype(&CoCreateInstance) const imported_create asm(IMPORTED);
decltype(&CoCreateInstance) const imported_create = create;

namespace refwave::hal {
namespace {

TEST(Device_changes, Count_devices_and_defaults_until_their_end_and_where_Windows_reports_them) {
  const auto counts = std::make_shared<ChangeCounts>();
  std::optional<DeviceChanges> changes(counts);
  ASSERT_NE(enumerator.listener, nullptr);
  EXPECT_EQ(enumerator.references, 1U);
  enumerator.listener->OnDeviceAdded(L"headset");
  EXPECT_EQ(counts->all, 1U);
  enumerator.listener->OnDeviceStateChanged(L"headset", DEVICE_STATE_UNPLUGGED);
  EXPECT_EQ(counts->all, 2U);
  enumerator.listener->OnDeviceRemoved(L"headset");
  EXPECT_EQ(counts->all, 3U);
  enumerator.listener->OnPropertyValueChanged(L"headset", PROPERTYKEY{});
  EXPECT_EQ(counts->all, 3U) << "a new name or volume is no new device";
  const auto& [output, input] = counts->defaults;
  EXPECT_EQ(output + input, 0U);
  for (const ERole role : {eConsole, eMultimedia, eCommunications})  // Windows tells each role
    enumerator.listener->OnDefaultDeviceChanged(eRender, role, L"headset");
  EXPECT_EQ(output, 1U);
  EXPECT_EQ(input, 0U);
  enumerator.listener->OnDefaultDeviceChanged(eCapture, eMultimedia, nullptr);  // none is left
  EXPECT_EQ(input, 1U);
  EXPECT_EQ(counts->all, 5U);

  changes.reset();
  EXPECT_EQ(enumerator.listener, nullptr);
  EXPECT_EQ(enumerator.references, 0U);
  has_enumerator = false;
  changes.emplace(counts);
  has_enumerator = true;
  EXPECT_EQ(enumerator.listener, nullptr);
}

}  // namespace
}  // namespace refwave::hal
