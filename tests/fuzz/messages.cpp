#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "tests/fuzz/wave_client.h"

namespace refwave::fuzz {
namespace {

/// No string here names a file: a fuzzer must not choose which files are written.
constexpr const char16_t* kStrings[] = {
    u"device=clocked; clock=0; period=32; completion=direct; linger_ms=0",
    u"device=clocked; clock=0; period=32; linger_ms=60000",
    u"device=clocked; clock=0; rate=44100; channels=1; format=u8; ring=16; done=played; completion=direct",
    u"output=clocked|clocked; input=; clock=0; loop=true",
    u"output=nowhere; fallback=none; no such key=1; clock=0",
    u""};
constexpr DWORD_PTR kNumbers[] = {0, 1, 2, 0xFFFF, 0xFFFF'FFFF, std::numeric_limits<DWORD_PTR>::max()};

/// A program that sends messages without sense, with parameters that it may use.
class Sender {
 public:
  explicit Sender(Reader& reader) : reader_(reader) {
    for (std::size_t i = 0; i < places_.size(); ++i) places_[i].is_input = i % 2 != 0;
  }
  /// Effects: the driver ends, whatever state it is in. Throws: Broken, if a header did not come back.
  void finish() {
    proc(DRV_DISABLE);
    proc(DRV_FREE);
    forget_streams();
    for (Place& place : places_) place.finish();
  }

  void act() {
    constexpr void (Sender::*acts[])() = {&Sender::life,  &Sender::open,       &Sender::write,
                                          &Sender::write, &Sender::about_wave, &Sender::about_wave,
                                          &Sender::step,  &Sender::answers,    &Sender::statistics,
                                          &Sender::trace, &Sender::nonsense,   &Sender::settings};
    (this->*acts[reader_.one_of(std::size(acts))])();
  }

 private:
  LRESULT proc(UINT message, LPARAM first = 0, LPARAM second = 0) const {
    return DriverProc(instance_, nullptr, message, first, second);
  }
  static LPARAM parameter(const void* object) { return reinterpret_cast<LPARAM>(object); }
  Place& any() { return places_[reader_.one_of(places_.size())]; }
  DWORD_PTR number() { return kNumbers[reader_.one_of(std::size(kNumbers))]; }

  void life() {
    constexpr UINT kinds[] = {DRV_LOAD,    DRV_ENABLE, DRV_ENABLE, DRV_OPEN,    DRV_CLOSE,
                              DRV_DISABLE, DRV_FREE,   DRV_POWER,  DRV_INSTALL, DRV_QUERYCONFIGURE};
    const UINT kind = kinds[reader_.one_of(std::size(kinds))];
    proc(kind);
    if (kind == DRV_DISABLE || kind == DRV_FREE) forget_streams();
  }
  /// The driver has ended them, and the next one may give their handles to others.
  void forget_streams() {
    for (Place& place : places_) {
      place.is_open = false;
      place.handle = 0;
    }
  }
  void settings() {
    const char16_t* text = kStrings[reader_.one_of(std::size(kStrings))];
    const LRESULT instance = proc(DRV_OPEN, parameter(text));
    if (instance != 0) instance_ = static_cast<DWORD_PTR>(instance);
  }

  void open() {
    Place& place = any();
    const WAVEFORMATEX& format = kFormats[reader_.one_of(kFormats.size())];
    constexpr DWORD flags[] = {CALLBACK_FUNCTION, WAVE_FORMAT_QUERY, CALLBACK_FUNCTION | WAVE_ALLOWSYNC};
    if (!place.is_open) place.open(format, flags[reader_.one_of(std::size(flags))]);
  }

  void write() {
    Place& place = any();
    Written& block = place.written[reader_.one_of(place.written.size())];
    const std::size_t length = reader_.number<std::uint16_t>() % 700;
    const DWORD flags = reader_.byte();  // Windows has no others
    if (block.is_queued()) return;
    block.renew(length);
    WAVEHDR& header = *block.header;
    header.dwFlags = flags;
    const DWORD loops = reader_.byte();
    header.dwLoops = loops == 0xFF ? 0xFFFF'FFFF : loops;
    header.dwBytesRecorded = loops;
    header.lpNext = reinterpret_cast<WAVEHDR*>(std::uintptr_t{1});
    header.reserved = loops;
    place.send(place.either(WODM_PREPARE, WIDM_PREPARE), contract::address_of(&header), sizeof(WAVEHDR));
    place.write(block);
  }

  /// Messages of a stream that need no memory, to any device.
  void about_wave() {
    constexpr UINT outputs[] = {WODM_CLOSE,     WODM_PAUSE,   WODM_RESTART,    WODM_RESET,
                                WODM_BREAKLOOP, WODM_RESTART, WODM_GETNUMDEVS, WODM_SETVOLUME};
    constexpr UINT inputs[] = {WIDM_CLOSE, WIDM_STOP,  WIDM_START,      WIDM_RESET,
                               WIDM_START, WIDM_START, WIDM_GETNUMDEVS, WIDM_START};
    const std::size_t which = reader_.one_of(std::size(outputs));
    const Place& place = any();
    const auto device = static_cast<UINT>(reader_.one_of(4) == 0 ? number() : 0);
    // A close is another matter: the place remembers it.
    if (outputs[which] == WODM_CLOSE) {
      const_cast<Place&>(place).close();
    } else {
      place.send(place.either(outputs[which], inputs[which]), number(), 0, device);
    }
  }

  void step() { proc(REFWAVE_STEP, static_cast<LPARAM>(reader_.one_of(12))); }

  /// Answers into memory of exactly the size that the message names.
  void answers() {
    const Place& place = any();
    const std::size_t size = reader_.byte();
    const auto memory = std::make_unique<std::byte[]>(size);
    const DWORD_PTR target = reader_.one_of(8) == 0 ? 0 : contract::address_of(memory.get());
    constexpr UINT outputs[] = {WODM_GETDEVCAPS, WODM_GETPOS};
    constexpr UINT inputs[] = {WIDM_GETDEVCAPS, WIDM_GETPOS};
    const std::size_t which = reader_.one_of(std::size(outputs));
    place.send(place.either(outputs[which], inputs[which]), target, size);
    if (size >= sizeof(DWORD)) place.send(WODM_GETVOLUME, target);
    proc(REFWAVE_GET_WARNINGS, static_cast<LPARAM>(target), static_cast<LPARAM>(size));
    proc(REFWAVE_LIST_DEVICES, parameter(memory.get()), static_cast<LPARAM>(size / sizeof(REFWAVE_DEVICE)));
  }

  void statistics() {
    const auto size = static_cast<DWORD>(reader_.number<std::uint16_t>() % (sizeof(REFWAVE_STATISTICS) + 16));
    const auto memory = std::make_unique<std::byte[]>(std::max<std::size_t>(size, sizeof(size)));
    std::memcpy(memory.get(), &size, sizeof(size));
    proc(REFWAVE_GET_STATISTICS, parameter(memory.get()));
    any().send(REFWAVE_GET_STATISTICS, contract::address_of(memory.get()));
  }

  void trace() {
    const std::size_t event = reader_.byte() % 64U;
    const std::size_t room = reader_.byte();
    const auto memory = std::make_unique<std::byte[]>(event * room);
    REFWAVE_TRACE_BATCH batch{};
    batch.cbSize = sizeof(batch) - static_cast<DWORD>(reader_.one_of(8) == 0);
    batch.cbEvent = static_cast<DWORD>(event);
    batch.dwRoom = static_cast<DWORD>(room);
    batch.pEvents = reinterpret_cast<REFWAVE_TRACE_EVENT*>(memory.get());
    constexpr UINT kinds[] = {REFWAVE_TRACE_START, REFWAVE_TRACE_READ, REFWAVE_TRACE_READ,
                              REFWAVE_TRACE_STOP};
    const UINT kind = kinds[reader_.one_of(std::size(kinds))];
    proc(kind, kind == REFWAVE_TRACE_READ ? parameter(&batch) : static_cast<LPARAM>(number()));
    require(batch.dwEvents <= batch.dwRoom, "no more events than there is room for");
  }

  /// Messages that do not exist or are not meant for drivers, handles that never were, times without end.
  void nonsense() {
    const DWORD_PTR user = number();
    const UINT message = 100 + reader_.number<std::uint16_t>();
    const bool is_own = message >= REFWAVE_MESSAGE_BASE && message <= REFWAVE_MESSAGE_LAST;
    if (is_own) return;
    for (const auto send : {wodMessage, widMessage}) send(0, message, user, 0, 0);
    wodMessage(0, WODM_RESET, ~user, 0, 0);
    proc(message);
    constexpr LPARAM times[] = {0, -1, 1, std::numeric_limits<LPARAM>::min()};
    proc(REFWAVE_SETTLE, times[reader_.one_of(std::size(times))]);
  }

  Reader& reader_;
  DWORD_PTR instance_ = 0;
  std::array<Place, 4> places_;
};

}  // namespace

void messages(Bytes input) {
  setenv("REFWAVE_CONFIG", "", 1);  // the user's own settings are not under test
  Reader reader(input);
  Sender sender(reader);
  for (int i = 0; i < 300 && !reader.at_end(); ++i) sender.act();
  sender.finish();
}

}  // namespace refwave::fuzz
