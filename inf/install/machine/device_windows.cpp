#include "inf/install/machine/device_windows.h"

#include <windows.h>
// The others want windows.h first.
#include <regstr.h>
#include <setupapi.h>

#include "hal/system/wide_text.h"
#include "inf/cli/console/text.h"
#include "inf/install/machine/registry_windows.h"
#include "inf/install/picture/slots.h"

namespace refwave::install {
namespace {

constexpr GUID kMedia = {0x4d36e96c, 0xe325, 0x11ce, {0xbf, 0xc1, 0x08, 0x00, 0x2b, 0xe1, 0x03, 0x18}};

/// What SetupDiCreateDeviceInfoW gives the device before all else, so that one whose making was interrupted
/// is known by it.
std::string description_of(const std::string& driver) { return title_of(driver) + " wave driver"; }

/// The devices of class MEDIA below Enum\ROOT. A device that is not registered is gone with it.
class RootDevices {
 public:
  explicit RootDevices(std::string driver)
      : driver_(std::move(driver)), list_(SetupDiGetClassDevsW(&kMedia, L"ROOT", nullptr, 0)) {
    check(list_ != INVALID_HANDLE_VALUE);
  }
  ~RootDevices() { SetupDiDestroyDeviceInfoList(list_); }
  RootDevices(const RootDevices&) = delete;
  RootDevices& operator=(const RootDevices&) = delete;

  /// Returns: the devices with the driver's hardware id.
  std::vector<SP_DEVINFO_DATA> find() const;
  bool is_ours(SP_DEVINFO_DATA device) const;
  /// Returns: whether its making got as far as its driver key.
  bool is_whole(SP_DEVINFO_DATA device) const { return !property(device, SPDRP_DRIVER).empty(); }
  Device read(SP_DEVINFO_DATA device) const;

  void make(const Device& wanted) const;
  void write(SP_DEVINFO_DATA device, const Device& wanted) const;
  void remove(SP_DEVINFO_DATA device) const;

 private:
  void check(BOOL success) const {
    if (!success) throw last_error("device " + hardware_id(driver_));
  }
  std::string property(SP_DEVINFO_DATA device, DWORD which) const;
  void set(SP_DEVINFO_DATA device, DWORD which, const void* data, std::size_t bytes) const;
  /// `below`: of the driver key, as "\\Drivers".
  RegistryKey key(SP_DEVINFO_DATA device, const std::string& below = "") const;
  std::string wave_key() const { return "\\Drivers\\wave\\" + driver_; }
  void call(DI_FUNCTION function, SP_DEVINFO_DATA device) const;

  std::string driver_;
  HDEVINFO list_;
};

std::string RootDevices::property(SP_DEVINFO_DATA device, DWORD which) const {
  wchar_t text[512] = {};  // of a list of texts the first
  SetupDiGetDeviceRegistryPropertyW(list_, &device, which, nullptr, reinterpret_cast<BYTE*>(text),
                                    sizeof text - sizeof *text, nullptr);
  return hal::to_utf8(text);
}

void RootDevices::set(SP_DEVINFO_DATA device, DWORD which, const void* data, std::size_t bytes) const {
  check(SetupDiSetDeviceRegistryPropertyW(list_, &device, which, static_cast<const BYTE*>(data),
                                          static_cast<DWORD>(bytes)));
}

RegistryKey RootDevices::key(SP_DEVINFO_DATA device, const std::string& below) const {
  // Both views share it. A device without a driver key has no such property.
  const std::string name = property(device, SPDRP_DRIVER);
  return {View::bits_64,
          hal::to_wide("SYSTEM\\CurrentControlSet\\Control\\Class\\" + (name.empty() ? "-" : name) + below)};
}

std::vector<SP_DEVINFO_DATA> RootDevices::find() const {
  std::vector<SP_DEVINFO_DATA> found;
  SP_DEVINFO_DATA device = {};
  device.cbSize = sizeof device;
  for (DWORD index = 0; SetupDiEnumDeviceInfo(list_, index, &device); ++index) {
    if (cli::lower(property(device, SPDRP_HARDWAREID)) == cli::lower(hardware_id(driver_)))
      found.push_back(device);
  }
  return found;
}

std::string text(const RegistryKey& key, const char* name) { return key.value(name).value_or(Value()).text; }

bool RootDevices::is_ours(SP_DEVINFO_DATA device) const {
  const RegistryKey driver_key = key(device);
  const std::string provider = text(driver_key, "ProviderName");
  return property(device, SPDRP_DEVICEDESC) == description_of(driver_) &&
         (provider.empty() || provider == title_of(driver_)) && !driver_key.value("InfPath");
}

Device RootDevices::read(SP_DEVINFO_DATA device) const {
  wchar_t instance[200] = {};
  check(SetupDiGetDeviceInstanceIdW(list_, &device, instance, static_cast<DWORD>(std::size(instance)),
                                    nullptr));
  const RegistryKey wave = key(device, wave_key());
  const bool is_wave = text(key(device, "\\Drivers"), "SubClasses") == "wave";
  return {hal::to_utf8(instance), is_wave ? text(wave, "Driver") : "", text(wave, "Description"),
          text(wave, "Alias")};
}

/// Effects: asks the class installer. A 32-bit process on 64-bit Windows has none, and does itself what that
/// would do.
void RootDevices::call(DI_FUNCTION function, SP_DEVINFO_DATA device) const {
  if (SetupDiCallClassInstaller(function, list_, &device)) return;
  check(GetLastError() == ERROR_IN_WOW64);
  check(function == DIF_REMOVE ? SetupDiRemoveDevice(list_, &device)
                               : SetupDiRegisterDeviceInfo(list_, &device, 0, nullptr, nullptr, nullptr));
}

void RootDevices::make(const Device& wanted) const {
  SP_DEVINFO_DATA device = {};
  device.cbSize = sizeof device;
  check(SetupDiCreateDeviceInfoW(list_, L"MEDIA", &kMedia, hal::to_wide(description_of(driver_)).c_str(),
                                 nullptr, DICD_GENERATE_ID, &device));
  const std::wstring id = hal::to_wide(hardware_id(driver_)) + L'\0';
  set(device, SPDRP_HARDWAREID, id.c_str(), (id.size() + 1) * sizeof(wchar_t));
  call(DIF_REGISTERDEVICE, device);
  try {
    // Windows shall look for no driver.
    const DWORD flags = CONFIGFLAG_MANUAL_INSTALL | CONFIGFLAG_NEEDS_FORCED_CONFIG;
    set(device, SPDRP_CONFIGFLAGS, &flags, sizeof flags);
    const std::wstring maker = hal::to_wide(title_of(driver_));
    set(device, SPDRP_MFG, maker.c_str(), (maker.size() + 1) * sizeof(wchar_t));
    write(device, wanted);
  } catch (const SystemError&) {
    remove(device);
    throw;
  }
}

void RootDevices::write(SP_DEVINFO_DATA device, const Device& wanted) const {
  if (!is_whole(device)) {
    const HKEY made =
        SetupDiCreateDevRegKeyW(list_, &device, DICS_FLAG_GLOBAL, 0, DIREG_DRV, nullptr, nullptr);
    check(made != INVALID_HANDLE_VALUE);
    RegCloseKey(made);
  }
  const auto set_text = [&](const std::string& below, const char* name, const std::string& text) {
    key(device, below).set(name, text.empty() ? std::nullopt : std::optional(Value{.text = text}));
  };
  set_text("", "DriverDesc", description_of(driver_));
  set_text("", "ProviderName", title_of(driver_));
  set_text(wave_key(), "Driver", wanted.driver);
  set_text(wave_key(), "Description", wanted.description);
  set_text(wave_key(), "Alias", wanted.alias);
  set_text("\\Drivers", "SubClasses", wanted.driver.empty() ? "" : "wave");
}

void RootDevices::remove(SP_DEVINFO_DATA device) const {
  const Device before = read(device);
  // First: a device without its key is found again, a key without its device is not. Wine deletes no key that
  // has keys in it.
  key(device).delete_all();
  SetupDiDeleteDevRegKey(list_, &device, DICS_FLAG_GLOBAL, 0, DIREG_DRV);
  try {
    call(DIF_REMOVE, device);
  } catch (const SystemError&) {
    write(device, before);
    throw;
  }
}

}  // namespace

void look_at_device(const std::string& driver, Snapshot& snapshot) {
  const RootDevices devices(driver);
  for (const SP_DEVINFO_DATA& device : devices.find()) {
    const Device found = devices.read(device);
    if (devices.is_ours(device))
      snapshot.device = found;
    else
      snapshot.foreign_device = found.instance;
  }
  if (snapshot.device) snapshot.foreign_device.clear();
}

void set_device(const std::string& driver, const std::optional<Device>& device) {
  const RootDevices devices(driver);
  bool is_there = false;
  for (const SP_DEVINFO_DATA& found : devices.find()) {
    if (!devices.is_ours(found)) continue;
    if (!device || is_there || !devices.is_whole(found)) {
      devices.remove(found);
    } else {
      devices.write(found, *device);
      is_there = true;
    }
  }
  // In a fresh list: this one still holds what was removed.
  if (device && !is_there) RootDevices(driver).make(*device);
}

}  // namespace refwave::install
