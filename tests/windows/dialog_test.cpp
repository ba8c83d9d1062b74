// The configuration dialog of the loaded driver, used by keys and buttons: its answers, the file that it
// writes, its test tone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

#include "driver/abi/windows_headers.h"
#include "driver/dialog/control_ids.h"
#include "tests/support/child_process.h"
#include "tests/support/eventually.h"
#include "tests/windows/real_driver.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;

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
  /// Effects: waits until the dialog lists the devices.
  explicit OpenedDialog(const ConfiguredDriver& driver) {
    thread_ = std::thread([this, &driver] {
      thread_id_ = GetCurrentThreadId();
      owner_ = CreateWindowExW(0, L"STATIC", L"A control panel", WS_OVERLAPPEDWINDOW | WS_VISIBLE, 60, 40,
                               900, 660, nullptr, nullptr, GetModuleHandleW(nullptr), nullptr);
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
  /// Effects: cancels the dialog if it is still open.
  ~OpenedDialog() {
    if (result_ == -1) press(IDCANCEL);
    thread_.join();
  }

  HWND window() const { return window_; }
  HWND owner() const { return owner_; }
  HWND control(int id) const { return GetDlgItem(window_, id); }
  std::wstring text(int id) const {
    std::vector<wchar_t> text(1024);
    SendMessageW(control(id), WM_GETTEXT, text.size(), reinterpret_cast<LPARAM>(text.data()));
    return text.data();
  }

  void press(int button) const { PostMessageW(window_, WM_COMMAND, MAKEWPARAM(button, BN_CLICKED), 0); }
  void select(int list, int index) const {
    SendMessageW(control(list), CB_SETCURSEL, static_cast<WPARAM>(index), 0);
    SendMessageW(window_, WM_COMMAND, MAKEWPARAM(list, CBN_SELCHANGE),
                 reinterpret_cast<LPARAM>(control(list)));
  }
  /// Effects: replaces the period by typing.
  void type_period(std::wstring_view digits) const {
    const HWND edit = GetWindow(control(REFWAVE_PERIOD), GW_CHILD);
    SendMessageW(edit, EM_SETSEL, 0, -1);
    SendMessageW(edit, WM_CHAR, VK_BACK, 0);
    for (const wchar_t digit : digits) SendMessageW(edit, WM_CHAR, static_cast<WPARAM>(digit), 0);
  }
  /// Effects: presses a key in the focused control.
  void key(WPARAM code) const { PostMessageW(focus(), WM_KEYDOWN, code, 0); }
  /// Returns: the control with the focus, a list's edit field as the list.
  int focused() const {
    HWND window = focus();
    while (window != nullptr && GetParent(window) != window_ && window != window_) window = GetParent(window);
    return GetDlgCtrlID(window);
  }

  /// Effects: waits until the dialog is closed. Returns: the answer to DRV_CONFIGURE; -1 if there was none.
  LRESULT result() {
    eventually([&] { return result_ != -1; });
    return result_;
  }

 private:
  HWND focus() const {
    GUITHREADINFO info{};
    info.cbSize = sizeof(info);
    GetGUIThreadInfo(thread_id_, &info);
    return info.hwndFocus;
  }

  std::atomic<HWND> owner_{nullptr};
  std::atomic<LRESULT> result_{-1};
  std::atomic<DWORD> thread_id_{0};
  HWND window_ = nullptr;
  std::thread thread_;
};

// Otherwise Wine 10, like Windows, scales sizes to 96 dots an inch.
[[maybe_unused]] const BOOL kIsDpiAware = SetProcessDPIAware();

constexpr const char* kToml =
    "# mine\noutput = [\"clocked\"]  # no sound card\ninput = [\"clocked\"]\nperiod = 480\n";

bool says(const OpenedDialog& dialog, std::wstring_view words) {
  return eventually([&] { return dialog.text(REFWAVE_STATUS).find(words) != std::wstring::npos; });
}

TEST(Dialog, Shows_what_the_file_says) {
  const ConfiguredDriver driver(
      "output = [\"USB thing\"]\ninput = []\nperiod = 441\ncompletion = \"direct\"\nwake = \"spin\"\ndone = "
      "\"played\"\n");
  const OpenedDialog dialog(driver);
  EXPECT_EQ(dialog.text(REFWAVE_OUTPUT), L"USB thing (not found)");
  EXPECT_EQ(dialog.text(REFWAVE_INPUT), L"none");
  EXPECT_EQ(dialog.text(REFWAVE_PERIOD), L"441");
  EXPECT_EQ(dialog.text(REFWAVE_PERIOD_NOTE), L"frames; 9.19 ms at 48000 a second");
  EXPECT_EQ(dialog.text(REFWAVE_COMPLETION), L"the audio thread itself (direct)");
  EXPECT_EQ(dialog.text(REFWAVE_WAKE), L"awake; keeps one processor busy (spin)");
  EXPECT_EQ(dialog.text(REFWAVE_DONE), L"it has been heard (played)");
}

TEST(Dialog, OK_and_Enter_save_in_place_and_answer_OK) {
  for (const bool by_key : {true, false}) {
    const ConfiguredDriver driver(kToml);
    EXPECT_NE(driver.send(DRV_QUERYCONFIGURE), 0);
    OpenedDialog dialog(driver);
    dialog.type_period(L"96");
    EXPECT_EQ(dialog.text(REFWAVE_PERIOD_NOTE), L"frames; 2 ms at 48000 a second");
    dialog.select(REFWAVE_WAKE, 1);
    by_key ? dialog.key(VK_RETURN) : dialog.press(IDOK);
    EXPECT_EQ(dialog.result(), DRVCNF_OK);
    EXPECT_EQ(driver.toml(),
              "# mine\noutput = [\"clocked\"]  # no sound card\ninput = [\"clocked\"]\nperiod = 96\nwake = "
              "\"predict\"\n");
  }
}

TEST(Dialog, Defaults_undoes_its_fields_alone_and_OK_saves_where_it_says) {
  const ConfiguredDriver driver("latency_ms = 60\nperiod = 96\nwake = \"spin\"\n");
  OpenedDialog dialog(driver);
  EXPECT_EQ(dialog.text(REFWAVE_FILE), L"OK saves to " + driver.file().wstring());
  dialog.press(REFWAVE_DEFAULTS);
  EXPECT_TRUE(eventually([&] { return dialog.text(REFWAVE_WAKE) == L"asleep until it is woken (park)"; }));
  dialog.press(IDOK);
  EXPECT_EQ(dialog.result(), DRVCNF_OK);
  EXPECT_EQ(driver.toml(), "latency_ms = 60\nperiod = 480\nwake = \"park\"\n");
}

TEST(Dialog, Escape_and_Cancel_save_nothing_and_answer_CANCEL) {
  const ConfiguredDriver driver(kToml);
  for (const bool by_key : {true, false}) {
    OpenedDialog dialog(driver);
    dialog.type_period(L"96");
    by_key ? dialog.key(VK_ESCAPE) : dialog.press(IDCANCEL);
    EXPECT_EQ(dialog.result(), DRVCNF_CANCEL);
    EXPECT_EQ(driver.toml(), kToml);
  }
}

/// Returns: the loudest sample of a raw recording of 32 bits, 1 being full scale.
double peak(const char* recording) {
  std::ifstream file(recording, std::ios::binary);
  double loudest = 0;
  for (std::int32_t sample = 0; file.read(reinterpret_cast<char*>(&sample), sizeof(sample));)
    loudest = std::max(loudest, std::abs(sample / 2147483648.0));
  return loudest;
}

TEST(Dialog, The_test_tone_is_heard_on_the_device_that_is_chosen) {
  const char* recording = std::getenv("REFWAVE_RECORDING");
  if (recording == nullptr) GTEST_SKIP() << "there is no sound server";
  const ConfiguredDriver driver(kToml);
  OpenedDialog dialog(driver);
  EXPECT_LT(peak(recording), 0.001);
  dialog.select(REFWAVE_OUTPUT, 0);
  EXPECT_THAT(dialog.text(REFWAVE_OUTPUT), HasSubstr(L"System default (now WASAPI/"));
  EXPECT_EQ(dialog.text(REFWAVE_PERIOD), L"240") << "as much as WASAPI makes";
  EXPECT_EQ(dialog.text(REFWAVE_PERIOD_NOTE), L"frames; 5 ms at 48000 a second");
  dialog.press(REFWAVE_TONE);
  EXPECT_TRUE(says(dialog, L"Played: blocks done after"));
  EXPECT_THAT(dialog.text(REFWAVE_STATUS), HasSubstr(L"\nWASAPI/"));
  EXPECT_TRUE(eventually([&] { return dialog.text(REFWAVE_TONE) == L"&Test tone"; }));
  EXPECT_TRUE(eventually([&] { return std::abs(peak(recording) - 0.1) < 0.01; })) << peak(recording);
}

TEST(Dialog, The_test_tone_can_be_stopped_and_ends_with_the_dialog) {
  const ConfiguredDriver driver(kToml);
  OpenedDialog dialog(driver);
  dialog.press(REFWAVE_TONE);
  EXPECT_TRUE(says(dialog, L"Playing"));
  dialog.press(REFWAVE_TONE);
  EXPECT_TRUE(says(dialog, L"Stopped."));
  EXPECT_TRUE(eventually([&] { return dialog.text(REFWAVE_TONE) == L"&Test tone"; }));
  dialog.press(REFWAVE_TONE);
  EXPECT_TRUE(says(dialog, L"Playing"));
  dialog.press(IDCANCEL);
  EXPECT_EQ(dialog.result(), DRVCNF_CANCEL);
}

TEST(Dialog, Is_opened_by_refwave_config) {
  const TemporaryFolder folder;
  SetEnvironmentVariableW(L"REFWAVE_CONFIG", L"");
  ChildProcess process({"Z:" REFWAVE_COMMAND, "config", "--dialog"}, {}, folder / "output");
  HWND window = nullptr;
  EXPECT_TRUE(eventually([&] {
    window = FindWindowW(L"#32770", L"refwave Settings");
    return window != nullptr;
  }));
  DWORD owner = 0;
  GetWindowThreadProcessId(window, &owner);
  EXPECT_EQ(static_cast<int>(owner), process.number());
  PostMessageW(window, WM_COMMAND, MAKEWPARAM(IDCANCEL, BN_CLICKED), 0);
  EXPECT_TRUE(eventually([&] { return !process.running(); }));
  EXPECT_EQ(process.end(), 0);
}

TEST(Dialog, Is_the_only_one_and_modal_to_its_parent) {
  const ConfiguredDriver driver(kToml);
  OpenedDialog dialog(driver);
  EXPECT_EQ(driver.send(DRV_CONFIGURE), DRVCNF_CANCEL);
  EXPECT_FALSE(IsWindowEnabled(dialog.owner()));
}

TEST(Dialog, Every_text_fits_into_its_place) {
  const ConfiguredDriver driver(kToml);
  const OpenedDialog dialog(driver);
  for (HWND child = GetWindow(dialog.window(), GW_CHILD); child != nullptr;
       child = GetWindow(child, GW_HWNDNEXT)) {
    if (GetDlgCtrlID(child) == REFWAVE_FILE) continue;  // the system shortens a long path
    RECT place{};
    GetClientRect(child, &place);
    wchar_t text[256] = L"";
    GetWindowTextW(child, text, 256);
    const HDC context = GetDC(child);
    const HGDIOBJ before =
        SelectObject(context, reinterpret_cast<HFONT>(SendMessageW(child, WM_GETFONT, 0, 0)));
    RECT needed{};
    DrawTextW(context, text, -1, &needed, DT_CALCRECT | DT_SINGLELINE);
    SelectObject(context, before);
    ReleaseDC(child, context);
    EXPECT_LE(needed.right, place.right) << testing::PrintToString(std::wstring(text));
    EXPECT_LE(needed.bottom, place.bottom) << testing::PrintToString(std::wstring(text));
  }
}

}  // namespace
}  // namespace refwave::test
