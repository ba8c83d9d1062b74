// refwave.drv, loaded like by Windows' own winmm: OpenDriver, then wave messages to the module's exports.
// Wine's waveOut functions load no such driver.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "driver/abi/windows_headers.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {

inline DWORD_PTR address(const void* object) { return reinterpret_cast<DWORD_PTR>(object); }

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
  DWORD wave_out(UINT message, DWORD_PTR user = 0, DWORD_PTR first = 0, DWORD_PTR second = 0) const {
    return wave_out_(0, message, user, first, second);
  }

  static std::wstring driver_path();

 private:
  using WaveMessage = DWORD(APIENTRY*)(UINT, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR);

  HDRVR handle_ = nullptr;
  WaveMessage wave_out_ = nullptr;
};

/// An open output stream, 48 kHz stereo, and the one header that it plays: 10 ms of silence.
class Output {
 public:
  explicit Output(const RealDriver& driver);
  ~Output() { close(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  DWORD result() const { return result_; }
  /// Returns: what WODM_WRITE answered.
  DWORD play();
  /// Returns: whether the header is done, by its flag, in ten seconds.
  bool wait() const;
  /// Returns: what WODM_CLOSE answered; MMSYSERR_NOERROR when there is nothing to close.
  DWORD close();

 private:
  const RealDriver& driver_;
  DWORD_PTR stream_ = 0;
  DWORD result_ = MMSYSERR_ERROR;
  std::vector<char> data_ = std::vector<char>(4 * 480);
  WAVEHDR header_{};
};

/// Returns: threads, or handles, that this process has.
std::size_t threads_of_this_process();
std::size_t handles_of_this_process();

}  // namespace refwave::test
