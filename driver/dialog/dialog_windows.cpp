// The dialog's window: shows a Form. What may wait for a device runs on a second thread. Windows
// documentation: "Dialog Boxes", "DialogBoxParam function".
#include <windows.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "driver/configuration/configuration_write.h"
#include "driver/control/driver_gate.h"
#include "driver/dialog/control_ids.h"
#include "driver/dialog/dialog.h"
#include "driver/dialog/form.h"
#include "driver/engine/device_thread.h"
#include "hal/system/mutex.h"
#include "hal/system/process.h"
#include "hal/system/wide_text.h"

namespace refwave::dialog {
namespace {

constexpr std::intptr_t kResolution =
    -4;  // DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2, since Windows 10 1703

/// Returns: the previous context; null where Windows has none for threads.
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

/// Current controls and the monitor's resolution for this thread's windows, in any program.
class Appearance {
 public:
  explicit Appearance(HMODULE module) noexcept
      : context_(manifest_of(module)),
        resolution_before_(set_resolution(reinterpret_cast<void*>(kResolution))) {
    if (context_ != INVALID_HANDLE_VALUE) ActivateActCtx(context_, &cookie_);
  }
  ~Appearance() {
    if (resolution_before_ != nullptr) set_resolution(resolution_before_);
    if (cookie_ != 0) DeactivateActCtx(0, cookie_);
    if (context_ != INVALID_HANDLE_VALUE) ReleaseActCtx(context_);
  }
  Appearance(const Appearance&) = delete;
  Appearance& operator=(const Appearance&) = delete;

 private:
  HANDLE context_;
  ULONG_PTR cookie_ = 0;
  void* resolution_before_;
};

constexpr UINT kNews = WM_APP;  // something is in the mailbox
constexpr INT_PTR kSaved = 1;
constexpr const char* kNoThread = "the system has no thread for it now.";

constexpr std::pair<int, Field> kLists[] = {{REFWAVE_OUTPUT, Field::output},
                                            {REFWAVE_INPUT, Field::input},
                                            {REFWAVE_COMPLETION, Field::completion},
                                            {REFWAVE_WAKE, Field::wake},
                                            {REFWAVE_DONE, Field::done}};

/// Shared by the dialog's two threads. The second may outlive the dialog, in a device that hangs.
struct Mailbox {
  hal::Mutex mutex;
  HWND window = nullptr;
  std::optional<std::vector<hal::DeviceInfo>> devices;
  std::string line;
  bool tone_plays = false;
  std::atomic<bool> tone_stopped{false};

  void report(std::string news) {
    const hal::MutexLock lock(mutex);
    line = std::move(news);
    PostMessageW(window, kNews, 0, 0);
  }
};

std::wstring wide(std::string_view utf8) { return hal::to_wide(utf8, hal::IfInvalid::give_up); }

class Dialog {
 public:
  explicit Dialog(configuration::ConfigurationFile file) : Dialog(configuration::load_file(file)) {
    file_ = std::move(file);
  }

  /// Effects: shows the dialog until it is closed. Returns: whether settings were saved.
  bool show(HWND parent, HMODULE module) {
    const Appearance appearance(module);
    const bool saved = DialogBoxParamW(module, MAKEINTRESOURCEW(REFWAVE_DIALOG), parent, &receive,
                                       reinterpret_cast<LPARAM>(this)) == kSaved;
    end_tone();
    return saved;
  }
  const Form& form() const { return form_; }

 private:
  explicit Dialog(configuration::Parsed parsed) : form_(std::move(parsed.configuration)) {
    mailbox_->line = parsed.warnings.empty() ? "" : parsed.warnings.front();
  }

  static INT_PTR CALLBACK receive(HWND window, UINT message, WPARAM first, LPARAM second) noexcept;
  void begin(HWND window);
  void command(int control, int notice);
  void fill_list(int control, Field field);
  void show_form();
  void show_period();
  void period_changed(int notice);
  void show_news();
  void start_or_stop_tone();
  void save();
  void end_tone();
  void set_text(int control, std::string_view utf8) { SetDlgItemTextW(window_, control, wide(utf8).c_str()); }

  HWND window_ = nullptr;
  configuration::ConfigurationFile file_;
  Form form_;
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  engine::DeviceThread other_thread_;
};

INT_PTR CALLBACK Dialog::receive(HWND window, UINT message, WPARAM first, LPARAM second) noexcept {
  if (message == WM_INITDIALOG) SetWindowLongPtrW(window, DWLP_USER, second);
  auto* const dialog = reinterpret_cast<Dialog*>(GetWindowLongPtrW(window, DWLP_USER));
  if (dialog == nullptr) return FALSE;
  try {
    switch (message) {
      case WM_INITDIALOG:
        dialog->begin(window);
        return TRUE;
      case WM_COMMAND:
        dialog->command(LOWORD(first), HIWORD(first));
        return TRUE;
      case kNews:
        dialog->show_news();
        return TRUE;
      default:
        return FALSE;
    }
  } catch (...) {  // out of memory
    EndDialog(window, 0);
    return TRUE;
  }
}

void Dialog::begin(HWND window) {
  window_ = window;
  mailbox_->window = window;
  SendDlgItemMessageW(window_, REFWAVE_PERIOD, CB_LIMITTEXT, 8, 0);
  show_form();
  set_text(REFWAVE_FILE,
           file_.path.empty() ? "OK saves nothing: REFWAVE_CONFIG is empty" : "OK saves to " + file_.path);
  set_text(REFWAVE_STATUS, mailbox_->line);
  const bool is_posted = other_thread_.post([mailbox = mailbox_] {
    std::vector<hal::DeviceInfo> devices = present_devices();
    const hal::MutexLock lock(mailbox->mutex);
    mailbox->devices = std::move(devices);
    PostMessageW(mailbox->window, kNews, 0, 0);
  });
  if (!is_posted) mailbox_->report(std::string("The devices cannot be listed: ") + kNoThread);
}

void Dialog::fill_list(int control, Field field) {
  SendDlgItemMessageW(window_, control, CB_RESETCONTENT, 0, 0);
  for (const std::string& label : form_.options(field))
    SendDlgItemMessageW(window_, control, CB_ADDSTRING, 0, reinterpret_cast<LPARAM>(wide(label).c_str()));
  SendDlgItemMessageW(window_, control, CB_SETCURSEL, form_.chosen(field), 0);
}

void Dialog::show_form() {
  for (const auto& [control, field] : kLists) fill_list(control, field);
  show_period();
}

/// Effects: shows the chosen output's periods, and what it makes of the wanted one. An invalid text stays.
void Dialog::show_period() {
  std::wstring shown = wide(std::to_string(form_.period_here()));
  if (!form_.problem().empty()) {
    shown.resize(16);
    shown.resize(GetDlgItemTextW(window_, REFWAVE_PERIOD, shown.data(), 16));
  }
  SendDlgItemMessageW(window_, REFWAVE_PERIOD, CB_RESETCONTENT, 0, 0);
  for (const std::uint32_t period : form_.usual_periods())
    SendDlgItemMessageW(window_, REFWAVE_PERIOD, CB_ADDSTRING, 0,
                        reinterpret_cast<LPARAM>(wide(std::to_string(period)).c_str()));
  SetDlgItemTextW(window_, REFWAVE_PERIOD, shown.c_str());
  set_text(REFWAVE_PERIOD_NOTE, form_.period_note(form_.period_here()));
}

void Dialog::command(int control, int notice) {
  if (control == IDCANCEL) EndDialog(window_, 0);
  if (control == IDOK) save();
  if (control == REFWAVE_TONE) start_or_stop_tone();
  if (control == REFWAVE_DEFAULTS) {
    form_.choose_defaults();
    show_form();
  }
  if (control == REFWAVE_PERIOD) period_changed(notice);
  for (const auto& [list, field] : kLists) {
    if (list == control && notice == CBN_SELCHANGE)
      form_.choose(field,
                   static_cast<std::size_t>(SendDlgItemMessageW(window_, control, CB_GETCURSEL, 0, 0)));
  }
  if (control == REFWAVE_OUTPUT && notice == CBN_SELCHANGE) show_period();
}

void Dialog::period_changed(int notice) {
  WCHAR typed[16] = L"";
  // The field's text changes only after this message.
  if (notice == CBN_SELCHANGE) {
    const LRESULT index = SendDlgItemMessageW(window_, REFWAVE_PERIOD, CB_GETCURSEL, 0, 0);
    SendDlgItemMessageW(window_, REFWAVE_PERIOD, CB_GETLBTEXT, static_cast<WPARAM>(index),
                        reinterpret_cast<LPARAM>(typed));
  } else if (notice == CBN_EDITCHANGE) {
    GetDlgItemTextW(window_, REFWAVE_PERIOD, typed, static_cast<int>(std::size(typed)));
  } else {
    return;
  }
  form_.set_period(hal::to_utf8(typed, hal::IfInvalid::give_up));
  set_text(REFWAVE_PERIOD_NOTE, form_.period_note(form_.wanted().period));
}

void Dialog::show_news() {
  hal::MutexLock lock(mailbox_->mutex);
  const auto devices = std::exchange(mailbox_->devices, std::nullopt);
  const std::string line = mailbox_->line;
  const bool tone_plays = mailbox_->tone_plays;
  lock.unlock();
  if (devices) {
    form_.set_devices(*devices);
    show_form();
  }
  set_text(REFWAVE_STATUS, line);
  set_text(REFWAVE_TONE, tone_plays ? "S&top" : "&Test tone");
}

void Dialog::start_or_stop_tone() {
  {
    const hal::MutexLock lock(mailbox_->mutex);
    if (mailbox_->tone_plays) {
      mailbox_->tone_stopped = true;
      return;
    }
    if (!form_.problem().empty()) {
      set_text(REFWAVE_STATUS, form_.problem());
      return;
    }
    mailbox_->tone_plays = true;
    mailbox_->tone_stopped = false;
  }
  mailbox_->report("Opening the device…");
  const bool is_posted =
      other_thread_.post([mailbox = mailbox_, saved = form_.saved(), wanted = form_.wanted()] {
        play_tone(mailbox->tone_stopped, saved, wanted,
                  [&](std::string line) { mailbox->report(std::move(line)); });
        const hal::MutexLock lock(mailbox->mutex);
        mailbox->tone_plays = false;
        PostMessageW(mailbox->window, kNews, 0, 0);
      });
  if (is_posted) return;
  {
    const hal::MutexLock lock(mailbox_->mutex);
    mailbox_->tone_plays = false;
  }
  mailbox_->report(std::string("The tone cannot be played: ") + kNoThread);
}

void Dialog::save() {
  if (const std::string problem = form_.problem(); !problem.empty()) {
    mailbox_->report(problem);
    SendMessageW(window_, WM_NEXTDLGCTL, reinterpret_cast<WPARAM>(GetDlgItem(window_, REFWAVE_PERIOD)), TRUE);
    return;
  }
  const hal::Status saved = configuration::save_changes(file_, form_.saved(), form_.wanted());
  if (saved.ok())
    EndDialog(window_, kSaved);
  else
    mailbox_->report(saved.reason());
}

/// Effects: ends the tone and the listing. If their thread hangs, the module stays loaded.
void Dialog::end_tone() {
  const std::uint64_t abandoned_before = hal::abandoned_threads();
  mailbox_->tone_stopped = true;
  other_thread_.end();
  if (hal::abandoned_threads() != abandoned_before) hal::pin_module();
}

HMODULE own_module() {
  HMODULE module = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                     reinterpret_cast<LPCWSTR>(&own_module), &module);
  return module;
}

}  // namespace

bool has_dialog() noexcept { return true; }

LRESULT show_dialog(HWND parent) noexcept {
  // Two dialogs for one file would undo each other's settings.
  static constinit std::atomic<bool> is_open{false};
  if (is_open.exchange(true)) return DRVCNF_CANCEL;
  LRESULT result = DRVCNF_CANCEL;
  try {
    const control::DriverReference stay;  // a disable meanwhile leaves this code loaded
    if (stay) {
      Dialog dialog(configuration::configuration_file());
      if (dialog.show(parent, own_module()))
        result = take_over(dialog.form().saved(), dialog.form().wanted());
    }
  } catch (...) {  // out of memory
  }
  is_open.store(false);
  return result;
}

}  // namespace refwave::dialog
