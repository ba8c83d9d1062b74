// Catches what an audio callback must not do: the program's own malloc, pthread_mutex_lock and the like stand
// in front of the C library's and keep account while the calling thread is inside an AudioScope.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace refwave::test {

/// This thread is inside an audio callback. Thread: any; not nested.
class AudioScope {
 public:
  AudioScope() noexcept;
  ~AudioScope();
  AudioScope(const AudioScope&) = delete;
  AudioScope& operator=(const AudioScope&) = delete;
};

/// What was done inside scopes since forget(), on all threads.
struct Caught {
  std::vector<std::string> forbidden;  // the functions that were called, in order; the first 64
  std::size_t scopes = 0;
  std::size_t wakes = 0;  // sem_post, the one call that a period may make
  std::size_t most_wakes_in_a_scope = 0;
};

/// Thread: any, while no scope is open.
Caught caught();
void forget();

}  // namespace refwave::test
