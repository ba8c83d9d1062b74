// The end of a rule. Each program decides what the end does: in `refwave conform` it ends the rule's process,
// and in tests/contract it is a failed test.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "driver/abi/windows_headers.h"

namespace refwave::conform {

enum class Outcome : std::uint8_t { kept, broken, not_applicable };

/// How a rule was broken, the worst last.
enum class Ending : std::uint8_t {
  late,      // by the end of the rule's process alone, in which the driver is unloaded
  answered,  // the rule saw it
  hung,
  crashed
};

struct Finding {
  Outcome outcome = Outcome::kept;
  std::string seen;  // what was seen, or why it does not apply
  Ending ending = Ending::answered;
};

/// Effects: ends the rule. Each program that links the client defines it. Thread: any.
[[noreturn]] void end_rule(const Finding& finding);

/// Effects: ends the rule as broken, immediately, unless `condition`. Thread: any.
void require(bool condition, std::string_view seen);
/// Effects: the same, unless both numbers are equal. `what`: the number.
template <class T>
void require_equal(T actual, std::type_identity_t<T> expected, std::string_view what) {
  require(actual == expected,
          std::string(what) + " is " + std::to_string(actual) + ", expected " + std::to_string(expected));
}
/// Effects: ends the rule as broken unless a message was answered as it must be. `what`: the message.
void require_result(DWORD actual, DWORD expected, std::string_view what);
inline void require_ok(DWORD actual, std::string_view what) {
  require_result(actual, MMSYSERR_NOERROR, what);
}
/// Effects: ends the rule immediately. Thread: any.
[[noreturn]] void not_applicable(std::string_view why);

/// Returns: "kept", "broken" or "not applicable".
const char* outcome_name(Outcome outcome);

/// Returns: "WAVERR_BADFORMAT (32)".
std::string result_name(DWORD result);

/// Returns: "WODM_PREPARE", "WOM_DONE", or "message 4711".
std::string message_name(UINT message);

}  // namespace refwave::conform
