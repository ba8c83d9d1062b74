// Each act on the driver and on the model: the message, and the answer that the contract requires.
#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <limits>

#include "dsp/speed/varispeed.h"
#include "tests/contract/model/runner.h"

namespace refwave::contract {
namespace {

constexpr WORD kRate = 48'000;
// One format of each kind, at the device's rate, so that a client's frame is a device frame.
constexpr std::array<WAVEFORMATEX, 3> kFormats{{{WAVE_FORMAT_PCM, 2, kRate, kRate * 4, 4, 16, 0},
                                                {WAVE_FORMAT_PCM, 1, kRate, kRate, 1, 8, 0},
                                                {WAVE_FORMAT_PCM, 2, kRate, kRate * 6, 6, 24, 0}}};

// From this many queued headers on, further headers are a period long and no loops, and an open loop is ended
// a little before. So the ring always holds a period, and the model need not know the ring.
constexpr std::size_t kFew = 14;
constexpr std::size_t kEndLoops = 11;

/// Returns: how long to step. Sometimes this is longer than the driver waits for the end of a loop.
std::uint32_t periods_of(std::uint32_t value) {
  constexpr std::uint32_t kLong = 24'000 / kPeriod + 10;
  return value % 2'000 == 0 ? kLong : value % 3 + 1;
}

}  // namespace

void Runner::perform(const Operation& operation) {
  if (operation.act == Act::step) return step(periods_of(operation.value));
  constexpr Handler handlers[] = {
      &Runner::open,  &Runner::close,          &Runner::prepare,   &Runner::unprepare, &Runner::write,
      &Runner::hold,  &Runner::run_on,         &Runner::reset,     &Runner::position,  &Runner::break_loop,
      &Runner::pitch, &Runner::scramble_flags, &Runner::long_loop, &Runner::questions};
  Place& place = places_[operation.place];
  bool owes = false;
  {
    const std::lock_guard lock(mutex_);
    const bool inside_a_callback =
        std::ranges::any_of(places_, [](const Place& each) { return each.depth != 0; });
    (this->*handlers[static_cast<std::size_t>(operation.act)])(place, operation);
    if (inside_a_callback || failure_) return;
    owes = !owes_nothing();
  }
  if (owes) settle();
  compare();
}

void Runner::send_as(Place& place, UINT message, DWORD_PTR user, DWORD_PTR first, DWORD_PTR second,
                     MMRESULT expected) {
  const MMRESULT result = (place.input ? widMessage : wodMessage)(0, message, user, first, second);
  if (result != expected)
    fail("stream " + std::to_string(place.index) + ": message " + std::to_string(message) +
         " was answered with " + std::to_string(result) + ", not " + std::to_string(expected));
}

void Runner::send(Place& place, UINT message, DWORD_PTR first, DWORD_PTR second, MMRESULT expected) {
  send_as(place, message, place.handle, first, second,
          place.open ? expected : MMRESULT{MMSYSERR_INVALHANDLE});
}

// --- the stream's life ---

void Runner::open(Place& place, const Operation& operation) {
  if (place.open) return position(place, operation);
  const WAVEFORMATEX& format = kFormats[place.index % kFormats.size()];
  const WAVEOPENDESC description = open_description(format, &called, &place);
  place.model =
      std::make_unique<ModelStream>(place.input, format.nBlockAlign, client(place).model, phase_.ring);
  place.model->owed.push_back({either(place, WOM_OPEN, WIM_OPEN), kNoHeader});
  place.open = true;
  send_as(place, either(place, WODM_OPEN, WIDM_OPEN), address_of(&place.handle), address_of(&description),
          CALLBACK_FUNCTION, MMSYSERR_NOERROR);
}

void Runner::close(Place& place, const Operation&) {
  const MMRESULT expected = place.open ? place.model->close() : MMRESULT{MMSYSERR_INVALHANDLE};
  place.closing = true;
  if (expected == MMSYSERR_NOERROR) place.open = false;
  send_as(place, either(place, WODM_CLOSE, WIDM_CLOSE), place.handle, 0, 0, expected);
  place.closing = false;
}

void Runner::hold(Place& place, const Operation&) {
  if (place.open) place.model->hold();
  send(place, either(place, WODM_PAUSE, WIDM_STOP), 0, 0, MMSYSERR_NOERROR);
}

void Runner::run_on(Place& place, const Operation&) {
  if (place.open) place.model->run();
  send(place, either(place, WODM_RESTART, WIDM_START), 0, 0, MMSYSERR_NOERROR);
}

void Runner::reset(Place& place, const Operation&) {
  if (place.open) place.model->reset();
  send(place, either(place, WODM_RESET, WIDM_RESET), 0, 0, MMSYSERR_NOERROR);
}

void Runner::break_loop(Place& place, const Operation& operation) {
  if (place.input) return position(place, operation);
  if (place.open) place.model->break_loop();
  send(place, WODM_BREAKLOOP, 0, 0, MMSYSERR_NOERROR);
}

// --- headers ---

void Runner::prepare(Place& place, const Operation& operation) {
  ModelHeader& header = client(place).model[operation.header];
  if (place.open && (header.flags & WHDR_PREPARED) == 0)
    header.flags = (header.flags | WHDR_PREPARED) & ~DWORD{WHDR_DONE | WHDR_INQUEUE};
  send(place, either(place, WODM_PREPARE, WIDM_PREPARE), address_of(&client(place).headers[operation.header]),
       sizeof(WAVEHDR), MMSYSERR_NOERROR);
}

void Runner::unprepare(Place& place, const Operation& operation) {
  ModelHeader& header = client(place).model[operation.header];
  const bool queued = (header.flags & WHDR_INQUEUE) != 0;
  if (place.open && !queued) header.flags &= ~DWORD{WHDR_PREPARED};
  send(place, either(place, WODM_UNPREPARE, WIDM_UNPREPARE),
       address_of(&client(place).headers[operation.header]), sizeof(WAVEHDR),
       queued ? WAVERR_STILLPLAYING : MMSYSERR_NOERROR);
}

/// Effects: makes the client's header ready for the next write.
void Runner::fill_in(Place& place, std::size_t index, std::uint32_t value) {
  ModelHeader& header = client(place).model[index];
  if (header.queued) return;
  const std::size_t queued = place.open ? place.model->queued() : 0;
  const bool few = queued < kFew;
  // Sometimes it is written as it is, prepared or not.
  if (value % 16 != 0) header.flags = (header.flags | WHDR_PREPARED) & ~DWORD{WHDR_INQUEUE};
  header.flags &= ~DWORD{WHDR_BEGINLOOP | WHDR_ENDLOOP};
  const std::uint32_t loop = value >> 4;
  if (few && loop % 4 == 1 && queued < kEndLoops) header.flags |= WHDR_BEGINLOOP;
  const bool is_to_end = place.open && place.model->in_loop() && queued >= kEndLoops;
  if (is_to_end || (few && (loop >> 2) % 3 == 1)) header.flags |= WHDR_ENDLOOP;
  constexpr DWORD loops[] = {0, 1, 2, 3, 5, 0xFFFF'FFFF};
  header.loops = loops[(value >> 8) % std::size(loops)];
  const DWORD frame = place.model ? place.model->frame_bytes() : 4;
  const DWORD frames = (value >> 12) % 40 + (few ? 0 : kPeriod);
  header.length = (value >> 18) % 8 == 0 && few ? 0 : frames * frame + (value >> 21) % frame;
  header.has_data = (value >> 24) % 64 != 0;
  WAVEHDR& real = client(place).headers[index];
  real.dwFlags = header.flags;
  real.dwLoops = header.loops;
  real.dwBufferLength = header.length;
  real.lpNext = reinterpret_cast<WAVEHDR*>(std::uintptr_t{1});
  real.reserved = value;
  auto& data = client(place).data[index];
  data = std::make_unique<char[]>(header.length);
  real.lpData = header.has_data ? data.get() : nullptr;
}

void Runner::write_as_is(Place& place, std::size_t index) {
  const MMRESULT expected = place.open ? place.model->write(index) : MMRESULT{MMSYSERR_INVALHANDLE};
  writing_ = true;
  send(place, either(place, WODM_WRITE, WIDM_ADDBUFFER), address_of(&client(place).headers[index]),
       sizeof(WAVEHDR), expected);
  writing_ = false;
}

void Runner::write(Place& place, const Operation& operation) {
  fill_in(place, operation.header, operation.value);
  write_as_is(place, operation.header);
}

/// Sets the flags of a header that is not queued to any value, as a client may.
void Runner::scramble_flags(Place& place, const Operation& operation) {
  ModelHeader& header = client(place).model[operation.header];
  if (header.queued) return;
  header.flags = operation.value & (WHDR_DONE | WHDR_PREPARED | WHDR_INQUEUE);
  client(place).headers[operation.header].dwFlags = header.flags;
}

/// Writes a loop of one header more than the ring holds, without its end. Does nothing if the client has
/// fewer headers than the ring.
void Runner::long_loop(Place& place, const Operation& operation) {
  if (place.input || !place.open || phase_.ring >= kHeadersEach) return;
  reset(place, operation);
  hold(place, operation);
  std::size_t written = 0;
  for (std::size_t i = 0; i < kHeadersEach && written <= phase_.ring; ++i) {
    ModelHeader& header = client(place).model[i];
    if (header.queued) continue;
    fill_in(place, i, 0x100'1001);
    header.flags = WHDR_PREPARED | (written == 0 ? WHDR_BEGINLOOP : 0);
    header.loops = 3;
    client(place).headers[i].dwFlags = header.flags;
    client(place).headers[i].dwLoops = header.loops;
    write_as_is(place, i);
    ++written;
  }
  reset(place, operation);
}

void Runner::position(Place& place, const Operation& operation) {
  const UINT message = either(place, WODM_GETPOS, WIDM_GETPOS);
  MMTIME time{};
  constexpr UINT types[] = {TIME_BYTES, TIME_SAMPLES, TIME_MS, TIME_SMPTE};
  time.wType = types[operation.value / 8 % std::size(types)];
  const bool samples = time.wType == TIME_SAMPLES;
  send(place, message, address_of(&time), sizeof(time), MMSYSERR_NOERROR);
  if (!place.open) return;
  const std::uint64_t frames = place.model->position();
  const auto expected = static_cast<DWORD>(samples ? frames : frames * place.model->frame_bytes());
  if (time.wType != static_cast<UINT>(samples ? TIME_SAMPLES : TIME_BYTES) || time.u.cb != expected)
    fail("stream " + std::to_string(place.index) + ": wrong position " + std::to_string(time.u.cb));
}

/// Sets another pitch or playback rate, and sets it back before the next period, which changes nothing.
void Runner::pitch(Place& place, const Operation& operation) {
  if (place.input) return position(place, operation);
  constexpr std::array<DWORD, 3> kFactors = {0x8000, 0x20000, 0x10000};
  // Streams share filters. Without this one the next stream would spend milliseconds on new ones.
  static const auto keeps_filters = dsp::Varispeed::make(1, dsp::Quality::medium);
  for (const DWORD factor : kFactors) keeps_filters->prepare(dsp::Ratio{factor} * dsp::kUnity);
  const bool is_pitch = operation.value % 2 == 0;
  const UINT set = is_pitch ? WODM_SETPITCH : WODM_SETPLAYBACKRATE;
  const UINT get = is_pitch ? WODM_GETPITCH : WODM_GETPLAYBACKRATE;
  const MMRESULT answer = place.open ? MMSYSERR_NOERROR : MMSYSERR_INVALHANDLE;
  for (const DWORD value : kFactors) {
    send_as(place, set, place.handle, value, 0, answer);
    DWORD got = value;
    send_as(place, get, place.handle, address_of(&got), 0, answer);
    if (got != value) fail("wrong pitch or rate");
  }
}

/// Asks for answers into memory of exactly the stated size, and sends messages and handles that there are
/// not. None of it changes anything.
void Runner::questions(Place& place, const Operation& operation) {
  const auto send_both = [&](UINT message, DWORD_PTR first, DWORD_PTR second) {
    (place.input ? widMessage : wodMessage)(0, message, place.handle, first, second);
    driver_.send(message, static_cast<LPARAM>(first), static_cast<LPARAM>(second));
  };
  const std::size_t size = operation.value % 256, room = operation.header;
  const auto memory = std::make_unique<std::byte[]>(size);
  const DWORD_PTR target = operation.value >> 8 & 7U ? address_of(memory.get()) : 0;
  for (const UINT message :
       {either(place, WODM_GETDEVCAPS, WIDM_GETDEVCAPS), either(place, WODM_GETPOS, WIDM_GETPOS)})
    (place.input ? widMessage : wodMessage)(0, message, place.handle, target, size);
  if (size >= sizeof(DWORD)) wodMessage(0, WODM_GETVOLUME, place.handle, target, 0);
  driver_.send(REFWAVE_GET_WARNINGS, static_cast<LPARAM>(target), static_cast<LPARAM>(size));

  const auto stated = static_cast<DWORD>((operation.value >> 11) % (sizeof(REFWAVE_STATISTICS) + 16));
  const auto statistics = std::make_unique<std::byte[]>(std::max<std::size_t>(stated, sizeof stated));
  std::memcpy(statistics.get(), &stated, sizeof stated);
  send_both(REFWAVE_GET_STATISTICS, address_of(statistics.get()), 0);

  const auto events = std::make_unique<std::byte[]>(size % 64 * room);
  REFWAVE_TRACE_BATCH batch{};
  batch.cbSize = sizeof(batch) - static_cast<DWORD>(operation.value >> 20 & 1U);
  batch.cbEvent = static_cast<DWORD>(size % 64);
  batch.dwRoom = static_cast<DWORD>(room);
  batch.pEvents = reinterpret_cast<REFWAVE_TRACE_EVENT*>(events.get());
  if (operation.value >> 21 & 1U) driver_.send(REFWAVE_TRACE_START);
  driver_.send(REFWAVE_TRACE_READ, reinterpret_cast<LPARAM>(&batch));
  if (batch.dwEvents > batch.dwRoom) fail("a trace has more events than there is room for");
  if (operation.value >> 22 & 1U) driver_.send(REFWAVE_TRACE_STOP);

  const UINT unknown = 200 + (operation.value >> 16);
  if (unknown < REFWAVE_MESSAGE_BASE || unknown > REFWAVE_MESSAGE_LAST)
    send_both(unknown, operation.value, 0);
  for (const DWORD_PTR handle :
       {DWORD_PTR{0}, DWORD_PTR{1}, ~place.handle, std::numeric_limits<DWORD_PTR>::max()})
    wodMessage(0, WODM_RESET, handle, 0, 0);
  driver_.send(REFWAVE_SETTLE, operation.value >> 23 & 1U ? std::numeric_limits<LPARAM>::min() : -1);
}

}  // namespace refwave::contract
