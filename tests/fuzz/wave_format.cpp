#include <algorithm>
#include <cstring>

#include "tests/fuzz/wave_client.h"

namespace refwave::fuzz {
namespace {

constexpr const char* kSettings =
    "device=clocked; clock=0; rate=48000; period=64; completion=direct; linger_ms=60000";

constexpr std::uint8_t kNoFormat[1]{};

/// A format in memory that ends where Windows' documentation lets it end: a PCMWAVEFORMAT has no cbSize, and
/// cbSize bytes follow a WAVEFORMATEX.
class ExactFormat {
 public:
  explicit ExactFormat(Bytes input) {
    WAVEFORMATEX head{};
    if (input.empty()) input = kNoFormat;
    std::memcpy(&head, input.data(), std::min(input.size(), sizeof(head)));
    const bool is_pcm = head.wFormatTag == WAVE_FORMAT_PCM;
    const std::size_t size = is_pcm ? sizeof(PCMWAVEFORMAT) : sizeof(WAVEFORMATEX) + head.cbSize;
    memory_ = std::make_unique<std::byte[]>(size);
    std::memcpy(memory_.get(), input.data(), std::min(input.size(), size));
  }
  const WAVEFORMATEX& format() const { return *reinterpret_cast<const WAVEFORMATEX*>(memory_.get()); }

 private:
  std::unique_ptr<std::byte[]> memory_;
};

void play(Place& place, const contract::DirectDriver& driver, std::size_t length) {
  Written& block = place.written[0];
  block.renew(length);
  place.send(place.either(WODM_PREPARE, WIDM_PREPARE), contract::address_of(block.header.get()),
             sizeof(WAVEHDR));
  require(place.write(block) == MMSYSERR_NOERROR, "a stream of any format takes a header");
  place.send(place.either(WODM_RESTART, WIDM_START));
  driver.step(4);
  place.finish();
}

}  // namespace

/// The direction, the length of a header, then the format.
void wave_format(Bytes input) {
  Reader reader(input);
  Place place;
  place.is_input = reader.byte() % 2 != 0;
  const auto length = reader.number<std::uint16_t>() % 4'096U;
  const ExactFormat exact(reader.rest());
  const contract::DirectDriver driver(kSettings);
  const DWORD asked = place.open(exact.format(), WAVE_FORMAT_QUERY);
  require(asked == MMSYSERR_NOERROR || asked == WAVERR_BADFORMAT, "a format can be played, or is bad");
  require(place.open(exact.format()) == asked, "the open does as the query said");
  if (asked == MMSYSERR_NOERROR) play(place, driver, length);
}

}  // namespace refwave::fuzz
