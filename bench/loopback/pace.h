// A stream's position at any time, from the reports of its blocks. It follows the line under the reports
// around that time, because a report may be late and is never early. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace refwave::loopback {

class Pace {
 public:
  /// `times_ns`: the times of the blocks' reports; not empty.
  Pace(const std::vector<std::int64_t>& times_ns, std::uint32_t block_frames, std::uint32_t rate);

  /// Returns: the time at which so many frames were done, in ns.
  double time_of(double frames) const;
  /// Returns: how many frames were done at that time.
  double frames_at(double time_ns) const;

 private:
  double earliest(std::size_t block) const;
  bool is_interrupted(std::size_t block) const;

  const std::vector<std::int64_t>& times_ns_;
  double block_frames_;
  double ns_per_frame_;
  std::size_t reach_;  // blocks before and after the time that the line takes into account
};

}  // namespace refwave::loopback
