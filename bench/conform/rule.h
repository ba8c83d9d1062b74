// A rule of the contract between winmm and a wave driver: a function that plays a client. It runs in a
// process of its own, loads the driver itself, and waits on conditions, never for a time.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "bench/conform/client/finding.h"

namespace refwave::conform {

class Subject;

/// The special properties of a rule; a sum of these values.
enum Traits : std::uint8_t {
  kOrdinary = 0,
  kOurs = 1,      // a choice of refwave's, which other drivers need not keep
  kAlone = 2,     // measures time, so no other rule may run at the same time
  kThorough = 4,  // takes seconds; runs only with --thorough
};

struct Rule {
  std::string_view id;        // "WODM_RESET.flags": the message, and a name
  std::string_view sentence;  // the duty of the driver
  std::function<void(Subject& subject)> test;
  std::uint8_t traits = kOrdinary;
  std::string_view group{};  // "reset": the rules of one file

  bool is(Traits trait) const { return (traits & trait) != 0; }
  std::string_view message() const { return id.substr(0, id.find('.')); }
};

/// A message that rules are about: the part of their ids before the dot.
struct Message {
  std::string_view name;
  std::string_view document;  // title of Microsoft's page
  std::string_view file;      // the place in refwave that handles it
  std::string_view function;
};

/// Returns: all rules, in the order of the contract.
std::vector<Rule> all_rules();
/// Returns: all messages, in the same order.
std::span<const Message> all_messages();
/// Returns: the message that the rule is about.
const Message& message_of(const Rule& rule);

}  // namespace refwave::conform
