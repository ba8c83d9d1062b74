#include <windows.h>

#include "inf/cli/console/keys/keys.h"
#include "inf/cli/console/platform.h"

namespace refwave::cli {
namespace {

std::optional<Key> key_of(const INPUT_RECORD& record) {
  if (record.EventType != KEY_EVENT || record.Event.KeyEvent.bKeyDown == FALSE) return std::nullopt;
  switch (record.Event.KeyEvent.wVirtualKeyCode) {
    case VK_SPACE:
      return Key::pause;
    case VK_LEFT:
      return Key::back;
    case VK_RIGHT:
      return Key::ahead;
    case VK_ADD:
    case VK_OEM_PLUS:
    case '0':
      return Key::louder;
    case VK_SUBTRACT:
    case VK_OEM_MINUS:
    case '9':
      return Key::softer;
    case 'M':
      return Key::mute;
    case 'N':
      return Key::next;
    case 'Q':
      return Key::quit;
    default:
      return std::nullopt;
  }
}

}  // namespace

struct Keys::Listener {
  HANDLE console = nullptr;  // stays open
  bool has_quit = false;
};

// A console reports keys in any mode.
Keys::Keys(StandardInput input, moodycamel::LightweightSemaphore&) {
  DWORD mode = 0;
  HANDLE console = GetStdHandle(STD_INPUT_HANDLE);
  const bool is_own = input == StandardInput::sound && GetConsoleMode(console, &mode) == FALSE;
  if (is_own && has_terminal())
    console = CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                          nullptr, OPEN_EXISTING, 0, nullptr);
  if (GetConsoleMode(console, &mode) == FALSE) return;
  listener_ = std::make_unique<Listener>();
  listener_->console = console;
}

Keys::~Keys() = default;

std::optional<Key> Keys::next() {
  const HANDLE input = listener_ ? listener_->console : nullptr;
  DWORD count = 0;
  INPUT_RECORD record{};
  // Counting the events is not enough: Wine polls its terminal only in a read.
  while (listener_ && PeekConsoleInputW(input, &record, 1, &count) != FALSE && count > 0) {
    if (ReadConsoleInputW(input, &record, 1, &count) == FALSE || count == 0) break;
    const auto key = key_of(record);
    listener_->has_quit = listener_->has_quit || key == Key::quit;
    if (key) return key;
  }
  return std::nullopt;
}

bool Keys::has_quit() const { return listener_ && listener_->has_quit; }

}  // namespace refwave::cli
