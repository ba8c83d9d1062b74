// IMMNotificationClient, after the page of the Windows documentation of that name: its methods are called on
// a thread of the system, and must neither wait nor release objects of MMDevice.
#include <windows.h>
// mmdeviceapi.h wants windows.h first.
#include <mmdeviceapi.h>

#include "hal/device_changes.h"

namespace refwave::hal {
namespace {

class Listener final : public IMMNotificationClient {
 public:
  explicit Listener(std::shared_ptr<ChangeCounts> counts) : counts_(std::move(counts)) {}
  virtual ~Listener() = default;

  ULONG STDMETHODCALLTYPE AddRef() override { return ++references_; }
  ULONG STDMETHODCALLTYPE Release() override {
    const ULONG left = --references_;
    if (left == 0) delete this;
    return left;
  }
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID wanted, void** found) override {
    const bool known = IsEqualIID(wanted, __uuidof(IUnknown)) != FALSE ||
                       IsEqualIID(wanted, __uuidof(IMMNotificationClient)) != FALSE;
    *found = known ? this : nullptr;
    if (!known) return E_NOINTERFACE;
    AddRef();
    return S_OK;
  }

  /// PortAudio's default is the one for multimedia.
  HRESULT STDMETHODCALLTYPE OnDefaultDeviceChanged(EDataFlow flow, ERole role, LPCWSTR) override {
    if (role == eMultimedia && (flow == eRender || flow == eCapture)) {
      const Direction direction = flow == eRender ? Direction::output : Direction::input;
      count(counts_->defaults[static_cast<std::size_t>(direction)]);
      count(counts_->all);
    }
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE OnDeviceStateChanged(LPCWSTR, DWORD) override { return note_device(); }
  HRESULT STDMETHODCALLTYPE OnDeviceAdded(LPCWSTR) override { return note_device(); }
  HRESULT STDMETHODCALLTYPE OnDeviceRemoved(LPCWSTR) override { return note_device(); }
  HRESULT STDMETHODCALLTYPE OnPropertyValueChanged(LPCWSTR, const PROPERTYKEY) override { return S_OK; }

 private:
  static void count(std::atomic<std::uint32_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }
  HRESULT note_device() {
    count(counts_->all);
    return S_OK;
  }

  const std::shared_ptr<ChangeCounts> counts_;
  std::atomic<ULONG> references_{1};
};

}  // namespace

/// COM stays initialised on this thread for as long as it is registered.
struct DeviceChanges::Registration {
  explicit Registration(std::shared_ptr<ChangeCounts> counts) {
    has_com = SUCCEEDED(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED));
    void* made = nullptr;
    if (FAILED(CoCreateInstance(__uuidof(MMDeviceEnumerator), nullptr, CLSCTX_INPROC_SERVER,
                                __uuidof(IMMDeviceEnumerator), &made)))
      return;
    enumerator = static_cast<IMMDeviceEnumerator*>(made);
    listener = new Listener(std::move(counts));
    enumerator->RegisterEndpointNotificationCallback(listener);
  }
  ~Registration() {
    if (enumerator != nullptr) {
      enumerator->UnregisterEndpointNotificationCallback(listener);
      enumerator->Release();
      listener->Release();
    }
    if (has_com) CoUninitialize();
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  bool has_com = false;
  IMMDeviceEnumerator* enumerator = nullptr;
  Listener* listener = nullptr;
};

DeviceChanges::DeviceChanges(std::shared_ptr<ChangeCounts> counts)
    : registration_(std::make_unique<Registration>(std::move(counts))) {}
DeviceChanges::~DeviceChanges() = default;
void DeviceChanges::look() {}  // the listener has counted already

}  // namespace refwave::hal
