// A device's side: the gate between its audio thread and the code that the thread calls, and the way of a
// capture to its file.
#include <array>
#include <cstddef>

#include "hal/callback_gate.h"
#include "hal/capture/byte_ring.h"
#include "tests/memory_model/checker/scenario.h"

namespace refwave::memory_model {
namespace {

/// A control thread shuts the gate, changes what lies behind it, and opens it again.
class Gate final : public Play {
 public:
  Gate() {
    gate_.open();
    thread("audio", [this] {
      for (int i = 0; i < 3; ++i) {
        if (!gate_.enter()) continue;
        behind_ = behind_ + 1;
        gate_.leave();
      }
    });
    thread("control", [this] {
      for (int i = 0; i < 2; ++i) {
        gate_.shut();
        expect(gate_.wait_until_empty(std::chrono::steady_clock::time_point::max()), "the gate gets empty");
        behind_ = 0;
        gate_.open();
      }
    });
  }

 private:
  hal::CallbackGate gate_;
  int behind_ = 0;
};
const Registered<Gate> gate("gate", "nobody is inside when the wait is over");

/// Bytes through a ring that is full and begins again.
class Bytes final : public Play {
 public:
  Bytes() {
    thread("audio", [this] {
      for (std::size_t i = 0; i < kTimes; ++i) {
        const std::array<std::byte, 3> bytes{byte(3 * i), byte(3 * i + 1), byte(3 * i + 2)};
        while (!ring_.write(bytes)) pause();
      }
    });
    thread("writer", [this] {
      std::array<std::byte, 2> bytes{};
      while (read_ < 3 * kTimes) {
        const std::size_t count = ring_.read(bytes);
        if (count == 0) pause();
        for (std::size_t i = 0; i < count; ++i) expect(bytes[i] == byte(read_++), "bytes in order");
      }
    });
  }

 private:
  static constexpr std::size_t kTimes = 4;
  static std::byte byte(std::size_t number) { return static_cast<std::byte>(number + 1); }

  hal::ByteRing ring_{4};
  std::size_t read_ = 0;
};
const Registered<Bytes> bytes("capture", "what a capture takes goes whole to its file");

}  // namespace
}  // namespace refwave::memory_model
