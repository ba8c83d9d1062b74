// One program on both routes at once, and what became of it.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/windows/programs/guest_program.h"
#include "tests/windows/programs/recording.h"

namespace refwave::test {

struct Performance {
  Route route;
  int exit_status;
  std::string output;
  Recording heard;
};

std::ostream& operator<<(std::ostream& stream, const Performance& performance);

/// Returns: all that the sink of with_private_pulse was given, once it has had another second of silence.
Recording wait_for_recording();

/// Effects: runs the program twice at the same time, on the clocked device and through WASAPI into the sink
/// that with_private_pulse records. Returns: the two.
std::vector<Performance> perform(const std::string& program, const std::string& arguments = {});

}  // namespace refwave::test
