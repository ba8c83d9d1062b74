// refwave with one mistake at its boundary: it changes a message to refwave, or an answer or notice of it.
// REFWAVE_MISTAKE names the mistake, an entry of a table.
#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "driver/abi/windows_headers.h"

namespace refwave::conform {

struct Proc {
  DWORD_PTR id;
  HDRVR handle;
  UINT message;
  LPARAM first;
  LPARAM second;
};

/// A message to wodMessage or widMessage. An input's message has the number of the output's counterpart; only
/// START and STOP keep their own.
struct Call {
  bool input;
  UINT device;
  UINT message;
  DWORD_PTR user;
  DWORD_PTR first;
  DWORD_PTR second;

  WAVEHDR* header() const { return reinterpret_cast<WAVEHDR*>(first); }
  /// Returns: whether it is this message, with a header of full size.
  bool has_header(UINT wanted) const { return message == wanted && first != 0 && second >= sizeof(WAVEHDR); }
};

/// A notice to a client, which gave a function.
struct Message {
  const WAVEOPENDESC& client;
  UINT message;
  DWORD_PTR first;
  DWORD_PTR second;

  bool is_done() const { return message == WOM_DONE || message == WIM_DATA; }
  const WAVEHDR& header() const { return *reinterpret_cast<const WAVEHDR*>(first); }
};

/// Effects: what refwave does.
LRESULT forward(const Proc& proc);
DWORD forward(const Call& call);
void forward(const Message& message);
inline DWORD forward_changed(Call changed) { return forward(changed); }

/// Returns: what refwave answers, or NOERROR in place of one refusal.
inline DWORD pardoned(const Call& call, DWORD refusal) {
  const DWORD result = forward(call);
  return result == refusal ? MMSYSERR_NOERROR : result;
}

struct Mistake {
  std::string_view name;
  std::string_view breaks;  // exactly these rules, with a space between two
  LRESULT (*proc)(const Proc&) = forward;
  DWORD (*call)(Call) = forward_changed;
  void (*on_message)(const Message&) = nullptr;
  int clock = 20;  // the device's; slower where a busy machine could hide the mistake
};

std::span<const Mistake> driver_mistakes();
std::span<const Mistake> open_mistakes();
std::span<const Mistake> header_mistakes();
std::span<const Mistake> stream_mistakes();

inline std::vector<Mistake> all_mistakes() {
  std::vector<Mistake> all;
  for (const auto group : {driver_mistakes(), open_mistakes(), header_mistakes(), stream_mistakes()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

/// Returns: the byte of dwFlags that has all flags. At some addresses the four bytes lie in two cache lines;
/// Linux delays a program for such an access so long that a busy machine takes it for a hang.
inline std::atomic_ref<BYTE> flags_of(WAVEHDR* header) {
  return std::atomic_ref(*(reinterpret_cast<BYTE*>(header) + offsetof(WAVEHDR, dwFlags)));
}

}  // namespace refwave::conform
