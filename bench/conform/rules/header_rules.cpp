// One header: what PREPARE, UNPREPARE, WRITE and ADDBUFFER do to it, and which they refuse.
#include <array>
#include <cstddef>
#include <new>
#include <string>
#include <vector>

#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

constexpr DWORD kStateFlags = WHDR_DONE | WHDR_PREPARED | WHDR_INQUEUE;

/// A stream of one direction, and one block.
struct Desk {
  Desk(Subject& subject, Direction direction)
      : ids(messages_of(direction)), stream(subject, direction, diary) {}

  const WaveMessages& ids;
  Diary diary;
  Block block{kSecond / 2 * kFrameBytes};
  Stream stream;

  /// Effects: nothing that is queued is done from now on. An input has not started.
  void hold() const {
    if (!stream.is_input()) stream.pause();
  }
  void let_it_be_done() const {
    if (stream.is_input()) stream.start();
    diary.need_done(1);
  }
  DWORD prepare() { return stream.send_header(ids.prepare, &block.header); }
  DWORD unprepare() { return stream.send_header(ids.unprepare, &block.header); }
  /// Effects: the rule does not apply to a driver that leaves both messages to its host.
  void need_preparation() {
    const DWORD result = prepare();
    if (result == MMSYSERR_NOTSUPPORTED && unprepare() == MMSYSERR_NOTSUPPORTED)
      not_applicable("the driver leaves PREPARE and UNPREPARE to its host");
    require_ok(result, "PREPARE");
  }
};

/// Effects: one life of a header that lies `at` bytes behind a cache line's border. Returns: each answer and
/// state in it.
std::vector<DWORD> life_of_header(Subject& subject, Direction direction, std::size_t at) {
  constexpr std::size_t kLine = 64;
  alignas(kLine) std::array<char, 2 * kLine> memory{};
  Desk desk(subject, direction);
  auto& header = *new (memory.data() + at) WAVEHDR(desk.block.header);
  header.dwBufferLength = kSecond / 40 * kFrameBytes;
  std::vector<DWORD> seen;
  const auto send = [&](UINT message) {
    seen.push_back(desk.stream.send_header(message, &header));
    seen.push_back(flags_now(header) & kStateFlags);
  };
  desk.need_preparation();
  send(desk.ids.prepare);
  desk.hold();
  send(desk.ids.queue);
  send(desk.ids.queue);
  direction == kOut ? desk.stream.restart() : desk.stream.start();
  desk.diary.need_done(1);
  if (direction == kIn) seen.push_back(DWORD{header.dwBytesRecorded});
  send(desk.ids.unprepare);
  return seen;
}

constexpr Entry kHeaderRules[] = {
    {"WODM_PREPARE.sets_prepared", "WIDM_PREPARE.sets_prepared", "sets PREPARED and clears DONE and INQUEUE",
     with<Desk>([](Desk& desk) {
       desk.block.header.dwFlags = WHDR_DONE | WHDR_INQUEUE | WHDR_BEGINLOOP;
       desk.need_preparation();
       require((desk.block.flags() & WHDR_PREPARED) != 0, "PREPARED is not set");
       require((desk.block.flags() & (WHDR_DONE | WHDR_INQUEUE)) == 0, "DONE or INQUEUE is still set");
       require((desk.block.flags() & WHDR_BEGINLOOP) != 0, "the client's loop flag is gone");
     })},
    {"WODM_PREPARE.again", "WIDM_PREPARE.again", "leaves a prepared header unchanged",
     with<Desk>([](Desk& desk) {
       desk.need_preparation();
       const DWORD flags = desk.block.header.dwFlags |= WHDR_DONE;
       require_ok(desk.prepare(), "the second PREPARE");
       require(desk.block.flags() == flags, "the second PREPARE changed the flags");
     })},
    {"WODM_UNPREPARE.clears_prepared", "WIDM_UNPREPARE.clears_prepared", "clears PREPARED and leaves DONE",
     with<Desk>([](Desk& desk) {
       desk.need_preparation();
       desk.block.header.dwFlags = WHDR_PREPARED | WHDR_DONE;
       require_ok(desk.unprepare(), "UNPREPARE");
       require((desk.block.flags() & WHDR_PREPARED) == 0, "PREPARED is still set");
       require((desk.block.flags() & WHDR_DONE) != 0, "DONE is gone");
     })},
    {"WODM_UNPREPARE.unprepared", "WIDM_UNPREPARE.unprepared",
     "answers NOERROR for a header that is not prepared", with<Desk>([](Desk& desk) {
       desk.need_preparation();
       desk.block.header.dwFlags = 0;
       require_ok(desk.unprepare(), "UNPREPARE of a header that is not prepared");
     })},
    {"WODM_UNPREPARE.queued", "WIDM_UNPREPARE.queued",
     "answers WAVERR_STILLPLAYING for a queued header, and leaves it prepared", with<Desk>([](Desk& desk) {
       desk.hold();
       desk.need_preparation();
       require_ok(desk.stream.write(desk.block), "WRITE or ADDBUFFER");
       require_result(desk.unprepare(), WAVERR_STILLPLAYING, "UNPREPARE of a queued header");
       require((desk.block.flags() & WHDR_PREPARED) != 0, "PREPARED is gone all the same");
     })},
    {"WODM_WRITE.no_header", "WIDM_ADDBUFFER.no_header",
     "answers MMSYSERR_INVALPARAM to NULL and short sizes, as PREPARE and UNPREPARE do",
     with<Desk>([](Desk& desk) {
       desk.need_preparation();
       for (const UINT message : {desk.ids.prepare, desk.ids.unprepare, desk.ids.queue}) {
         const std::string name = message_name(message);
         require_result(desk.stream.send_header(message, nullptr), MMSYSERR_INVALPARAM, name + " with NULL");
         for (const DWORD_PTR size : {DWORD_PTR{0}, DWORD_PTR{sizeof(WAVEHDR) - 1}})
           require_result(desk.stream.send_header(message, &desk.block.header, size), MMSYSERR_INVALPARAM,
                          name + " with a size of " + std::to_string(size));
       }
     })},
    {"WODM_WRITE.unprepared", "WIDM_ADDBUFFER.unprepared",
     "answers WAVERR_UNPREPARED to a header that is not prepared", with<Desk>([](Desk& desk) {
       require_result(desk.stream.write(desk.block), WAVERR_UNPREPARED,
                      "WRITE or ADDBUFFER of an unprepared header");
       require((desk.block.flags() & (WHDR_DONE | WHDR_INQUEUE)) == 0, "it set flags all the same");
     })},
    {"WODM_WRITE.no_data", "WIDM_ADDBUFFER.no_data", "answers WAVERR_UNPREPARED to an lpData of NULL",
     with<Desk>([](Desk& desk) {
       desk.block.header.lpData = nullptr;
       desk.block.header.dwFlags = WHDR_PREPARED;
       require_result(desk.stream.write(desk.block), WAVERR_UNPREPARED,
                      "WRITE or ADDBUFFER with lpData NULL");
     })},
    {"WODM_WRITE.queued", "WIDM_ADDBUFFER.queued", "answers WAVERR_STILLPLAYING to a header that is queued",
     with<Desk>([](Desk& desk) {
       desk.hold();
       desk.stream.queue(desk.block);
       require_result(desk.stream.write(desk.block), WAVERR_STILLPLAYING,
                      "WRITE or ADDBUFFER of a queued header");
     })},
    {"WODM_WRITE.in_queue", "WIDM_ADDBUFFER.in_queue", "sets INQUEUE and clears DONE",
     with<Desk>([](Desk& desk) {
       desk.hold();
       require_ok(desk.stream.prepare(desk.block), "PREPARE");
       desk.block.header.dwFlags |= WHDR_DONE;  // as one has that was done, and is queued again
       require_ok(desk.stream.write(desk.block), "WRITE or ADDBUFFER");
       require((desk.block.flags() & kStateFlags) == (WHDR_PREPARED | WHDR_INQUEUE),
               "the flags are " + std::to_string(desk.block.flags()) +
                   " when it returns, and not PREPARED and INQUEUE");
     })},
    {"WODM_WRITE.done", "WIDM_ADDBUFFER.done",
     "leaves a finished header PREPARED, DONE and no longer INQUEUE", with<Desk>([](Desk& desk) {
       desk.block.header.dwBufferLength = 480 * kFrameBytes;
       desk.stream.queue(desk.block);
       desk.let_it_be_done();
       require(eventually([&] { return (desk.block.flags() & kStateFlags) == (WHDR_PREPARED | WHDR_DONE); }),
               "the flags of a finished header are " + std::to_string(desk.block.flags()) +
                   " and not PREPARED and DONE");
     })},
    {"WODM_WRITE.hosts_flags", "WIDM_ADDBUFFER.hosts_flags", "takes a header that the host prepared itself",
     with<Desk>([](Desk& desk) {
       desk.block.header.dwFlags = WHDR_PREPARED;
       desk.block.header.dwBufferLength = 480 * kFrameBytes;
       require_ok(desk.stream.write(desk.block), "WRITE or ADDBUFFER of what its host prepared");
       desk.let_it_be_done();
     })},
    // Windows declares the structure without alignment: a client's may follow a byte of its own.
    {"WODM_WRITE.any_address", "WIDM_ADDBUFFER.any_address", "takes a header at any address, aligned or not",
     [](Subject& subject, Direction direction) {
       // With dwFlags across the border of two cache lines, too.
       constexpr std::size_t kAcross = 64 - offsetof(WAVEHDR, dwFlags) - 1;
       const std::vector<DWORD> aligned = life_of_header(subject, direction, 0);
       for (const std::size_t at : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{5},
                                    std::size_t{6}, std::size_t{7}, kAcross, kAcross - 2})
         require(life_of_header(subject, direction, at) == aligned,
                 "a header " + std::to_string(at) + " bytes further gets other answers or flags");
     }},
    {"WODM_WRITE.other_fields", "WIDM_ADDBUFFER.other_fields", "leaves the client's other fields alone",
     [](Subject& subject, Direction direction) {
       Desk desk(subject, direction);
       WAVEHDR& header = desk.block.header;
       header.dwBufferLength = kSecond / 40 * kFrameBytes;
       header.dwUser = static_cast<DWORD_PTR>(0x1122334455667788);
       header.dwLoops = 1;
       const WAVEHDR before = header;
       desk.stream.queue(desk.block);
       desk.let_it_be_done();
       require(header.lpData == before.lpData && header.dwBufferLength == before.dwBufferLength,
               "the data is another");
       require(header.dwUser == before.dwUser, "dwUser was written");
       require(header.dwLoops == before.dwLoops, "dwLoops was written");
       if (direction == kOut)
         require(header.dwBytesRecorded == before.dwBytesRecorded,
                 "dwBytesRecorded of an output was written");
     }},
};

}  // namespace

std::span<const Entry> header_rules() { return kHeaderRules; }

}  // namespace refwave::conform
