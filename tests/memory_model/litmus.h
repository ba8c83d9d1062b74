// Small programs whose outcomes the standard fixes: the checker's own test. Every execution of each is run.
#pragma once

#include <array>
#include <atomic>
#include <set>
#include <string>
#include <vector>

namespace refwave::memory_model::litmus {

/// What the threads of one litmus program share.
struct Shared {
  std::atomic<int> x{0};
  std::atomic<int> y{0};
  std::atomic<int> z{0};
  int plain = 0;
  int* heap = nullptr;
  std::array<int, 4> r{};  // what the threads have read: each element has one writer
};

struct Program {
  const char* name;
  std::vector<void (*)(Shared&)> threads;
  /// An outcome is r[0], r[1], …, and after a comma x and y at the end, as far as the program asks for them.
  std::size_t registers;
  bool asks_for_end;
  /// All outcomes, "race" and "freed" among them. Each must be seen, and no other.
  std::set<std::string> outcomes;
};

std::vector<Program> ordinary_programs();
std::vector<Program> sequence_programs();

/// Returns: a text for each program that did not show exactly its outcomes.
std::vector<std::string> check_all(bool prints);

}  // namespace refwave::memory_model::litmus
