#include "tests/simulation/pages.h"

#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "tests/simulation/fault_times.h"

namespace refwave::simulation {
namespace {

constexpr std::size_t kPages = 64;

struct Pages {
  std::byte* begin = nullptr;
  std::array<bool, kPages> out{};
  std::array<std::int64_t, kPages> back_ns{};
  std::size_t taken = 0;
  bool kills = false;
  std::vector<int> mortals;
  struct sigaction before {};
};

void meet(int signal, siginfo_t* info, void*);

Pages make_pages() {
  Pages pages;
  void* const fresh =
      mmap(nullptr, kPages * kPageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (fresh == MAP_FAILED) std::abort();
  pages.begin = static_cast<std::byte*>(fresh);
  struct sigaction action {};
  action.sa_sigaction = &meet;
  // The handler's thread lets others go on, and they may meet a page, too.
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGSEGV, &action, &pages.before);
  return pages;
}

Pages& pages() {
  static Pages the_pages = make_pages();
  return the_pages;
}

std::byte* page_at(std::size_t index) { return pages().begin + index * kPageBytes; }

/// The instruction that met the page is tried again when this returns.
void meet(int signal, siginfo_t* info, void*) {
  Pages& all = pages();
  const auto* const at = static_cast<std::byte*>(info->si_addr);
  if (at < all.begin || at >= all.begin + kPages * kPageBytes) {
    // A real fault: the instruction faults again, and the previous handler gets it.
    sigaction(signal, &all.before, nullptr);
    return;
  }
  fault_times().note();
  const bool mortal = std::ranges::find(all.mortals, number_of(self())) != all.mortals.end();
  if (mortal && all.kills) {
    std::erase(all.mortals, number_of(self()));
    die();
  }
  const auto index = static_cast<std::size_t>(at - all.begin) / kPageBytes;
  while (all.out[index]) {
    if (!wait_for(page_at(index), all.back_ns[index])) page_in(page_at(index));
  }
}

}  // namespace

std::byte* take_page() {
  Pages& all = pages();
  return all.taken == kPages ? nullptr : page_at(all.taken++);
}

void page_out(const std::byte* page, std::int64_t back_ns) {
  const auto index = static_cast<std::size_t>(page - pages().begin) / kPageBytes;
  pages().out[index] = true;
  pages().back_ns[index] = back_ns;
  mprotect(page_at(index), kPageBytes, PROT_NONE);
}

void page_in(const std::byte* page) {
  const auto index = static_cast<std::size_t>(page - pages().begin) / kPageBytes;
  if (!pages().out[index]) return;
  mprotect(page_at(index), kPageBytes, PROT_READ | PROT_WRITE);
  pages().out[index] = false;
  wake_all(page_at(index));
}

void page_in_all() {
  for (std::size_t i = 0; i < pages().taken; ++i) page_in(page_at(i));
  pages().taken = 0;
}

void page_kills(bool kills) { pages().kills = kills; }

Mortal::Mortal() {
  const TestCode test;
  pages().mortals.push_back(number_of(self()));
}
Mortal::~Mortal() { std::erase(pages().mortals, number_of(self())); }

}  // namespace refwave::simulation
