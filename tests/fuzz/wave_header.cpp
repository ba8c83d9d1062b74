#include "tests/fuzz/wave_client.h"

namespace refwave::fuzz {
namespace {

constexpr const char* kSteppedSettings[] = {
    "device=clocked; clock=0; rate=48000; period=16; ring=16; completion=direct; linger_ms=60000",
    "device=clocked; clock=0; rate=48000; period=16; ring=16; loop=true; linger_ms=60000"};

/// A client that fills in its headers in any way while they are its own.
class Scribbler {
 public:
  Scribbler(Place& place, const contract::DirectDriver& driver, Reader& reader)
      : place_(place), driver_(driver), reader_(reader) {}

  void act() {
    constexpr void (Scribbler::*acts[])() = {&Scribbler::renew, &Scribbler::scribble, &Scribbler::prepare,
                                             &Scribbler::write, &Scribbler::write,    &Scribbler::unprepare,
                                             &Scribbler::step,  &Scribbler::command};
    (this->*acts[reader_.one_of(std::size(acts))])();
  }

 private:
  Written& any() { return place_.written[reader_.one_of(place_.written.size())]; }

  void renew() {
    Written& block = any();
    const std::size_t length = reader_.number<std::uint16_t>() % 600;
    if (!block.is_queued()) block.renew(length);
  }

  void scribble() {
    Written& block = any();
    WAVEHDR& header = *block.header;
    const auto flags = reader_.number<std::uint32_t>();
    const auto loops = reader_.number<std::uint32_t>();
    if (block.is_queued()) return;
    header.dwFlags = flags;
    header.dwLoops = loops;
    header.dwBytesRecorded = loops;
    header.dwUser = loops;
    header.lpNext = reinterpret_cast<WAVEHDR*>(std::uintptr_t{1});
    header.reserved = loops;
    if (loops % 8 == 1) header.lpData = nullptr;
  }

  /// Returns: the answer to a message about a header, of a size that may be too small.
  void send(UINT output, UINT input, Written& block) {
    constexpr DWORD_PTR sizes[] = {sizeof(WAVEHDR), sizeof(WAVEHDR), sizeof(WAVEHDR) - 1, 0};
    const DWORD_PTR size = sizes[reader_.one_of(std::size(sizes))];
    const DWORD answer =
        place_.send(place_.either(output, input), contract::address_of(block.header.get()), size);
    require((size == sizeof(WAVEHDR)) == (answer != MMSYSERR_INVALPARAM), "a header is whole or refused");
  }
  /// A header that is done may be prepared and written again at once, and is then no longer marked as done.
  /// Here the client waits until it is told, so that it can tell the one message from the other.
  void wait_until_told(const Written& block) const {
    if ((contract::flags_of(*block.header) & WHDR_DONE) != 0) driver_.settle(std::chrono::seconds(5));
  }
  void prepare() {
    Written& block = any();
    wait_until_told(block);
    send(WODM_PREPARE, WIDM_PREPARE, block);
  }
  void unprepare() { send(WODM_UNPREPARE, WIDM_UNPREPARE, any()); }

  void write() {
    Written& block = any();
    wait_until_told(block);
    if (!block.is_queued()) {
      place_.write(block);
    } else {
      send(WODM_WRITE, WIDM_ADDBUFFER, block);
    }
  }

  void step() { driver_.step(static_cast<std::uint32_t>(reader_.one_of(8))); }

  void command() {
    constexpr UINT outputs[] = {WODM_PAUSE, WODM_RESTART, WODM_RESET, WODM_BREAKLOOP};
    constexpr UINT inputs[] = {WIDM_STOP, WIDM_START, WIDM_RESET, WIDM_START};
    const std::size_t which = reader_.one_of(std::size(outputs));
    require(place_.send(place_.either(outputs[which], inputs[which])) == MMSYSERR_NOERROR,
            "a command is carried out");
  }

  Place& place_;
  const contract::DirectDriver& driver_;
  Reader& reader_;
};

}  // namespace

/// The settings, the direction and the format, then acts.
void wave_header(Bytes input) {
  Reader reader(input);
  const contract::DirectDriver driver(kSteppedSettings[reader.one_of(std::size(kSteppedSettings))]);
  Place place;
  place.is_input = reader.byte() % 2 != 0;
  const WAVEFORMATEX& format = kFormats[reader.one_of(kFormats.size())];
  require(place.open(format) == MMSYSERR_NOERROR, "a stream opens");
  Scribbler scribbler(place, driver, reader);
  while (!reader.at_end()) scribbler.act();
  place.finish();
}

}  // namespace refwave::fuzz
