// The work of each thread as rows of a trace file: slices that nest, and the steps of the arrows that follow
// blocks from thread to thread. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/trace/picture.h"

namespace refwave::trace {

/// One event of the file: its time, and its members except process, thread and time.
struct Row {
  std::int64_t ns;
  std::string text;
};
using Rows = std::vector<Row>;

struct Thread {
  std::string name;
  Rows rows;  // by time; where times are equal, what begins first ends last
};

/// The arrows' ids by stream and block: the blocks of which all is known.
using Arrows = std::map<std::pair<std::uint16_t, std::uint32_t>, std::string>;

/// Returns: the threads of a recording: clients first, then the audio threads, then the notifiers.
std::vector<Thread> walk(const Recording& recording, const Arrows& arrows);

}  // namespace refwave::trace
