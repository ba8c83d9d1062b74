// Which programs have sound cards open, as the kernel reports in /proc. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hal/device.h"

namespace refwave::hal {

/// A program that has a device of a card.
struct CardUser {
  int number = 0;    // of the card
  std::string card;  // its id: "PCH"
  int device = 0;
  std::string program;  // "aplay (process 431)"

  /// Returns: whether it has that device. As in ALSA's names: `in_card` is an id or a number, or empty for
  /// card 0.
  bool has(const std::string& in_card, const std::string& its_device) const;
};

/// Returns: the users of all cards in that direction, in the order of the cards' numbers. `proc`: where the
/// kernel's files are, which is /proc but in tests.
std::vector<CardUser> card_users(const std::filesystem::path& proc, Direction direction);

}  // namespace refwave::hal
