#include <algorithm>
#include <utility>

#include "bench/watch/cause.h"
#include "bench/watch/reader.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {

void watch_record(Bytes input) {
  const watching::Process process = watching::parse(7, std::as_bytes(input));
  require(process.number == 7, "a process keeps its number");
  if (!process.problem.empty()) {
    require_harmless(process.problem);
    require(process.head.program[0] == 0 && process.devices.empty() && process.streams.empty() &&
                process.gaps.empty(),
            "a record that is refused has no figures");
    return;
  }
  require(std::ranges::count(process.head.program, 0) != 0, "a name ends");
  for (const watch::Device& device : process.devices)
    require(std::ranges::count(device.name, 0) != 0, "a name ends");
  for (const watching::Stream& stream : process.streams)
    require(stream.device < process.devices.size() && stream.rate != 0, "a stream has a device and a rate");
  std::int64_t ended_at = 0;
  for (const watching::Event& event : watching::events_of(process.gaps, process.devices)) {
    require(event.began_at <= event.ended_at && event.began_at >= std::exchange(ended_at, event.ended_at),
            "events are in order");
    require(watching::cause_of(event).late_ns >= 0, "no lateness is negative");
  }
}

}  // namespace refwave::fuzz
