#include "tests/contract/harness.h"

#include <gtest/gtest.h>

#include <cstring>
#include <stdexcept>
#include <vector>

#include "inf/cli/wave_client/driver_session.h"

namespace refwave::conform {

/// On the test's own thread this fails the test; in a callback it ends the program.
void end_rule(const Finding& finding) { throw std::runtime_error("the rule has ended: " + finding.seen); }

}  // namespace refwave::conform

namespace refwave::contract {

std::string stepped(const std::string& more) {
  return "device=clocked; clock=0; rate=48000; period=" + std::to_string(kPeriodFrames) + "; " + more;
}

LoadedDriver::LoadedDriver(const std::string& settings)
    : Subject({.file = CONTRACT_DRIVER, .parameters = settings}) {
  cli::use_no_configuration_file();
  conform::patience = kPatience;
  handle();
}

void LoadedDriver::step(std::uint32_t periods) { EXPECT_EQ(send(REFWAVE_STEP, periods), MMSYSERR_NOERROR); }

void LoadedDriver::settle() {
  const std::chrono::milliseconds patience = kPatience;
  EXPECT_EQ(send(REFWAVE_SETTLE, patience.count()), MMSYSERR_NOERROR) << "a client was not notified in time";
}

REFWAVE_STATISTICS LoadedDriver::statistics() {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof(statistics);
  EXPECT_EQ(send(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics)), MMSYSERR_NOERROR);
  return statistics;
}

std::string LoadedDriver::warnings() {
  std::vector<char> text(static_cast<std::size_t>(send(REFWAVE_GET_WARNINGS)));
  send(REFWAVE_GET_WARNINGS, reinterpret_cast<LPARAM>(text.data()), static_cast<LPARAM>(text.size()));
  return text.data();
}

REFWAVE_STATISTICS statistics_of(const Stream& stream, DWORD_PTR what) {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof(statistics);
  stream.must_send(REFWAVE_GET_STATISTICS, "REFWAVE_GET_STATISTICS", reinterpret_cast<DWORD_PTR>(&statistics),
                   what);
  return statistics;
}

void fill(Block& block, const std::vector<char>& bytes) {
  std::memcpy(block.header.lpData, bytes.data(), bytes.size());
}

}  // namespace refwave::contract
