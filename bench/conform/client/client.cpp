#include "bench/conform/client/client.h"

#include <atomic>

namespace refwave::conform {
namespace {

thread_local bool inside_queue = false;

bool is_done(UINT message) { return message == WOM_DONE || message == WIM_DATA; }

}  // namespace

DWORD flags_now(const WAVEHDR& header) {
  auto* const bytes = reinterpret_cast<unsigned char*>(const_cast<WAVEHDR*>(&header));
  DWORD flags = 0;
  for (std::size_t i = 0; i < sizeof flags; ++i)
    flags |= DWORD{std::atomic_ref(bytes[offsetof(WAVEHDR, dwFlags) + i]).load()} << 8 * i;
  return flags;
}

void CALLBACK Diary::write_down(HDRVR device, UINT message, DWORD_PTR instance, DWORD_PTR first,
                                DWORD_PTR second) {
  auto& diary = *reinterpret_cast<Diary*>(instance);
  Note note{.message = message,
            .device = device,
            .first = first,
            .second = second,
            .thread = GetCurrentThreadId(),
            .during_queue = inside_queue};
  if (is_done(message) && first != 0) {
    note.flags = flags_now(*note.header());
    note.bytes_recorded = note.header()->dwBytesRecorded;
  }
  {
    const std::lock_guard lock(diary.mutex_);
    note.depth = ++diary.depth_;
    diary.notes_.push_back(note);
  }
  if (diary.reaction) diary.reaction(note);
  const std::lock_guard lock(diary.mutex_);
  --diary.depth_;
  if (is_done(message)) ++diary.done_;
}

std::vector<Note> Diary::all() const {
  const std::lock_guard lock(mutex_);
  return notes_;
}

std::vector<LPWAVEHDR> Diary::done() const {
  const std::lock_guard lock(mutex_);
  std::vector<LPWAVEHDR> headers;
  for (const Note& note : notes_) {
    if (is_done(note.message)) headers.push_back(note.header());
  }
  return headers;
}

bool Diary::wait_for_done(std::size_t count) const {
  return eventually([&] {
    const std::lock_guard lock(mutex_);
    return done_ >= count;
  });
}

void Diary::need_idle() const {
  const auto is_idle = [&] {
    const std::lock_guard lock(mutex_);
    return depth_ == 0;
  };
  require(eventually(is_idle), "a callback does not return");
}

void Diary::need_done(std::size_t count) const {
  if (wait_for_done(count)) return;
  const std::size_t now = done().size();
  const std::string time = std::to_string(patience.count()) + " s";
  require(false, now < count ? "only " + std::to_string(now) + " of " + std::to_string(count) +
                                   " headers came back within " + time
                             : "a header came back only after " + time);
}

void Diary::need_in_order(Blocks& blocks) const {
  const std::vector<LPWAVEHDR> reported = done();
  require(reported.size() == blocks.size(), std::to_string(reported.size()) + " messages came for " +
                                                std::to_string(blocks.size()) + " headers");
  require(reported == addresses_of(blocks), "the headers came back in another order");
}

void Diary::need_not_nested() const {
  for (const Note& note : all())
    require(note.depth == 1, "a message came inside another callback of the stream");
}

DWORD Block::flags() const { return flags_now(header); }

WAVEFORMATEX pcm(WORD channels, WORD bits, DWORD rate) {
  const auto frame = static_cast<WORD>(channels * bits / 8);
  return {WAVE_FORMAT_PCM, channels, rate, rate * frame, frame, bits, 0};
}

Blocks silent_blocks(std::size_t count, std::size_t frames, std::size_t frame_bytes) {
  Blocks blocks;
  while (blocks.size() < count) blocks.emplace_back(frames * frame_bytes);
  return blocks;
}

Blocks silent_blocks(std::initializer_list<std::size_t> frames, std::size_t frame_bytes) {
  Blocks blocks;
  for (const std::size_t length : frames) blocks.emplace_back(length * frame_bytes);
  return blocks;
}

std::vector<LPWAVEHDR> addresses_of(Blocks& blocks) {
  std::vector<LPWAVEHDR> addresses;
  for (Block& block : blocks) addresses.push_back(&block.header);
  return addresses;
}

void need_done(const Blocks& blocks, std::string_view when) {
  for (const Block& block : blocks)
    require(eventually([&] { return block.done(); }), "a header is not DONE" + std::string(when));
}

Wish to(Diary& diary) {
  return {reinterpret_cast<DWORD_PTR>(&Diary::write_down), reinterpret_cast<DWORD_PTR>(&diary),
          CALLBACK_FUNCTION};
}

Stream::Stream(Subject& subject, Direction direction, const Wish& wish, const WAVEFORMATEX& format)
    : ids_(messages_of(direction)), entry_(subject.entry(direction)), device_(wish.device) {
  subject.need_device(direction);
  WAVEOPENDESC description{};
  description.hWave = handle();
  description.lpFormat = reinterpret_cast<LPWAVEFORMAT>(const_cast<LPWAVEFORMATEX>(&format));
  description.dwCallback = wish.callback;
  description.dwInstance = wish.instance;
  const DWORD result = entry_(device_, ids_.open, reinterpret_cast<DWORD_PTR>(&user_),
                              reinterpret_cast<DWORD_PTR>(&description), wish.flags);
  require_ok(result, "OPEN");
  open_ = true;
}

Stream::~Stream() {
  if (!open_) return;
  send(ids_.reset);
  const DWORD result = close();
  // A disabled driver has closed its streams.
  if (result != MMSYSERR_NOERROR && result != MMSYSERR_NOTENABLED) end_rule({});
}

void Stream::must_send(UINT message, std::string_view what, DWORD_PTR first, DWORD_PTR second) const {
  require_ok(send(message, first, second), what);
}

DWORD Stream::prepare(Block& block) const {
  const DWORD result = send_header(ids_.prepare, &block.header);
  if (result != MMSYSERR_NOTSUPPORTED) return result;
  block.header.dwFlags = (block.header.dwFlags | WHDR_PREPARED) & ~DWORD{WHDR_DONE};
  return MMSYSERR_NOERROR;
}

DWORD Stream::write(Block& block) const {
  const bool before = std::exchange(inside_queue, true);
  const DWORD result = send_header(ids_.queue, &block.header);
  inside_queue = before;
  return result;
}

void Stream::queue(Block& block) const {
  require_ok(prepare(block), "PREPARE");
  require_ok(write(block), "WRITE or ADDBUFFER");
}

void Stream::queue(Blocks& blocks) const {
  for (Block& block : blocks) queue(block);
}

void Stream::queue_at_once(Blocks& blocks) const {
  pause();
  queue(blocks);
  restart();
}

DWORD Stream::close() {
  const DWORD result = send(ids_.close);
  if (result == MMSYSERR_NOERROR) open_ = false;
  return result;
}

DWORD Stream::position(UINT type) const {
  MMTIME time{};
  time.wType = type;
  must_send(ids_.get_pos, "GETPOS", reinterpret_cast<DWORD_PTR>(&time), sizeof(time));
  require(time.wType == type, "GETPOS answered in another type than TIME_SAMPLES or TIME_BYTES as asked");
  return time.u.cb;
}

DWORD Stream::position_after(DWORD before) const {
  const DWORD now = position();
  require(now >= before,
          "the position goes from " + std::to_string(before) + " back to " + std::to_string(now));
  return now;
}

void Stream::need_position(DWORD frames) const {
  if (!eventually([&] { return position() == frames; })) require_equal(position(), frames, "the position");
}

Client::Client(Subject& subject, Direction direction, Blocks its_blocks, Reaction reaction,
               const WAVEFORMATEX& format)
    : diary([this, react = std::move(reaction)](const Note& note) {
        if (react && is_done(note.message)) react(*this, note);
      }),
      blocks(std::move(its_blocks)),
      stream(subject, direction, diary, format) {}

void Client::begin() {
  queue();
  if (stream.is_input()) stream.start();
}

void Client::run() {
  begin();
  need_all();
}

void let_pass(Subject& subject, Direction direction, std::size_t frames) {
  Client(subject, direction, 1, frames).run();
}

void play_something(Subject& subject) {
  Client client(subject, Direction::output, 3, 480);
  client.run();
  require_ok(client.stream.close(), "CLOSE");
}

}  // namespace refwave::conform
