#include "tests/memory_model/litmus.h"

#include <semaphore.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <mutex>
#include <regex>
#include <sstream>

#include "hal/system/threads.h"
#include "tests/memory_model/checker/execution.h"
#include "tests/memory_model/checker/explore.h"

// As the compiler calls them in the driver's code.
extern "C" {
std::uint32_t __tsan_atomic32_load(const volatile std::uint32_t* at, int order);
void __tsan_atomic32_store(volatile std::uint32_t* at, std::uint32_t value, int order);
std::uint32_t __tsan_atomic32_exchange(volatile std::uint32_t* at, std::uint32_t value, int order);
std::uint32_t __tsan_atomic32_fetch_add(volatile std::uint32_t* at, std::uint32_t value, int order);
int __tsan_atomic32_compare_exchange_strong(volatile std::uint32_t* at, std::uint32_t* expected,
                                            std::uint32_t wanted, int order, int failure);
void __tsan_atomic_thread_fence(int order);
void __tsan_read4(void* at);
void __tsan_write4(void* at);
}

namespace refwave::memory_model::litmus {
namespace {

/// What the threads of one program share.
struct Shared {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  std::uint32_t plain = 0;
  std::uint32_t* heap = nullptr;
  std::array<std::uint32_t, 4> r{};  // a to d: each has one writer
};

/// Returns: whether the thread goes on.
using Step = std::function<bool(Shared&)>;

std::mutex mutex;
sem_t semaphore;

void write(std::uint32_t& at, std::uint32_t value) {
  __tsan_write4(&at);
  at = value;
}
std::uint32_t read(std::uint32_t& at) {
  __tsan_read4(&at);
  return at;
}

int order_of(const std::string& name) {
  static const std::map<std::string, int> orders{{"", __ATOMIC_RELAXED},
                                                 {"acq", __ATOMIC_ACQUIRE},
                                                 {"rel", __ATOMIC_RELEASE},
                                                 {"ar", __ATOMIC_ACQ_REL},
                                                 {"sc", __ATOMIC_SEQ_CST}};
  return orders.at(name);
}

/// x=1.rel, a=x.acq, a=x<1.ar, a=x+1, x==1.acq
Step atomic_step(const std::smatch& found) {
  const auto at = found[2] == "x" ? &Shared::x : &Shared::y;
  const std::size_t into = found[1].matched ? static_cast<std::size_t>(*found[1].first - 'a') : 0;
  const auto value = found[4].matched ? static_cast<std::uint32_t>(*found[4].first - '0') : 0;
  return [at, into, value, does = found[3].str(), order = order_of(found[5])](Shared& shared) {
    std::uint32_t& word = shared.*at;
    if (does == "=") __tsan_atomic32_store(&word, value, order);
    if (does == "==") return __tsan_atomic32_load(&word, order) == value;
    if (does == "<") write(shared.r[into], __tsan_atomic32_exchange(&word, value, order));
    if (does == "+") write(shared.r[into], __tsan_atomic32_fetch_add(&word, value, order));
    if (does.empty()) write(shared.r[into], __tsan_atomic32_load(&word, order));
    return true;
  };
}

/// refused.acq: a compare-exchange of y that fails, with that order; the thread ends unless y is 1.
bool is_refused(Shared& shared, int failure) {
  std::uint32_t expected = 5;
  return __tsan_atomic32_compare_exchange_strong(&shared.y, &expected, 6, __ATOMIC_ACQ_REL, failure) == 0 &&
         expected == 1;
}

/// a=take: whether the thread is the first to set x.
std::uint32_t take(Shared& shared) {
  std::uint32_t free = 0;
  return __tsan_atomic32_compare_exchange_strong(&shared.x, &free, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED) !=
         0;
}

/// The steps that have no number or order of their own.
void act(const std::string& text, Shared& shared) {
  if (text == "p++") write(shared.plain, read(shared.plain) + 1);
  if (text == "lock") mutex.lock();
  if (text == "unlock") mutex.unlock();
  if (text == "post") sem_post(&semaphore);
  if (text == "wait") sem_wait(&semaphore);
  if (text == "new") shared.heap = new std::uint32_t(1);
  if (text == "delete") delete shared.heap;
  if (text == "overwrite") write(shared.x, 1);
  if (text == "fence.all") hal::fence_all_threads();
}

Step step_of(const std::string& text) {
  static const std::regex atomic(R"((?:([a-d])=)?([xy])(=|==|<|\+)?(\d)?\.?(\w*))");
  static const std::regex plain(R"(([a-dp])=(\d|p|h|take))");
  static const std::regex ordered(R"((fence|refused)\.?(|acq|rel|sc))");
  std::smatch found;
  if (std::regex_match(text, found, atomic)) return atomic_step(found);
  if (std::regex_match(text, found, plain))
    return [to = *found[1].first, from = found[2].str()](Shared& shared) {
      std::uint32_t& word = to == 'p' ? shared.plain : shared.r[static_cast<std::size_t>(to - 'a')];
      write(word, from == "p"      ? read(shared.plain)
                  : from == "h"    ? read(*shared.heap)
                  : from == "take" ? take(shared)
                                   : static_cast<std::uint32_t>(from.front() - '0'));
      return true;
    };
  if (std::regex_match(text, found, ordered))
    return [is_fence = found[1] == "fence", order = order_of(found[2])](Shared& shared) {
      if (!is_fence) return is_refused(shared, order);
      __tsan_atomic_thread_fence(order);
      return true;
    };
  return [text](Shared& shared) {
    act(text, shared);
    return true;
  };
}

std::vector<Step> steps_of(const std::string& thread) {
  std::istringstream words(thread);
  std::vector<Step> steps;
  for (std::string word; words >> word;) steps.push_back(step_of(word));
  return steps;
}

const Program* present = nullptr;
std::vector<std::vector<Step>> present_steps;
std::set<std::string>* seen = nullptr;

class LitmusPlay final : public Play {
 public:
  LitmusPlay() {
    constexpr std::array kNames{"first", "second", "third", "fourth"};
    for (std::size_t i = 0; i < present_steps.size(); ++i)
      thread(kNames.at(i), [this, i] {
        for (const Step& step : present_steps[i]) {
          if (!step(shared_)) return;
        }
      });
  }
  void finish() override {
    const std::string& form = *present->outcomes.begin();
    const std::size_t comma = form.find(',');
    std::string outcome;
    for (std::size_t i = 0; i < std::min({comma, form.size(), shared_.r.size()}); ++i)
      outcome += std::to_string(shared_.r[i]);
    if (comma != std::string::npos) outcome += "," + std::to_string(shared_.x) + std::to_string(shared_.y);
    seen->insert(outcome);
  }

 private:
  Shared shared_;
};

/// Effects: runs all executions. Returns: their number.
std::size_t run_all(const Program& program, std::set<std::string>& outcomes) {
  const Scenario scenario{program.name, "", [] { return std::unique_ptr<Play>(new LitmusPlay); }};
  present = &program;
  present_steps.clear();
  for (const std::string& thread : program.threads) present_steps.push_back(steps_of(thread));
  seen = &outcomes;
  EveryChoice choices;
  std::size_t executions = 0;
  do {
    const std::string failure = run_once(scenario, choices);
    if (failure.find("race") != std::string::npos) {
      outcomes.insert("race");
    } else if (failure.find("after free") != std::string::npos) {
      outcomes.insert("freed");
    } else if (!failure.empty()) {
      outcomes.insert(failure);
    }
    ++executions;
  } while (choices.advance());
  return executions;
}

std::string joined(const std::set<std::string>& outcomes) {
  std::string text;
  for (const std::string& outcome : outcomes) text += (text.empty() ? "" : " ") + outcome;
  return text;
}

}  // namespace

int check_all() {
  int wrong = 0;
  for (const Program& program : programs()) {
    std::set<std::string> outcomes;
    const std::size_t executions = run_all(program, outcomes);
    const bool is_right = outcomes == program.outcomes;
    std::printf("%-46s %8zu executions: %s%s\n", program.name, executions, joined(outcomes).c_str(),
                is_right ? "" : ("; must be " + joined(program.outcomes)).c_str());
    if (!is_right) wrong = 1;
  }
  return wrong;
}

}  // namespace refwave::memory_model::litmus
