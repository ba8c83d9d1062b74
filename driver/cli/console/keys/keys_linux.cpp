#include <poll.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "driver/cli/console/keys/keys.h"
#include "driver/cli/console/keys/terminal_linux.h"

namespace refwave::cli {
namespace {

struct Sequence {
  std::string_view bytes;
  Key key;
};

/// Arrows come as one of two sequences, by the terminal's mode.
constexpr Sequence kSequences[] = {{" ", Key::pause},     {"q", Key::quit},       {"Q", Key::quit},
                                   {"\033[D", Key::back}, {"\033[C", Key::ahead}, {"\033OD", Key::back},
                                   {"\033OC", Key::ahead}};

/// Effects: appends what was typed since.
void read_typed(std::string& typed) {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (!is_in_foreground() || ::poll(&input, 1, 0) != 1 || (input.revents & POLLIN) == 0) return;
  std::array<char, 64> bytes{};
  const ::ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  if (got > 0) typed.append(bytes.data(), static_cast<std::size_t>(got));
}

}  // namespace

Keys::Keys() : is_listening_(take_terminal()) {}

Keys::~Keys() { restore_terminal(); }

std::optional<Key> Keys::next() {
  if (!is_listening_) return std::nullopt;
  read_typed(typed_);
  while (!typed_.empty()) {
    for (const auto& [bytes, key] : kSequences) {
      if (!typed_.starts_with(bytes)) continue;
      typed_.erase(0, bytes.size());
      return key;
    }
    const bool is_begun = typed_ == "\033" || typed_ == "\033[" || typed_ == "\033O";
    if (is_begun) return std::nullopt;
    typed_.erase(0, 1);
  }
  return std::nullopt;
}

}  // namespace refwave::cli
