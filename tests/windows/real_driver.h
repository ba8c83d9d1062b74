// refwave.drv, loaded like by Windows' own winmm: OpenDriver, then wave messages to the module's exports.
// Wine's waveOut functions load no such driver.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/temporary_folder.h"
#include "tests/winmm/raw_stream.h"

namespace refwave::test {

/// Effects: `toml` configures every driver that this process enables from now on.
class Configured {
 public:
  explicit Configured(std::string_view toml);

  std::filesystem::path file() const { return folder_ / "refwave.toml"; }

 private:
  TemporaryFolder folder_;
};

/// An open driver. Errors: a failed expectation, and handle() is null.
class RealDriver {
 public:
  RealDriver();
  ~RealDriver() {
    if (handle_ != nullptr) CloseDriver(handle_, 0, 0);
  }
  RealDriver(const RealDriver&) = delete;
  RealDriver& operator=(const RealDriver&) = delete;

  HDRVR handle() const { return handle_; }
  WaveMessage wave_out() const { return wave_out_; }

 private:
  HDRVR handle_ = nullptr;
  WaveMessage wave_out_ = nullptr;
};

/// Expects: the driver plays four milliseconds of silence, by their flags, in ten seconds.
void expect_playing(const RealDriver& driver);

}  // namespace refwave::test
