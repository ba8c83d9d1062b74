// Small programs whose outcomes the standard fixes: the checker's own test. Every execution of each is run.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace refwave::memory_model::litmus {

struct Program {
  const char* name;
  /// The steps of each thread: x=1.rel stores into an atomic x or y, a=x.acq loads, a=x<1 exchanges, a=x+1
  /// adds; without an order it is relaxed. The thread ends at y==1.acq unless y is 1. p is plain, and a to d
  /// are what the threads have read. litmus.cpp has the rest.
  std::vector<std::string> threads;
  /// All outcomes, each as a, b, …, and after a comma x and y at the end, as far as the program asks for
  /// them; or "race", "freed". Each must be seen, and no other.
  std::set<std::string> outcomes;
};

std::vector<Program> programs();

/// Effects: prints the outcomes of each. Returns: 0 if each program has shown exactly its outcomes.
int check_all();

}  // namespace refwave::memory_model::litmus
