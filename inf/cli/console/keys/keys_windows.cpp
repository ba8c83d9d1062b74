#include <windows.h>

#include "inf/cli/console/keys/keys.h"

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
    case 'Q':
      return Key::quit;
    default:
      return std::nullopt;
  }
}

}  // namespace

struct Keys::Listener {
  bool has_quit = false;
};

// A console reports keys in any mode.
Keys::Keys() {
  DWORD mode = 0;
  if (GetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), &mode) != FALSE)
    listener_ = std::make_unique<Listener>();
}

Keys::~Keys() = default;

std::optional<Key> Keys::next() {
  const HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
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
