// What a reader makes of a record's bytes, whatever they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "bench/watch/reader.h"

namespace refwave::watch {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using watching::parse;
using watching::Process;
using watching::read_record;
using watching::Stream;

/// A record of this version: two devices, two streams and a free place.
struct Written {
  Record record;
  OpenStream streams[3];

  Written() {
    record.head.record_bytes = sizeof record;
    record.head.streams = 3;
    record.head.devices = 2;
    record.head.sequence = 8;
    record.head.gaps = kGaps + 2;
    for (std::size_t i = 0; i < kGaps; ++i)
      record.gaps[i].began_at = record.gaps[i].ended_at = 10 + static_cast<std::int64_t>(i);
    for (OpenStream& stream : streams) {
      stream.rate = 48'000;
      stream.channels = 2;
      stream.device = 1;
    }
    streams[0].id = 5;
    streams[2].id = 7;
    streams[2].latency[9] = 11;
  }
  std::vector<std::byte> bytes() const {
    std::vector<std::byte> all(sizeof *this);
    std::memcpy(all.data(), static_cast<const void*>(this), sizeof *this);
    return all;
  }
};

TEST(Record, Is_read_as_it_was_written) {
  const Process process = parse(42, Written().bytes());
  EXPECT_THAT(process.problem, IsEmpty());
  EXPECT_EQ(process.number, 42U);
  EXPECT_EQ(process.devices.size(), 2U);
  ASSERT_EQ(process.streams.size(), 2U) << "a place is free";
  EXPECT_EQ(process.streams[1].id, 7U);
  EXPECT_EQ(process.streams[1].latency[9], 11U);
  ASSERT_EQ(process.gaps.size(), kGaps);
  EXPECT_EQ(process.gaps.front().began_at, 12) << "the oldest";
  EXPECT_EQ(process.gaps.back().began_at, 11);
}

struct Mistake {
  const char* name;
  std::function<void(Written&)> make;
  const char* problem;  // a part of it
};

TEST(Record, Whose_members_are_wrong_is_refused) {
  const std::vector<Mistake> mistakes = {
      {"magic", [](Written& w) { w.record.head.magic = 0; }, "not a refwave record"},
      {"version", [](Written& w) { ++w.record.head.version; }, "of version 7, and this is 6"},
      {"odd", [](Written& w) { ++w.record.head.sequence; }, "being written"},
      {"size", [](Written& w) { --w.record.head.record_bytes; }, "cut short"},
      {"more devices than places", [](Written& w) { w.record.head.devices = kDevices + 1; }, "cut short"},
      {"streams", [](Written& w) { w.record.head.streams = 4; }, "cut short"},
      {"device of a stream", [](Written& w) { w.streams[2].device = 2; }, "contradicts"},
      {"time", [](Written& w) { w.record.head.updated_ns = INT64_MAX; }, "contradicts"},
      {"type", [](Written& w) { w.streams[0].sample_type = 200; }, "contradicts"},
      {"direction", [](Written& w) { w.record.devices[1].direction = 2; }, "contradicts"},
      {"rate", [](Written& w) { w.streams[0].rate = 0; }, "contradicts"},
      {"gap of a kind", [](Written& w) { w.record.gaps[0].kind = core::Gap::Kind{3}; }, "contradicts"},
      {"gap of a time", [](Written& w) { w.record.gaps[0].late_ns = -1; }, "contradicts"},
      {"gap before its begin", [](Written& w) { w.record.gaps[0].ended_at = 1; }, "contradicts"},
      {"channels", [](Written& w) { w.streams[0].channels = 0; }, "contradicts"},
  };
  for (const Mistake& mistake : mistakes) {
    Written written;
    mistake.make(written);
    const Process process = parse(1, written.bytes());
    EXPECT_THAT(process.problem, HasSubstr(mistake.problem)) << mistake.name;
    EXPECT_STREQ(process.head.program, "") << mistake.name;
    EXPECT_TRUE(process.streams.empty() && process.devices.empty() && process.gaps.empty()) << mistake.name;
  }
}

/// Returns: what is read while a writer is at work during the first `writes` readings.
Process read_during(int writes) {
  Written written;
  return read_record(1, [&, reads = 0](std::size_t at, std::span<std::byte> bytes) mutable {
    if (reads++ < writes) ++written.record.head.sequence;
    const std::vector<std::byte> all = written.bytes();
    const std::size_t count = std::min(bytes.size(), all.size() - at);
    std::memcpy(bytes.data(), all.data() + at, count);
    return count;
  });
}

TEST(Record, That_is_written_meanwhile_is_read_again_but_not_for_ever) {
  EXPECT_EQ(read_during(2).problem, "");
  EXPECT_THAT(read_during(1'000).problem, HasSubstr("never at rest"));
}

}  // namespace
}  // namespace refwave::watch
