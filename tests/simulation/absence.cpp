// A device that is away for half a second to four seconds, in steps of 50 ms, under a program that goes on
// writing or rests meanwhile, with a fallback and without. Each absence is one loss and one return, whatever
// it meets: a retry, or the end of linger_ms. With fallback = none no block is taken while the device is away
// and the program writes.
#include <algorithm>
#include <cstdio>
#include <string>

#include "tests/contract/model/direct_driver.h"
#include "tests/simulation/faulty_backend.h"
#include "tests/simulation/player.h"

namespace refwave::simulation {
namespace {

constexpr std::int64_t kBeforeNs = 1'000 * kMs;
// A device that is back is found after 1.2 s at most.
constexpr std::int64_t kAfterNs = 2'000 * kMs;
// A rest that ends after the fallback was closed.
constexpr std::int64_t kRestNs = 2'300 * kMs;
// What was queued is over by then.
constexpr std::int64_t kQueuedNs = 300 * kMs;
constexpr std::size_t kInFlight = 4;

struct Case {
  std::int64_t away_ns = 0;
  bool may_fall_back = false;
  bool rests = false;
};

std::string run_case(const Case& now, std::uint64_t seed) {
  begin(seed);
  end_at(now_ns() + 60'000 * kMs);
  const std::int64_t lost_ns = now_ns() + kBeforeNs;
  const std::int64_t back_ns = lost_ns + now.away_ns;
  const std::int64_t writes_again_ns = now.rests ? lost_ns + kRestNs : 0;
  device_faults() = {.seed = seed, .healthy = true, .away_from_ns = lost_ns, .back_at_ns = back_ns};
  const contract::DirectDriver driver(std::string("output=faulty; input=clocked; linger_ms=2000; fallback=") +
                                      (now.may_fall_back ? "clocked" : "none"));
  Tally tally;
  Player program(Habits{.away = true}, seed, tally);
  if (program.open() != MMSYSERR_NOERROR) return "a stream could not be opened";
  std::size_t taken_while_away = 0;
  std::size_t taken_after = 0;
  const std::int64_t end_ns = std::max(back_ns, writes_again_ns) + kAfterNs;
  while (now_ns() < end_ns) {
    const bool writes = now_ns() < lost_ns || now_ns() >= writes_again_ns;
    const std::size_t taken = writes ? program.write(kInFlight - program.owed(), 20) : 0;
    if (!now.may_fall_back && !now.rests && now_ns() > lost_ns + kQueuedNs && now_ns() < back_ns)
      taken_while_away += taken;
    if (now_ns() > end_ns - kQueuedNs) taken_after += taken;
    sleep_until(now_ns() + 10 * kMs);
  }
  REFWAVE_STATISTICS seen{};
  seen.cbSize = sizeof seen;
  driver.send(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&seen));
  program.reset();
  if (program.close() != MMSYSERR_NOERROR) return "a stream could not be closed";
  if (seen.ullDeviceLosses == 1 && seen.ullDeviceReturns == 1 && seen.szDevice == std::string("faulty") &&
      taken_while_away == 0 && taken_after > 0)
    return program.failure();
  return std::to_string(seen.ullDeviceLosses) + " losses, " + std::to_string(seen.ullDeviceReturns) +
         " returns, on \"" + seen.szDevice + "\", " + std::to_string(taken_while_away) +
         " blocks taken while it was away, " + std::to_string(taken_after) + " after";
}

int run() {
  const TestCode test;
  std::uint64_t cases = 0;
  bool is_wrong = false;
  for (const bool may_fall_back : {false, true}) {
    for (const bool rests : {false, true}) {
      for (std::int64_t away_ms = 500; away_ms <= 4'000; away_ms += 50) {
        const Case now{.away_ns = away_ms * kMs, .may_fall_back = may_fall_back, .rests = rests};
        const std::string wrong = run_case(now, ++cases);
        if (wrong.empty()) continue;
        is_wrong = true;
        std::printf("found: away for %d ms, fallback = %s, the program %s: %s\n", static_cast<int>(away_ms),
                    may_fall_back ? "clocked" : "none", rests ? "rests" : "goes on writing", wrong.c_str());
      }
    }
  }
  return is_wrong ? 1 : 0;
}

}  // namespace
}  // namespace refwave::simulation

int main() { return refwave::simulation::run(); }
