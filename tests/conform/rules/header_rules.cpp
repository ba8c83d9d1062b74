// One header: what PREPARE, UNPREPARE, WRITE and ADDBUFFER do to it, and which they refuse.
#include <array>
#include <cstddef>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "tests/conform/client/client.h"
#include "tests/conform/rules/rules.h"

namespace refwave::conform {
namespace {

constexpr DWORD kStateFlags = WHDR_DONE | WHDR_PREPARED | WHDR_INQUEUE;

/// A stream of one direction, and one block.
template <Direction kDirection>
struct Desk {
  explicit Desk(Subject& subject) : stream(subject, kDirection, diary) {}

  const WaveMessages& ids = messages_of(kDirection);
  Diary diary;
  Block block{kSecond / 2 * kFrameBytes};
  Stream stream;

  DWORD prepare() { return stream.send_header(ids.prepare, &block.header); }
  DWORD unprepare() { return stream.send_header(ids.unprepare, &block.header); }
  /// Effects: the rule does not apply to a driver that leaves both messages to its host.
  void need_preparation() {
    const DWORD result = prepare();
    if (result == MMSYSERR_NOTSUPPORTED && unprepare() == MMSYSERR_NOTSUPPORTED)
      not_applicable("the driver leaves PREPARE and UNPREPARE to its host");
    require_result(result, MMSYSERR_NOERROR, "PREPARE");
  }
};

template <Direction kDirection>
void prepare_sets_prepared(Subject& subject) {
  Desk<kDirection> desk(subject);
  desk.block.header.dwFlags = WHDR_DONE | WHDR_INQUEUE | WHDR_BEGINLOOP;
  desk.need_preparation();
  require((desk.block.flags() & WHDR_PREPARED) != 0, "PREPARED is not set");
  require((desk.block.flags() & (WHDR_DONE | WHDR_INQUEUE)) == 0, "DONE or INQUEUE is still set");
  require((desk.block.flags() & WHDR_BEGINLOOP) != 0, "the client's loop flag is gone");
}

template <Direction kDirection>
void prepare_again_changes_nothing(Subject& subject) {
  Desk<kDirection> desk(subject);
  desk.need_preparation();
  const DWORD flags = desk.block.header.dwFlags |= WHDR_DONE;
  require_result(desk.prepare(), MMSYSERR_NOERROR, "the second PREPARE");
  require(desk.block.flags() == flags, "the second PREPARE changed the flags");
}

template <Direction kDirection>
void unprepare_clears_prepared(Subject& subject) {
  Desk<kDirection> desk(subject);
  desk.need_preparation();
  desk.block.header.dwFlags = WHDR_PREPARED | WHDR_DONE;
  require_result(desk.unprepare(), MMSYSERR_NOERROR, "UNPREPARE");
  require((desk.block.flags() & WHDR_PREPARED) == 0, "PREPARED is still set");
  require((desk.block.flags() & WHDR_DONE) != 0, "DONE is gone");
}

template <Direction kDirection>
void unprepare_of_the_unprepared(Subject& subject) {
  Desk<kDirection> desk(subject);
  desk.need_preparation();
  desk.block.header.dwFlags = 0;
  require_result(desk.unprepare(), MMSYSERR_NOERROR, "UNPREPARE of a header that is not prepared");
}

template <Direction kDirection>
void unprepare_of_the_queued(Subject& subject) {
  Desk<kDirection> desk(subject);
  if (kDirection == Direction::output) desk.stream.pause();
  desk.need_preparation();
  require_result(desk.stream.write(desk.block), MMSYSERR_NOERROR, "WRITE or ADDBUFFER");
  require_result(desk.unprepare(), WAVERR_STILLPLAYING, "UNPREPARE of a queued header");
  require((desk.block.flags() & WHDR_PREPARED) != 0, "PREPARED is gone all the same");
}

template <Direction kDirection>
void no_header(Subject& subject) {
  Desk<kDirection> desk(subject);
  desk.need_preparation();
  for (const UINT message : {desk.ids.prepare, desk.ids.unprepare, desk.ids.queue}) {
    const std::string name = "message " + std::to_string(message);
    require_result(desk.stream.send_header(message, nullptr), MMSYSERR_INVALPARAM, name + " with NULL");
    for (const DWORD_PTR size : {DWORD_PTR{0}, DWORD_PTR{sizeof(WAVEHDR) - 1}})
      require_result(desk.stream.send_header(message, &desk.block.header, size), MMSYSERR_INVALPARAM,
                     name + " with a size of " + std::to_string(size));
  }
}

template <Direction kDirection>
void unprepared_is_refused(Subject& subject) {
  Desk<kDirection> desk(subject);
  require_result(desk.stream.write(desk.block), WAVERR_UNPREPARED,
                 "WRITE or ADDBUFFER of an unprepared header");
  require((desk.block.flags() & (WHDR_DONE | WHDR_INQUEUE)) == 0, "it set flags all the same");
}

template <Direction kDirection>
void no_data_is_refused(Subject& subject) {
  Desk<kDirection> desk(subject);
  desk.block.header.lpData = nullptr;
  desk.block.header.dwFlags = WHDR_PREPARED;
  require_result(desk.stream.write(desk.block), WAVERR_UNPREPARED, "WRITE or ADDBUFFER with lpData NULL");
}

template <Direction kDirection>
void queued_is_refused(Subject& subject) {
  Desk<kDirection> desk(subject);
  if (kDirection == Direction::output) desk.stream.pause();
  desk.stream.queue(desk.block);
  require_result(desk.stream.write(desk.block), WAVERR_STILLPLAYING, "WRITE or ADDBUFFER of a queued header");
}

template <Direction kDirection>
void queuing_sets_in_queue(Subject& subject) {
  Desk<kDirection> desk(subject);
  if (kDirection == Direction::output) desk.stream.pause();
  desk.stream.queue(desk.block);
  require((desk.block.flags() & kStateFlags) == (WHDR_PREPARED | WHDR_INQUEUE),
          "the flags are " + std::to_string(desk.block.flags()) +
              " when it returns, and not PREPARED and INQUEUE");
}

template <Direction kDirection>
void done_is_left_in_the_header(Subject& subject) {
  Desk<kDirection> desk(subject);
  desk.block.header.dwBufferLength = 480 * kFrameBytes;
  desk.stream.queue(desk.block);
  if (kDirection == Direction::input) desk.stream.start();
  desk.diary.need_done(1);
  require(eventually([&] { return (desk.block.flags() & kStateFlags) == (WHDR_PREPARED | WHDR_DONE); }),
          "the flags of a finished header are " + std::to_string(desk.block.flags()) +
              " and not PREPARED and DONE");
}

template <Direction kDirection>
void host_may_keep_the_flags(Subject& subject) {
  Desk<kDirection> desk(subject);
  desk.block.header.dwFlags = WHDR_PREPARED;
  desk.block.header.dwBufferLength = 480 * kFrameBytes;
  require_result(desk.stream.write(desk.block), MMSYSERR_NOERROR,
                 "WRITE or ADDBUFFER of what its host prepared");
  if (kDirection == Direction::input) desk.stream.start();
  desk.diary.need_done(1);
}

template <Direction kDirection>
void other_fields_are_the_clients(Subject& subject) {
  Desk<kDirection> desk(subject);
  WAVEHDR& header = desk.block.header;
  header.dwBufferLength = kSecond / 40 * kFrameBytes;
  header.dwUser = static_cast<DWORD_PTR>(0x1122334455667788);
  header.dwLoops = 1;
  const WAVEHDR before = header;
  desk.stream.queue(desk.block);
  if (kDirection == Direction::input) desk.stream.start();
  desk.diary.need_done(1);
  require(header.lpData == before.lpData && header.dwBufferLength == before.dwBufferLength,
          "the data is another");
  require(header.dwUser == before.dwUser, "dwUser was written");
  require(header.dwLoops == before.dwLoops, "dwLoops was written");
  if (kDirection == Direction::output)
    require(header.dwBytesRecorded == before.dwBytesRecorded, "dwBytesRecorded of an output was written");
}

/// Effects: one life of a header that lies `at` bytes behind a cache line's border. Returns: each answer and
/// state in it.
template <Direction kDirection>
std::vector<DWORD> life_of_header(Subject& subject, std::size_t at) {
  constexpr std::size_t kLine = 64;
  alignas(kLine) std::array<char, 2 * kLine> memory{};
  Desk<kDirection> desk(subject);
  auto& header = *new (memory.data() + at) WAVEHDR(desk.block.header);
  header.dwBufferLength = kSecond / 40 * kFrameBytes;
  std::vector<DWORD> seen;
  const auto send = [&](UINT message) {
    seen.push_back(desk.stream.send_header(message, &header));
    seen.push_back(flags_now(header) & kStateFlags);
  };
  desk.need_preparation();
  send(desk.ids.prepare);
  if (kDirection == Direction::output) desk.stream.pause();
  send(desk.ids.queue);
  send(desk.ids.queue);
  kDirection == Direction::output ? desk.stream.restart() : desk.stream.start();
  desk.diary.need_done(1);
  if (kDirection == Direction::input) seen.push_back(DWORD{header.dwBytesRecorded});
  send(desk.ids.unprepare);
  return seen;
}

/// Windows declares the structure without alignment: a client's may follow a byte of its own.
template <Direction kDirection>
void header_at_any_address(Subject& subject) {
  // With dwFlags across the border of two cache lines, too.
  constexpr std::size_t kAcross = 64 - offsetof(WAVEHDR, dwFlags) - 1;
  const std::vector<DWORD> aligned = life_of_header<kDirection>(subject, 0);
  for (const std::size_t at : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{5}, std::size_t{6},
                               std::size_t{7}, kAcross, kAcross - 2})
    require(life_of_header<kDirection>(subject, at) == aligned,
            "a header " + std::to_string(at) + " bytes further gets other answers or flags");
}

constexpr Rule kHeaderRules[] = {
    {"WODM_PREPARE.sets_prepared", "sets PREPARED and clears DONE and INQUEUE", prepare_sets_prepared<kOut>},
    {"WODM_PREPARE.again", "changes nothing about a prepared header", prepare_again_changes_nothing<kOut>},
    {"WODM_UNPREPARE.clears_prepared", "clears PREPARED and leaves DONE", unprepare_clears_prepared<kOut>},
    {"WODM_UNPREPARE.unprepared", "answers NOERROR for a header that is not prepared",
     unprepare_of_the_unprepared<kOut>},
    {"WODM_UNPREPARE.queued", "answers WAVERR_STILLPLAYING for a queued header, and leaves it prepared",
     unprepare_of_the_queued<kOut>},
    {"WODM_WRITE.no_header",
     "answers MMSYSERR_INVALPARAM to NULL and short sizes, as PREPARE and UNPREPARE do", no_header<kOut>},
    {"WODM_WRITE.unprepared", "answers WAVERR_UNPREPARED to a header that is not prepared",
     unprepared_is_refused<kOut>},
    {"WODM_WRITE.no_data", "answers WAVERR_UNPREPARED to an lpData of NULL", no_data_is_refused<kOut>},
    {"WODM_WRITE.queued", "answers WAVERR_STILLPLAYING to a header that is queued", queued_is_refused<kOut>},
    {"WODM_WRITE.in_queue", "sets INQUEUE and clears DONE", queuing_sets_in_queue<kOut>},
    {"WODM_WRITE.done", "leaves a finished header PREPARED, DONE and no longer INQUEUE",
     done_is_left_in_the_header<kOut>},
    {"WODM_WRITE.hosts_flags", "takes what the host has prepared by itself", host_may_keep_the_flags<kOut>},
    {"WODM_WRITE.any_address", "takes a header at any address, aligned or not", header_at_any_address<kOut>},
    {"WODM_WRITE.other_fields", "leaves the client's other fields alone", other_fields_are_the_clients<kOut>},
    {"WIDM_PREPARE.sets_prepared", "sets PREPARED and clears DONE and INQUEUE", prepare_sets_prepared<kIn>},
    {"WIDM_PREPARE.again", "changes nothing about a prepared header", prepare_again_changes_nothing<kIn>},
    {"WIDM_UNPREPARE.clears_prepared", "clears PREPARED and leaves DONE", unprepare_clears_prepared<kIn>},
    {"WIDM_UNPREPARE.unprepared", "answers NOERROR for a header that is not prepared",
     unprepare_of_the_unprepared<kIn>},
    {"WIDM_UNPREPARE.queued", "answers WAVERR_STILLPLAYING for a queued header, and leaves it prepared",
     unprepare_of_the_queued<kIn>},
    {"WIDM_ADDBUFFER.no_header",
     "answers MMSYSERR_INVALPARAM to NULL and short sizes, as PREPARE and UNPREPARE do", no_header<kIn>},
    {"WIDM_ADDBUFFER.unprepared", "answers WAVERR_UNPREPARED to a header that is not prepared",
     unprepared_is_refused<kIn>},
    {"WIDM_ADDBUFFER.no_data", "answers WAVERR_UNPREPARED to an lpData of NULL", no_data_is_refused<kIn>},
    {"WIDM_ADDBUFFER.queued", "answers WAVERR_STILLPLAYING to a header that is queued",
     queued_is_refused<kIn>},
    {"WIDM_ADDBUFFER.in_queue", "sets INQUEUE and clears DONE", queuing_sets_in_queue<kIn>},
    {"WIDM_ADDBUFFER.done", "leaves a finished header PREPARED, DONE and no longer INQUEUE",
     done_is_left_in_the_header<kIn>},
    {"WIDM_ADDBUFFER.hosts_flags", "takes what the host has prepared by itself",
     host_may_keep_the_flags<kIn>},
    {"WIDM_ADDBUFFER.any_address", "takes a header at any address, aligned or not",
     header_at_any_address<kIn>},
    {"WIDM_ADDBUFFER.other_fields", "leaves the client's other fields alone",
     other_fields_are_the_clients<kIn>},
};

}  // namespace

std::span<const Rule> header_rules() { return kHeaderRules; }

}  // namespace refwave::conform
