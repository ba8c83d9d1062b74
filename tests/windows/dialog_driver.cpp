#include "tests/windows/dialog_driver.h"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "driver/dialog/control_ids.h"
#include "tests/support/eventually.h"

namespace refwave::test {
namespace {

HWND make_owner() {
  return CreateWindowExW(0, L"STATIC", L"A control panel", WS_OVERLAPPEDWINDOW | WS_VISIBLE, 60, 40, 900, 660,
                         nullptr, nullptr, GetModuleHandleW(nullptr), nullptr);
}

std::wstring text_of(HWND window) {
  std::vector<wchar_t> text(1024);
  SendMessageW(window, WM_GETTEXT, text.size(), reinterpret_cast<LPARAM>(text.data()));
  return text.data();
}

}  // namespace

OpenedDialog::OpenedDialog(const ConfiguredDriver& driver) {
  thread_ = std::thread([this, &driver] {
    thread_id_ = GetCurrentThreadId();
    owner_ = make_owner();
    result_ = driver.send(DRV_CONFIGURE, reinterpret_cast<LPARAM>(owner_.load()));
    DestroyWindow(owner_);
  });
  EXPECT_TRUE(eventually([&] {
    window_ = FindWindowW(L"#32770", L"refwave Settings");
    const LRESULT clocked = SendDlgItemMessageW(window_, REFWAVE_OUTPUT, CB_FINDSTRING, 0,
                                                reinterpret_cast<LPARAM>(L"clocked ("));
    return clocked > 0 && focused() == REFWAVE_OUTPUT;  // the system's default is before it
  })) << "no dialog, or no devices in it";
}

OpenedDialog::~OpenedDialog() {
  if (result_ == -1) press(IDCANCEL);
  thread_.join();
}

LRESULT OpenedDialog::result() {
  eventually([&] { return result_ != -1; });
  return result_;
}

std::wstring OpenedDialog::text(int id) const { return text_of(control(id)); }

void OpenedDialog::select(int list, int index) const {
  SendMessageW(control(list), CB_SETCURSEL, static_cast<WPARAM>(index), 0);
  SendMessageW(window_, WM_COMMAND, MAKEWPARAM(list, CBN_SELCHANGE), reinterpret_cast<LPARAM>(control(list)));
}

void OpenedDialog::type_period(std::wstring_view digits) const {
  const HWND edit = GetWindow(control(REFWAVE_PERIOD), GW_CHILD);
  SendMessageW(edit, EM_SETSEL, 0, -1);
  SendMessageW(edit, WM_CHAR, VK_BACK, 0);
  for (const wchar_t digit : digits) SendMessageW(edit, WM_CHAR, static_cast<WPARAM>(digit), 0);
}

HWND OpenedDialog::focus() const {
  GUITHREADINFO info{};
  info.cbSize = sizeof(info);
  GetGUIThreadInfo(thread_id_, &info);
  return info.hwndFocus;
}

int OpenedDialog::focused() const {
  HWND window = focus();
  while (window != nullptr && GetParent(window) != window_ && window != window_) window = GetParent(window);
  return GetDlgCtrlID(window);
}

void save_picture(HWND window, const std::filesystem::path& file) {
  RECT frame{};
  GetWindowRect(window, &frame);
  const int width = frame.right - frame.left;
  const int height = frame.bottom - frame.top;
  const HDC source = GetDC(nullptr);  // the screen: what people see, with the frame
  const HDC target = CreateCompatibleDC(source);
  BITMAPINFO layout{};
  layout.bmiHeader = {sizeof(BITMAPINFOHEADER), width, height, 1, 32, BI_RGB, 0, 0, 0, 0, 0};
  void* pixels = nullptr;
  const HBITMAP bitmap = CreateDIBSection(target, &layout, DIB_RGB_COLORS, &pixels, nullptr, 0);
  const HGDIOBJ before = SelectObject(target, bitmap);
  BitBlt(target, 0, 0, width, height, source, frame.left, frame.top, SRCCOPY);
  GdiFlush();
  const auto bytes = static_cast<DWORD>(width * height * 4);
  const std::uint16_t magic = 0x4D42;
  const std::uint32_t header[] = {bytes + 14 + layout.bmiHeader.biSize, 0, 14 + layout.bmiHeader.biSize};
  std::ofstream picture(file, std::ios::binary);
  picture.write(reinterpret_cast<const char*>(&magic), sizeof(magic));
  picture.write(reinterpret_cast<const char*>(header), sizeof(header));
  picture.write(reinterpret_cast<const char*>(&layout.bmiHeader), sizeof(layout.bmiHeader));
  picture.write(static_cast<const char*>(pixels), bytes);
  SelectObject(target, before);
  DeleteObject(bitmap);
  DeleteDC(target);
  ReleaseDC(nullptr, source);
}

}  // namespace refwave::test
