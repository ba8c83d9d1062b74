// A rule of the contract between winmm and a wave driver, and how one ends. A rule is a function that plays a
// client; it runs in a process of its own, loads the driver itself, waits on conditions and never for a time
// to pass.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tests/conform/client/finding.h"

namespace refwave::conform {

class Subject;

/// What is special about a rule; a sum of these.
enum Traits : std::uint8_t {
  kOrdinary = 0,
  kOurs = 1,      // a choice of refwave's: not held against other drivers
  kAlone = 2,     // measures time, so that nothing else may run
  kThorough = 4,  // takes seconds; run only where that was asked for
};

struct Rule {
  std::string_view id;        // "WODM_RESET.flags": the message it is about, and a name
  std::string_view sentence;  // what the driver must do
  void (*test)(Subject& subject);
  std::uint8_t traits = kOrdinary;
  std::string_view group{};  // "reset": the rules that stand in one file

  bool is(Traits trait) const { return (traits & trait) != 0; }
  std::string_view message() const { return id.substr(0, id.find('.')); }
};

/// What a rule is about: the part of its id before the dot.
struct Message {
  std::string_view name;
  std::string_view document;  // title of the page that says so
  std::string_view file;      // where refwave does it
  std::string_view function;
};

/// Returns: all rules, in the order of the contract.
std::vector<Rule> all_rules();
/// Returns: all messages, in the same order.
std::span<const Message> all_messages();
/// Returns: what the rule is about.
const Message& message_of(const Rule& rule);

}  // namespace refwave::conform
