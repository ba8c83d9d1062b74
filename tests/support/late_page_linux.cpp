#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <stdexcept>

#include "tests/support/late_page.h"

namespace refwave::test {
namespace {

std::atomic<LatePage*> the_page{nullptr};
struct sigaction before {};

}  // namespace

struct LatePageHandler {
  static void handle(int signal, siginfo_t* info, void*) {
    LatePage* const page = the_page.load();
    const auto* const at = static_cast<std::byte*>(info->si_addr);
    if (page != nullptr && at >= page->data() && at < page->data() + page->size()) return page->meet();
    // A real fault: the instruction faults again, and the previous handler gets it.
    sigaction(signal, &before, nullptr);
  }
};

LatePage::LatePage() : size_(static_cast<std::size_t>(getpagesize())) {
  void* const fresh = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (fresh == MAP_FAILED) throw std::runtime_error("no page");
  data_ = static_cast<std::byte*>(fresh);
  the_page = this;
  struct sigaction action {};
  action.sa_sigaction = &LatePageHandler::handle;
  // Several threads may wait in the handler.
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGSEGV, &action, &before);
}

LatePage::~LatePage() {
  arrive();
  while (is_awaited()) usleep(1'000);
  sigaction(SIGSEGV, &before, nullptr);
  the_page = nullptr;
  munmap(data_, size_);
}

void LatePage::leave() {
  is_there_ = false;
  mprotect(data_, size_, PROT_NONE);
}

void LatePage::leave_and_jump_to(sigjmp_buf& place) {
  jump_ = &place;
  leave();
}

void LatePage::arrive() {
  mprotect(data_, size_, PROT_READ | PROT_WRITE);
  jump_ = nullptr;
  is_there_ = true;
}

/// Signal-safe. The instruction that met the page is tried again when this returns.
void LatePage::meet() {
  if (sigjmp_buf* const place = jump_.load()) siglongjmp(*place, 1);
  ++waiting_;
  const timespec nap{.tv_sec = 0, .tv_nsec = 1'000'000};
  while (!is_there_) nanosleep(&nap, nullptr);
  --waiting_;
}

}  // namespace refwave::test
