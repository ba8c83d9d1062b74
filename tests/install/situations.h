// What the installer is asked to do, on machines of which each is in another state; and what it must not
// lose.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/install/machine.h"

namespace refwave::test {

struct Situation {
  const char* name;
  std::function<void(Machine&)> prepare;
  std::function<void(Machine&)> act;
};

const std::vector<Situation>& situations();

/// Returns: every value that is not refwave's: in its slot, or remembered for it.
std::map<std::pair<View, std::size_t>, Value> others(const Machine& machine);

/// Returns: what the files hold that are not refwave's.
std::multiset<std::string> foreign_files(const Machine& machine);

}  // namespace refwave::test
