// Which programs have sound cards open, according to /proc. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hal/device.h"

namespace refwave::hal {

/// A program that has a device of a card open.
struct CardUser {
  int number = 0;    // of the card
  std::string card;  // its id: "PCH"
  int device = 0;
  std::string program;  // "aplay (process 431)"

  /// Returns: whether it has that device. `in_card`: as in ALSA's names an id, a number, or empty for card 0.
  bool has(const std::string& in_card, const std::string& its_device) const;
};

/// Returns: the users of all cards in that direction, by the cards' numbers. `proc`: /proc, except in tests.
std::vector<CardUser> card_users(const std::filesystem::path& proc, Direction direction);

}  // namespace refwave::hal
