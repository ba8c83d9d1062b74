// libwinmm's table of handles, with one cell, which serves one object after the other.
#include "inf/host/handle_table.h"

#include <array>
#include <atomic>
#include <new>

#include "tests/memory_model/checker/scenario.h"

namespace refwave::memory_model {
namespace {

/// Two threads use streams, a third closes one and opens the next as soon as the cell is free.
class Handles final : public Play {
 public:
  Handles() {
    open(0);
    for (const char* name : {"user", "other"}) {
      thread(name, [this] {
        for (int i = 0; i < 4; ++i) use(choose(handles_.size()));
      });
    }
    thread("closer", [this] {
      table_.remove(handles_[0]);
      for (std::size_t i = 1; i < handles_.size(); ++i) {
        if (!open(i)) pause();
        use(0);
        table_.remove(handles_[i]);
      }
    });
  }
  void finish() override {
    table_.clear();
    expect(open(0), "the cell is free");
    table_.clear();
    expect(ended_ == made_, "each object is deleted once");
  }

 private:
  using Handle = struct HandleTag*;
  struct Object {
    Object(Handles& of, int value) : of(of), value(value) { ++of.made_; }
    ~Object() {
      value = 0;
      of.ended_.fetch_add(1, std::memory_order_relaxed);
    }
    Handles& of;
    int value;
  };

  bool open(std::size_t i) {
    try {
      const auto use = table_.add(std::make_unique<Object>(*this, static_cast<int>(i) + 1));
      // Relaxed, as if the users guessed it.
      handles_[i].store(use.handle(), std::memory_order_relaxed);
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
  void use(std::size_t i) {
    const auto use = table_.find(handles_[i].load(std::memory_order_relaxed));
    if (use) expect(use->value == static_cast<int>(i) + 1, "a handle means its own object");
  }

  host::HandleTable<Handle, Object, 1> table_;
  std::array<std::atomic<Handle>, 3> handles_{};
  int made_ = 0;
  std::atomic<int> ended_ = 0;
};
const Registered<Handles> handles("handle", "an object lives while it is used; its cell serves the next");

}  // namespace
}  // namespace refwave::memory_model
