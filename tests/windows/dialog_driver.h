// The configuration dialog as somebody uses it who has only keys and buttons: the loaded driver, a window
// that asks for the dialog, and the dialog's controls by number.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

#include "driver/abi/windows_headers.h"
#include "tests/windows/real_driver.h"

namespace refwave::test {

/// refwave.drv by OpenDriver, with a refwave.toml of its own.
struct ConfiguredDriver {
  explicit ConfiguredDriver(std::string_view toml) : configured(toml) {}

  LRESULT send(UINT message, LPARAM first = 0) const {
    return SendDriverMessage(driver.handle(), message, first, 0);
  }
  std::filesystem::path file() const { return configured.file(); }
  std::string toml() const { return contents_of(file()); }

  Configured configured;
  RealDriver driver;
};

/// DRV_CONFIGURE, sent by a thread with a window.
class OpenedDialog {
 public:
  /// Effects: waits until the dialog is there and knows the devices.
  explicit OpenedDialog(const ConfiguredDriver& driver);
  /// Effects: cancels the dialog if it is still open.
  ~OpenedDialog();
  OpenedDialog(const OpenedDialog&) = delete;
  OpenedDialog& operator=(const OpenedDialog&) = delete;

  HWND window() const { return window_; }
  HWND owner() const { return owner_; }
  HWND control(int id) const { return GetDlgItem(window_, id); }
  std::wstring text(int id) const;

  void press(int button) const { PostMessageW(window_, WM_COMMAND, MAKEWPARAM(button, BN_CLICKED), 0); }
  void select(int list, int index) const;
  /// Effects: types into the period, over what is there.
  void type_period(std::wstring_view digits) const;
  /// Effects: presses a key in the control that has the focus.
  void key(WPARAM code) const { PostMessageW(focus(), WM_KEYDOWN, code, 0); }
  void alt(wchar_t letter) const { PostMessageW(focus(), WM_SYSCHAR, static_cast<WPARAM>(letter), 1L << 29); }
  /// Returns: the control with the focus, a list's edit field as the list.
  int focused() const;

  /// Effects: waits for the dialog to be closed. Returns: what DRV_CONFIGURE answered; -1 if it never did.
  LRESULT result();

 private:
  HWND focus() const;

  std::atomic<HWND> owner_{nullptr};
  std::atomic<LRESULT> result_{-1};
  std::atomic<DWORD> thread_id_{0};
  HWND window_ = nullptr;
  std::thread thread_;
};

/// Effects: writes what the window shows, frame and all, as a Windows bitmap.
void save_picture(HWND window, const std::filesystem::path& file);

}  // namespace refwave::test
