#include "tests/bench/measure/measurements.h"

namespace refwave::measure {
namespace {

Series subject(const char* name, std::uint64_t unit_ns) {
  Series made(name);
  for (std::int64_t i = 0; i < 1000; ++i)
    made.add({i * 10'000'000, unit_ns * static_cast<std::uint64_t>(20 + i % 101), 0});
  return made;
}

Measurement measurement() {
  Measurement m;
  m.began = "2026-01-02 03:04:05 UTC";
  m.version = "1.2.3";
  m.seconds = 10;
  m.machine = {"Linux 6.1", "A <quick> processor", 2};
  m.settings = {.device = "\"Speakers & more\"",
                .streams = 1,
                .buffers = 4,
                .block_frames = 480,
                .rate = 48'000,
                .period_frames = 480,
                .device_rate = 48'000,
                .completion = "deferred",
                .wake = "park",
                .done = "consumed",
                .priority = "ordinary"};
  return m;
}

}  // namespace

Measurement usual_measurement() {
  Measurement m = measurement();
  m.subjects.push_back(subject("refwave", 1000));
  m.subjects.push_back(subject("bare wake", 500));
  m.pieces.emplace();
  for (const Sample& sample : m.subjects.front().samples)
    m.pieces->add({500, 500, static_cast<std::int64_t>(sample.ns) - 2000, 600, 400});
  m.counters = REFWAVE_STATISTICS{};
  m.counters->ullUnderruns = 1;
  return m;
}

Measurement outside_measurement() {
  Measurement m = measurement();
  for (const char* name : {"other<b>.drv", "refwave", "bare timer"})
    m.subjects.push_back(subject(name, 1000));
  m.subjects[0].outside = {.real_time_percent = 99.5, .bursts = 3, .ran_dry = 1};
  m.subjects[1].outside = {.real_time_percent = 100, .bursts = 0, .ran_dry = 0};
  return m;
}

}  // namespace refwave::measure
