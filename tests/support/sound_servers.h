// The sound servers that a suite of tests runs on, one after the other.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/support/private_jack.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"

namespace refwave::test {

using TwoServers = testing::Types<PrivatePulse, PrivatePipewire>;
using ThreeServers = testing::Types<PrivatePulse, PrivatePipewire, PrivateJack>;

/// What the suite's tests are called on each.
struct ServerNames {
  template <class Server>
  static std::string GetName(int index) {
    return std::array{"PulseAudio", "PipeWire", "JACK"}[static_cast<std::size_t>(index)];
  }
};

}  // namespace refwave::test
