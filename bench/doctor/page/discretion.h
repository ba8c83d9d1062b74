// Removes what tells of the user or of others from a page that other people will read. Pure; any thread.
#pragma once

#include <string>

#include "bench/doctor/page/page.h"

namespace refwave::doctor {

struct Person {
  std::string home;  // folder
  std::string user;  // name
};

/// Returns: `text` with ~ in place of the person's home folder, <user> in place of the person's name, and
/// without the folders in that home, the host of PULSE_SERVER, and the programs that are denied.
std::string discreet(std::string text, const Person& person);
Page discreet(Page page, const Person& person);

}  // namespace refwave::doctor
