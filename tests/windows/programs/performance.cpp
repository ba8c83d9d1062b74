#include "tests/windows/programs/performance.h"

#include <cstdlib>

#include "tests/support/eventually.h"

namespace refwave::test {

Recording wait_for_recording() {
  const std::filesystem::path path = std::getenv("REFWAVE_RECORDING");
  constexpr auto kSecondBytes = static_cast<std::uintmax_t>(Recording::kRate) * 2 * sizeof(std::int32_t);
  const auto enough = std::filesystem::file_size(path) + kSecondBytes;
  eventually([&] { return std::filesystem::file_size(path) >= enough; }, std::chrono::seconds(30));
  return read_raw(path);
}

std::ostream& operator<<(std::ostream& stream, const Performance& performance) {
  return stream << (performance.route == Route::clocked ? "on the clocked device" : "through WASAPI") << '\n'
                << (performance.exit_status == GuestProgram::kHung ? "had to be stopped\n" : "")
                << performance.output;
}

std::vector<Performance> perform(const std::string& program, const std::string& arguments) {
  GuestProgram clocked(program, Route::clocked);
  GuestProgram wasapi(program, Route::wasapi);
  clocked.start(arguments);
  wasapi.start(arguments);
  const int clocked_status = clocked.wait();
  const int wasapi_status = wasapi.wait();
  return {{Route::clocked, clocked_status, clocked.output(), read_wav(clocked.capture())},
          {Route::wasapi, wasapi_status, wasapi.output(), wait_for_recording()}};
}

}  // namespace refwave::test
