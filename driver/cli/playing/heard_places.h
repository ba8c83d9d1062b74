// Where a stream was heard, and for how long: on which devices, and on none while the clocked device served
// in their place. Main thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace refwave::cli {

class HeardPlaces {
 public:
  /// Effects: from `position` on the stream is at `device`, in the words of a sentence. `is_heard`: whether
  /// that is what the listener wanted.
  void note(std::uint64_t position, const std::string& device, bool is_heard);
  /// Effects: the stream's position begins at 0 again, at the newest device.
  void begin_anew();

  /// Returns: the devices of the frames from `begin` to `end`, with seconds if there are several: "\"a\"",
  /// "\"a\" for 25.9 s, and unheard for 4.10 s".
  std::string text(std::uint64_t begin, std::uint64_t end, std::uint32_t rate) const;

 private:
  struct Place {
    std::uint64_t from = 0;
    std::string device;
    bool is_heard = true;
  };

  std::vector<Place> places_;
};

}  // namespace refwave::cli
