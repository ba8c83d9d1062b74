// Leaves the user out of a text that other people will read. Pure; any thread.
#pragma once

#include <string>

namespace refwave::doctor {

struct Person {
  std::string home;  // folder
  std::string user;  // name
};

/// Returns: `text` with ~ in place of the person's home folder, and <user> in place of the person's name.
std::string discreet(std::string text, const Person& person);

}  // namespace refwave::doctor
