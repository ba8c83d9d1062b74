// Small programs whose outcomes the standard fixes: the checker's own test. Every execution of each is run.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace refwave::memory_model::litmus {

/// What the threads of one litmus program share.
struct Shared {
  std::atomic<int> x{0};
  std::atomic<int> y{0};
  int plain = 0;
  int* heap = nullptr;
  std::array<int, 4> r{};  // what the threads have read: each element has one writer
};

using Step = std::function<void(Shared&)>;
using Steps = std::vector<Step>;  // of one thread

struct Program {
  const char* name;
  std::vector<Steps> threads;
  /// All outcomes, each as r[0], r[1], …, and after a comma x and y at the end, as far as the program asks
  /// for them; or "race", "freed". Each must be seen, and no other.
  std::set<std::string> outcomes;
};

std::vector<Program> programs();

/// Effects: prints the outcomes of each. Returns: a text for each program that did not show exactly its
/// outcomes.
std::vector<std::string> check_all();

}  // namespace refwave::memory_model::litmus
