#include <array>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/trace/block_pieces.h"
#include "bench/trace/picture.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {
namespace {

constexpr std::size_t kThreads = 4;

/// A recording with any events and stamps. Each thread's times rise; beyond that they have nothing to do with
/// each other.
class Recorder {
 public:
  explicit Recorder(Bytes input) : reader_(input) {}

  trace::Recording record() {
    while (!reader_.at_end()) {
      const std::size_t kind = reader_.one_of(8);
      if (kind == 0) {
        const std::size_t length = reader_.one_of(32);
        for (std::size_t i = 0; i < length; ++i) recording_.device += static_cast<char>(reader_.byte());
      } else if (kind < 6) {
        recording_.events.push_back(event());
        lives_.add(recording_.events.back());
      } else if (kind == 6) {
        recording_.writes.push_back(stamp());
      } else {
        recording_.callbacks.push_back(stamp());
        lives_.add(recording_.callbacks.back());
      }
    }
    recording_.lives = lives_.take();
    return recording_;
  }

 private:
  REFWAVE_TRACE_EVENT event() {
    REFWAVE_TRACE_EVENT event{};
    event.wKind = reader_.byte();
    event.wSlot = static_cast<WORD>(reader_.byte() % 4);
    event.ullThread = reader_.one_of(kThreads);
    event.dwBlock = reader_.number<std::uint16_t>();
    event.ullNs = now_[event.ullThread] += reader_.number<std::uint16_t>();
    return event;
  }

  trace::ClientStamp stamp() {
    trace::ClientStamp stamp;
    stamp.slot = static_cast<std::uint16_t>(reader_.byte() % 4);
    stamp.block = reader_.number<std::uint16_t>();
    stamp.entered_ns = reader_.number<std::uint32_t>();
    stamp.left_ns = stamp.entered_ns + reader_.number<std::uint16_t>();
    return stamp;
  }

  Reader reader_;
  std::array<ULONGLONG, kThreads> now_{1'000, 2'000, 3'000, 100'000};
  trace::Recording recording_;
  trace::BlockLives lives_;
};

}  // namespace

void trace_picture(Bytes input) {
  const trace::Recording recording = Recorder(input).record();
  for (const trace::BlockLife& life : recording.lives) {
    for (const std::int64_t piece : trace::pieces_of(life)) require(piece >= 0, "no piece is negative");
  }
  std::ostringstream file;
  trace::write_picture(file, recording);
  const nlohmann::json picture = nlohmann::json::parse(file.str(), nullptr, false);
  require(!picture.is_discarded(), "a picture is JSON");
  for (const nlohmann::json& event : picture.at("traceEvents"))
    require(event.value("dur", 0.0) >= 0, "no slice ends before it begins");
}

}  // namespace refwave::fuzz
