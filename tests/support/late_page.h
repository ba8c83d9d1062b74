// A client's page that does not arrive, like a file mapped from a dead server. A thread that touches it
// blocks until it arrives, or jumps out of its call. One object at a time.
#pragma once

#include <setjmp.h>

#include <atomic>
#include <cstddef>

namespace refwave::test {

class LatePage {
 public:
  LatePage();
  ~LatePage();

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

  /// Effects: a thread that touches the page from now on waits for arrive().
  void leave();
  /// Effects: a thread that touches the page from now on jumps to `place`, as with a client's own handler.
  void leave_and_jump_to(sigjmp_buf& place);
  void arrive();
  /// Returns: whether a thread has touched the page and waits.
  bool is_awaited() const { return waiting_ != 0; }

 private:
  friend struct LatePageHandler;
  void meet();

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::atomic<bool> is_there_{true};
  std::atomic<int> waiting_{0};
  std::atomic<sigjmp_buf*> jump_{nullptr};
};

}  // namespace refwave::test
