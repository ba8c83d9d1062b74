// A sequence of acts of a client and its surroundings, made from a seed. Every operation has a meaning in
// every state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace refwave::contract {

enum class Act : std::uint8_t {
  open,
  close,
  prepare,
  unprepare,
  write,
  hold,
  run,
  reset,
  position,
  break_loop,
  pitch,
  scramble_flags,
  long_loop,
  questions,
  step,
  react,  // the next operation happens inside the stream's next callback
  count
};

struct Operation {
  Act act = Act::step;
  std::uint8_t place = 0;   // of a stream
  std::uint8_t header = 0;  // of the stream's direction
  std::uint32_t value = 0;  // its meaning depends on the act
};

using Sequence = std::vector<Operation>;

inline constexpr std::uint32_t kPeriod = 16;  // frames of the stepped device
inline constexpr std::size_t kOutputs = 3;
inline constexpr std::size_t kPlaces = 5;        // outputs, then inputs
inline constexpr std::size_t kHeadersEach = 24;  // of a direction
inline constexpr std::size_t kShortest = 25;     // operations
inline constexpr std::size_t kLongestExtra = 70;

Sequence make_sequence(std::uint64_t seed);
std::string text_of(const Operation& operation);

}  // namespace refwave::contract
