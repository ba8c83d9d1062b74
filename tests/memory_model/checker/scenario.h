// A scenario: objects of the driver, and a few threads that use them. Its constructor makes the objects and
// names the threads; finish() checks what must hold when all have ended. Both happen before or after
// everything else.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace refwave::memory_model {

class Play {
 public:
  Play() = default;
  virtual ~Play() = default;
  Play(const Play&) = delete;
  Play& operator=(const Play&) = delete;
  virtual void finish() {}

 protected:
  static void thread(const char* name, std::function<void()> body);
  /// A thread that may wait for ever.
  static void daemon(const char* name, std::function<void()> body);
};

/// Effects: unless `holds`, the execution has failed.
void expect(bool holds, const char* what);
void pause();
/// Effects: the thread of that name stops before its `nth` access to these bytes, and goes on after
/// wake_up().
void falls_asleep(const char* thread, const void* at, std::size_t size, std::size_t nth);
/// Effects: if it sleeps, the caller knows all that it did before.
bool is_asleep();
void wake_up();
/// Effects: in this execution some naps take seconds of the virtual clock, so that patience ends.
void allow_long_naps();
/// Returns: a number below `count`, another one in each execution.
std::size_t choose(std::size_t count);

struct Scenario {
  const char* name;
  const char* shows;
  std::unique_ptr<Play> (*make)();
};

std::vector<Scenario>& scenarios();

template <typename Type>
struct Registered {
  Registered(const char* name, const char* shows) {
    scenarios().push_back({name, shows, [] { return std::unique_ptr<Play>(std::make_unique<Type>()); }});
  }
};

}  // namespace refwave::memory_model
