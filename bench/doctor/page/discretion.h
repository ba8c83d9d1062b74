// What a page for others leaves out: the user's name, and the folder that tells it. Pure; any thread.
#pragma once

#include <string>

#include "bench/doctor/page/page.h"

namespace refwave::doctor {

struct Person {
  std::string home;  // folder
  std::string user;  // name
};

/// Returns: `text` with ~ for the person's home folder, and <user> for each folder of the person's name.
std::string discreet(std::string text, const Person& person);
Page discreet(Page page, const Person& person);

}  // namespace refwave::doctor
