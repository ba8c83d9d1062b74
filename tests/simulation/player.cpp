#include "tests/simulation/player.h"

#include <algorithm>

#include "driver/abi/windows_headers.h"
#include "tests/simulation/fault_times.h"
#include "tests/simulation/faulty_backend.h"
#include "tests/simulation/pages.h"

namespace refwave::simulation {
namespace {

using contract::address_of;
using contract::flags_of;

constexpr std::int64_t kPromiseNs = 500 * kMs;
constexpr std::int64_t kLongestOnTheWayNs = 90 * kMs;  // four periods of 1,024 frames, until they are heard
constexpr std::size_t kMostBytes = 48'000 / 5 * 32;    // a fifth of a second

/// Samples that are not checked, and a place for what is recorded.
std::byte* common_memory() {
  static std::array<std::byte, kMostBytes> memory;
  return memory.data();
}

/// Samples that a meter hears.
std::byte* loud_memory() {
  static std::array<std::byte, kMostBytes> memory = [] {
    std::array<std::byte, kMostBytes> loud{};
    loud.fill(std::byte{0x40});
    return loud;
  }();
  return memory.data();
}

WAVEFORMATEX pick_format(Dice& dice) {
  const bool is_mono = dice.once_in(2);
  // A resampler costs more than all the rest.
  const std::uint32_t kind = dice.below(10);
  const DWORD rate = kind == 0 ? 44'100 : kind == 1 ? 8'000 : 48'000;
  const bool is_surround = kind == 2;
  const WORD channels = is_surround ? (is_mono ? 6 : 8) : (is_mono ? 1 : 2);
  const WORD bits = is_surround ? 32 : 16;
  const auto align = static_cast<WORD>(channels * bits / 8);
  const WORD tag = is_surround ? WAVE_FORMAT_IEEE_FLOAT : WAVE_FORMAT_PCM;
  return {tag, channels, rate, rate * align, align, bits, 0};
}

}  // namespace

Player::Player(Habits habits, std::uint64_t seed, Tally& tally)
    : habits_(habits), input_(habits_.input), dice_(seed), tally_(tally) {
  format_ = pick_format(dice_);
}

void Player::fail(const std::string& what) {
  if (failure_.empty()) failure_ = std::string(input_ ? "input: " : "output: ") + what;
}

/// Returns: whether a refused message is to be sent once more.
bool Player::may_repeat(MMRESULT result) {
  return result != MMSYSERR_NOERROR && repeats != nullptr && repeats(result);
}

MMRESULT Player::send(UINT output, UINT input, DWORD_PTR first, DWORD_PTR second) {
  const TestCode driver(false);
  const auto message = input_ ? widMessage : wodMessage;
  const UINT number = input_ ? input : output;
  const MMRESULT result = message(0, number, handle_, first, second);
  return may_repeat(result) ? message(0, number, handle_, first, second) : result;
}

void Player::expect(MMRESULT result, const char* what) {
  if (result != MMSYSERR_NOERROR) fail(std::string(what) + " was answered with " + std::to_string(result));
}

MMRESULT Player::open() {
  const WAVEOPENDESC description = contract::open_description(format_, &called, this);
  running_ = !input_;
  open_ = true;
  closed_ = false;
  // The driver writes the handle there.
  handle_ = address_of(&handle_);
  const MMRESULT result = send(WODM_OPEN, WIDM_OPEN, address_of(&description), CALLBACK_FUNCTION);
  open_ = result == MMSYSERR_NOERROR;
  return result;
}

MMRESULT Player::close() {
  closing_ = true;
  const MMRESULT result = send(WODM_CLOSE, WIDM_CLOSE);
  closing_ = false;
  if (result != MMSYSERR_NOERROR) return result;
  open_ = false;
  if (!closed_) fail("closed, and the client was not notified");
  if (!owed_.empty()) fail(std::to_string(owed_.size()) + " headers lost at the close");
  return result;
}

Player::Header* Player::free_header() {
  const auto found = std::ranges::find(headers_, false, &Header::queued);
  return found == headers_.end() ? nullptr : &*found;
}

DWORD Player::pick_passes() { return dice_.once_in(10) ? static_cast<DWORD>(dice_.between(1, 3)) : 0; }

bool Player::submit(Header& header, std::byte* data, DWORD bytes, DWORD passes) {
  const bool loops = !input_ && passes != 0;
  header.header = {};
  header.header.lpData = reinterpret_cast<LPSTR>(data);
  header.header.dwBufferLength = bytes;
  header.header.dwFlags = WHDR_PREPARED | (loops ? WHDR_BEGINLOOP | WHDR_ENDLOOP : 0);
  header.header.dwLoops = loops ? passes : 0;
  looped_ = looped_ || header.header.dwLoops > 1;
  header.header.dwUser = address_of(&header);
  header.frames = bytes / format_.nBlockAlign * std::max<std::int64_t>(1, header.header.dwLoops);
  header.written_ns = now_ns();
  header.forgiven_ns = forgiven_ns_;
  header.queued = true;
  header.number = ++written_;
  // Before the call, because the message may come before it returns.
  owed_.push_back(static_cast<std::size_t>(&header - headers_.data()));
  ++tally_.written;
  writing_ = true;
  const MMRESULT result = send(WODM_WRITE, WIDM_ADDBUFFER, address_of(&header.header), sizeof(WAVEHDR));
  writing_ = false;
  if (result == MMSYSERR_NOERROR) return true;
  take_back(header);
  // Another thread closes the stream.
  if (!habits_.away && (result != MMSYSERR_INVALHANDLE || !closing_)) expect(result, "a write");
  return false;
}

/// The driver has refused the header, and owes nothing for it.
void Player::take_back(Header& header) {
  std::erase(owed_, static_cast<std::size_t>(&header - headers_.data()));
  header.queued = false;
  --tally_.written;
}

std::size_t Player::write(std::size_t count, std::int64_t most_ms) {
  std::size_t taken = 0;
  for (std::size_t i = 0; i < count; ++i) {
    // The other thread's write goes on. A callback does not wait for it.
    while (writing_ && !inside_) yield(1'000);
    Header* const header = free_header();
    if (header == nullptr || !open_ || writing_) break;
    const std::int64_t most = format_.nSamplesPerSec * most_ms / 1'000;
    const auto bytes =
        static_cast<DWORD>(dice_.between(dice_.once_in(16) ? 0 : 1, most)) * format_.nBlockAlign;
    if (submit(*header, common_memory(), std::min<DWORD>(bytes, kMostBytes), pick_passes())) ++taken;
  }
  return taken;
}

const std::byte* Player::write_page(std::int64_t back_ns) {
  while (writing_) yield(1'000);
  Header* const header = free_header();
  std::byte* const page = header != nullptr && open_ ? take_page() : nullptr;
  if (page == nullptr) return nullptr;
  paged_ = true;
  submit(*header, page, kPageBytes, pick_passes());
  page_out(page, back_ns);
  return page;
}

void Player::pause() {
  running_ = false;
  if (input_) exact_ = false;
  expect(send(WODM_PAUSE, WIDM_STOP), "a pause");
}

void Player::run() {
  if (!running_) resumed_ns_ = now_ns();
  running_ = true;
  expect(send(WODM_RESTART, WIDM_START), "a restart");
}

void Player::reset() {
  ++resets_;
  ++resetting_;
  exact_ = false;
  running_ = false;
  const std::int64_t begin_ns = now_ns();
  const std::int64_t forgiven_ns = forgiven_ns_;
  const MMRESULT result = send(WODM_RESET, WIDM_RESET);
  check_reset(begin_ns, forgiven_ns);
  // Another thread closes the stream.
  if (result != MMSYSERR_INVALHANDLE || !closing_) expect(result, "a reset");
  position_ = 0;
  ++resets_;
  --resetting_;
  running_ = !input_;
  resumed_ns_ = now_ns();
}

/// A thread that stays inside the stream holds up a reset no longer than a header.
void Player::check_reset(std::int64_t begin_ns, std::int64_t forgiven_ns) {
  const std::int64_t took_ns = now_ns() - begin_ns - (forgiven_ns_ - forgiven_ns);
  const std::size_t faults = std::max<std::size_t>(1, fault_times().since(begin_ns - kPromiseNs));
  if (took_ns > kPromiseNs * static_cast<std::int64_t>(faults))
    fail("a reset took " + std::to_string(took_ns / kMs) + " ms");
}

void Player::break_loop() {
  if (input_) return;
  exact_ = false;
  expect(send(WODM_BREAKLOOP, 0), "a break of a loop");
}

void Player::prepare_and_unprepare() {
  WAVEHDR header{};
  header.lpData = reinterpret_cast<LPSTR>(common_memory());
  header.dwBufferLength = kMostBytes;
  expect(send(WODM_PREPARE, WIDM_PREPARE, address_of(&header), sizeof(header)), "a prepare");
  expect(send(WODM_UNPREPARE, WIDM_UNPREPARE, address_of(&header), sizeof(header)), "an unprepare");
}

void Player::set_and_ask(UINT set, UINT get, DWORD value) {
  expect(send(set, 0, value), "a change of the sound");
  DWORD kept = ~value;
  expect(send(get, 0, address_of(&kept)), "a question for the sound");
  if (kept != value)
    fail("the sound was set to " + std::to_string(value) + " and is " + std::to_string(kept));
}

void Player::change_sound(DWORD volume, DWORD rate, DWORD pitch) {
  if (input_) return;
  set_and_ask(WODM_SETVOLUME, WODM_GETVOLUME, volume);
  set_and_ask(WODM_SETPLAYBACKRATE, WODM_GETPLAYBACKRATE, rate);
  set_and_ask(WODM_SETPITCH, WODM_GETPITCH, pitch);
}

float Player::look_at_statistics() {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof(statistics);
  expect(send(REFWAVE_GET_STATISTICS, REFWAVE_GET_STATISTICS, address_of(&statistics), REFWAVE_WITH_LEVELS),
         "a question for the statistics");
  if (statistics.dwSlotsInUse != 1) fail("the statistics are not of one stream");
  return statistics.fPeak;
}

void Player::look_at_position() {
  const std::uint64_t resets = resets_;
  MMTIME time{};
  time.wType = TIME_SAMPLES;
  expect(send(WODM_GETPOS, WIDM_GETPOS, address_of(&time), sizeof(time)), "a question for the position");
  // While a reset goes on, the position is of either side of it.
  if (resets != resets_ || resetting_ != 0) return;
  // The position has 32 bits.
  if (static_cast<std::int32_t>(time.u.sample - position_) < 0)
    fail("the position ran backwards, from " + std::to_string(position_) + " to " +
         std::to_string(time.u.sample));
  position_ = time.u.sample;
}

void Player::check_end() {
  look_at_position();
  // What an input has put into a header that is given back counts in the position alone.
  const bool is_known = exact_ && !(paged_ && (input_ || looped_));
  if (is_known && position_ != static_cast<DWORD>(played_))
    fail("the position is " + std::to_string(position_) + " of " + std::to_string(played_) + " frames");
}

void Player::play_loudly() {
  heard_ = 0;
  loud_ = open_ && owed_.empty() ? free_header() : nullptr;
  if (loud_ == nullptr) return;
  listen();
  const DWORD bytes = std::min<DWORD>(format_.nAvgBytesPerSec / 5, kMostBytes);
  submit(*loud_, input_ ? common_memory() : loud_memory(), bytes, 0);
}

void Player::listen() {
  if (loud_ != nullptr) heard_ = std::max(heard_, look_at_statistics());
}

void Player::check_heard() {
  if (loud_ == nullptr) return;
  const WAVEHDR& header = loud_->header;
  if (input_ ? header.dwBytesRecorded != header.dwBufferLength : heard_ == 0)
    fail("no sound after the faults");
}

std::string Player::state() const {
  std::string text = std::string(input_ ? "input" : "output") + (open_ ? "" : ", closed") +
                     (running_ ? ", running, " : ", held, ") + std::to_string(owed_.size()) + " owed";
  if (owed_.empty()) return text;
  const Header& first = headers_[owed_.front()];
  return text + ", first number " + std::to_string(first.number) + ", flags " +
         std::to_string(flags_of(first.header)) + ", frames " + std::to_string(first.frames) + ", written " +
         std::to_string((now_ns() - first.written_ns) / kMs) + " ms ago";
}

void CALLBACK Player::called(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR first, DWORD_PTR) {
  reinterpret_cast<Player*>(instance)->on_message(message, reinterpret_cast<WAVEHDR*>(first));
}

void Player::on_message(UINT message, WAVEHDR* header) {
  const TestCode test;
  const AudioScope client(false);
  if (!open_) fail("notified after the close");
  if (message == WOM_CLOSE || message == WIM_CLOSE) {
    if (closed_) fail("notified twice of the close");
    closed_ = true;
  }
  if (message != WOM_DONE && message != WIM_DATA) return;
  if (closed_) fail("notified of a header after the close");
  if (inside_) fail("notified of a header inside a callback");
  inside_ = true;
  take_done(*reinterpret_cast<Header*>(header->dwUser));
  spend(1'000);
  inside_ = false;
}

void Player::take_done(Header& header) {
  ++tally_.done;
  const auto index = static_cast<std::size_t>(&header - headers_.data());
  if (owed_.empty() || owed_.front() != index) {
    const bool is_owed = std::ranges::find(owed_, index) != owed_.end();
    return fail(std::string("header ") + std::to_string(header.number) +
                (is_owed ? " done out of order" : " done twice"));
  }
  if ((flags_of(header.header) & (WHDR_DONE | WHDR_INQUEUE)) != WHDR_DONE)
    fail("notified of a header that is not done");
  check_time(header);
  owed_.pop_front();
  header.queued = false;
  played_ += input_ ? header.header.dwBytesRecorded / format_.nBlockAlign : header.frames;
  last_done_ns_ = now_ns();
  if (resets_inside_ && dice_.once_in(32)) return reset();
  if (writes_inside_ && open_ && running_) write(1, 40);
}

/// A header is due its own length and a period after the one before it. A held stream has no
/// due time.
void Player::check_time(const Header& header) {
  if (!running_ || habits_.away) return;
  const std::int64_t begin_ns = std::max({header.written_ns, last_done_ns_, resumed_ns_});
  const std::int64_t length_ns = header.frames * 1'000'000'000 / format_.nSamplesPerSec * 1'000 / kSlowest;
  const std::int64_t late_ns =
      now_ns() - begin_ns - length_ns - (habits_.until_heard ? kLongestOnTheWayNs : 0) -
      (forgiven_ns_ - header.forgiven_ns) - fault_times().longest_period_since(begin_ns - kPromiseNs);
  const std::size_t faults = fault_times().since(begin_ns - kPromiseNs);
  if (late_ns > kPromiseNs * static_cast<std::int64_t>(std::max<std::size_t>(1, faults)))
    fail("header " + std::to_string(header.number) + " done " + std::to_string(late_ns / kMs) + " ms late");
}

}  // namespace refwave::simulation
