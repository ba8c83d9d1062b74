// Where two threads of a test wait for each other, again and again. libstdc++'s std::barrier serves as well,
// but by MinGW's g++ 12 it hangs now and then in Wine, on two idle processors more often than not.
#pragma once

#include <atomic>
#include <thread>

namespace refwave::test {

class Meeting {
 public:
  /// Effects: returns when the other thread has come here as often as this one.
  void meet() {
    const int all = arrived_.fetch_add(1) / 2 * 2 + 2;
    while (arrived_.load() < all) std::this_thread::yield();
  }

 private:
  std::atomic<int> arrived_{0};
};

}  // namespace refwave::test
