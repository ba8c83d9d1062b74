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
  explicit RealDriver(const std::wstring& path = driver_path());
  ~RealDriver() { close(); }
  RealDriver(const RealDriver&) = delete;
  RealDriver& operator=(const RealDriver&) = delete;

  /// Effects: the last CloseDriver unloads the driver. Returns: what it returned.
  LRESULT close();
  HDRVR handle() const { return handle_; }
  WaveMessage wave_out() const { return wave_out_; }

  static std::wstring driver_path();

 private:
  HDRVR handle_ = nullptr;
  WaveMessage wave_out_ = nullptr;
};

/// Expects: the driver plays four milliseconds of silence, by their flags, in ten seconds.
void expect_playing(const RealDriver& driver);

/// Returns: threads, or handles, that this process has.
std::size_t threads_of_this_process();
std::size_t handles_of_this_process();

}  // namespace refwave::test
