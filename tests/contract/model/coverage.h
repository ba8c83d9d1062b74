// The coverage of the sequences: how often each message was answered with each result, and how often a stream
// went from each state of the model to each other state. It is compared with the required coverage.
#pragma once

#include <array>
#include <cstdint>

#include "tests/contract/model/model.h"

namespace refwave::contract {

class Coverage {
 public:
  void answered(bool input, UINT message, MMRESULT result) {
    if (message < kMessages && result < kResults) ++answers_[input ? 1 : 0][message][result];
  }
  void moved(bool input, State from, State to) {
    ++moves_[input ? 1 : 0][static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
  }
  /// Returns: the number of required answers and state changes that were not reached; prints each.
  int missing() const;

 private:
  static constexpr std::size_t kMessages = 128;
  static constexpr std::size_t kResults = 40;

  std::array<std::array<std::array<std::uint64_t, kResults>, kMessages>, 2> answers_{};
  std::array<std::array<std::array<std::uint64_t, kStates>, kStates>, 2> moves_{};
};

}  // namespace refwave::contract
