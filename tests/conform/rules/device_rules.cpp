// Messages that need no stream: how many devices, what they can do, and what is refused.
#include <algorithm>
#include <array>
#include <cstring>

#include "tests/conform/client/client.h"
#include "tests/conform/rules/rules.h"

namespace refwave::conform {
namespace {

constexpr UINT kManagement[] = {DRVM_INIT, DRVM_INIT_EX, DRVM_ENABLE, DRVM_DISABLE, DRVM_EXIT};
constexpr DWORD kEveryFormat = 0xFFFFF;  // WAVE_FORMAT_1M08 to WAVE_FORMAT_96S16

template <Direction kDirection>
using CapsOf = std::conditional_t<kDirection == Direction::output, WAVEOUTCAPSW, WAVEINCAPSW>;

template <Direction kDirection>
CapsOf<kDirection> capabilities(Subject& subject) {
  subject.need_device(kDirection);
  CapsOf<kDirection> caps{};
  const DWORD result = subject.ask(kDirection, messages_of(kDirection).get_dev_caps, 0,
                                   reinterpret_cast<DWORD_PTR>(&caps), sizeof(caps));
  require_result(result, MMSYSERR_NOERROR, "GETDEVCAPS");
  return caps;
}

DWORD query(Subject& subject, Direction direction, WAVEFORMATEX format) {
  WAVEOPENDESC description{};
  description.lpFormat = reinterpret_cast<LPWAVEFORMAT>(&format);
  return subject.ask(direction, messages_of(direction).open, 0, reinterpret_cast<DWORD_PTR>(&description),
                     WAVE_FORMAT_QUERY);
}

/// "any, before ENABLE or after DISABLE".
void require_not_enabled(WaveEntry entry, Direction direction) {
  if (entry == nullptr) not_applicable("no such entry point");
  const WaveMessages& ids = messages_of(direction);
  require(entry(0, ids.get_num_devs, 0, 0, 0) == 0, "GETNUMDEVS does not answer 0");
  for (const UINT message : kManagement)
    require_result(entry(0, message, 0, 0, 0), MMSYSERR_NOERROR, "DRVM message " + std::to_string(message));
  for (UINT message = ids.first; message <= ids.last; ++message) {
    if (message != ids.get_num_devs)
      require_result(entry(0, message, 0, 0, 0), MMSYSERR_NOTENABLED, "message " + std::to_string(message));
  }
}

template <Direction kDirection>
void nothing_works_before_enable(Subject& subject) {
  const Module module(subject.file());
  module.driver_proc()(0, nullptr, DRV_LOAD, 0, 0);
  require_not_enabled(kDirection == Direction::output ? module.wod() : module.wid(), kDirection);
}

template <Direction kDirection>
void nothing_works_after_disable(Subject& subject) {
  const WaveEntry entry = subject.entry(kDirection);
  subject.send(DRV_DISABLE);
  require_not_enabled(entry, kDirection);
  subject.send(DRV_LOAD);
  require_not_enabled(entry, kDirection);
}

/// Microsoft's page on DRV_FREE wants DRV_DISABLE before it; not every host sends that.
void freed_without_disable(Subject& subject) {
  const DRIVERPROC proc = subject.driver_proc();
  require(proc(0, nullptr, DRV_FREE, 0, 0) == 1, "DRV_FREE does not answer 1");
  for (const Direction direction : {Direction::output, Direction::input})
    require_not_enabled(subject.entry(direction), direction);
}

template <Direction kDirection>
void management_is_answered(Subject& subject) {
  for (const UINT device : {0U, 77U}) {
    for (const UINT message : std::initializer_list<UINT>{DRVM_INIT, DRVM_INIT_EX, DRVM_ENABLE})
      require_result(subject.entry(kDirection)(device, message, 0, 0, 0), MMSYSERR_NOERROR,
                     "DRVM message " + std::to_string(message));
  }
}

template <Direction kDirection>
void no_such_device(Subject& subject) {
  const UINT devices = subject.ask(kDirection, messages_of(kDirection).get_num_devs);
  const WaveMessages& ids = messages_of(kDirection);
  for (const UINT id : {devices, 77 + devices, WAVE_MAPPER}) {
    for (UINT message = ids.get_dev_caps; message <= ids.last; ++message)
      require_result(subject.entry(kDirection)(id, message, 0, 0, 0), MMSYSERR_BADDEVICEID,
                     "message " + std::to_string(message) + " to device " + std::to_string(id));
  }
}

template <Direction kDirection>
void unknown_messages(Subject& subject) {
  subject.need_device(kDirection);
  for (const UINT message : {UINT{49}, UINT{0x7FFF}, UINT{WODM_PREFERRED}, UINT{DRVM_MAPPER_PREFERRED_GET},
                             UINT{DRV_QUERYMAPPABLE}, UINT{DRV_QUERYDEVICEINTERFACE},
                             UINT{DRV_QUERYDEVICEINTERFACESIZE}, UINT{DRV_QUERYFUNCTIONINSTANCEID}})
    require_result(subject.ask(kDirection, message), MMSYSERR_NOTSUPPORTED,
                   "message " + std::to_string(message));
}

/// A dwUser that no message may take: none, a closed stream's, one of the other direction.
void require_no_handle(Subject& subject, Direction direction, DWORD_PTR user, std::string_view whose) {
  const WaveMessages& ids = messages_of(direction);
  WAVEHDR header{};
  header.dwFlags = WHDR_PREPARED;
  char data[4] = {};
  header.lpData = data;
  MMTIME time{};
  const auto header_at = reinterpret_cast<DWORD_PTR>(&header);
  for (const UINT message : {ids.prepare, ids.unprepare, ids.queue})
    require_result(subject.ask(direction, message, user, header_at, sizeof(header)), MMSYSERR_INVALHANDLE,
                   "message " + std::to_string(message) + " with " + std::string(whose));
  require_result(subject.ask(direction, ids.get_pos, user, reinterpret_cast<DWORD_PTR>(&time), sizeof(time)),
                 MMSYSERR_INVALHANDLE, "GETPOS with " + std::string(whose));
  constexpr UINT kOutputs[] = {WODM_CLOSE, WODM_PAUSE, WODM_RESTART, WODM_RESET, WODM_BREAKLOOP};
  constexpr UINT kInputs[] = {WIDM_CLOSE, WIDM_START, WIDM_STOP, WIDM_RESET};
  const std::span<const UINT> rest =
      direction == Direction::output ? std::span<const UINT>(kOutputs) : std::span<const UINT>(kInputs);
  for (const UINT message : rest)
    require_result(subject.ask(direction, message, user), MMSYSERR_INVALHANDLE,
                   "message " + std::to_string(message) + " with " + std::string(whose));
}

template <Direction kDirection>
void no_handle(Subject& subject) {
  Diary diary;
  const Stream stream(subject, kDirection, diary);  // which is not to be 0 itself
  require_no_handle(subject, kDirection, 0, "dwUser 0");
}

template <Direction kDirection>
void random_handle(Subject& subject) {
  subject.need_device(kDirection);
  for (const DWORD_PTR user : {DWORD_PTR{1}, DWORD_PTR{0x12345}, ~DWORD_PTR{0}})
    require_no_handle(subject, kDirection, user, "dwUser " + std::to_string(user));
}

template <Direction kDirection>
void closed_handle(Subject& subject) {
  Diary diary;
  Stream stream(subject, kDirection, diary);
  const DWORD_PTR user = stream.user();
  require_result(stream.close(), MMSYSERR_NOERROR, "CLOSE");
  require_no_handle(subject, kDirection, user, "a closed stream's dwUser");
}

template <Direction kDirection>
void foreign_handle(Subject& subject) {
  constexpr Direction kOther = kDirection == Direction::output ? Direction::input : Direction::output;
  Diary diary;
  const Stream stream(subject, kOther, diary);
  require_no_handle(subject, kDirection, stream.user(), "a dwUser of the other direction");
}

template <Direction kDirection>
void count_is_constant(Subject& subject) {
  const DWORD count = subject.ask(kDirection, messages_of(kDirection).get_num_devs);
  const std::size_t threads = threads_alive(subject.file());
  for (int i = 0; i < 100; ++i)
    require(subject.ask(kDirection, messages_of(kDirection).get_num_devs) == count, "the number changes");
  require(threads_alive(subject.file()) == threads, "it started a thread");
}

template <Direction kDirection>
void count_is_quick(Subject& subject) {
  subject.entry(kDirection);
  auto shortest = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 20; ++i) {
    const auto before = std::chrono::steady_clock::now();
    subject.ask(kDirection, messages_of(kDirection).get_num_devs);
    shortest = std::min(shortest, std::chrono::steady_clock::now() - before);
  }
  require(shortest < std::chrono::milliseconds(1), "no answer within a millisecond in twenty tries");
}

template <Direction kDirection>
void caps_are_cut(Subject& subject) {
  using Caps = CapsOf<kDirection>;
  const Caps whole = capabilities<kDirection>(subject);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, sizeof(Caps) - 1, sizeof(Caps), sizeof(Caps) + 8}) {
    std::array<char, sizeof(Caps) + 16> target;
    target.fill(0x55);
    auto expected = target;
    std::memcpy(expected.data(), &whole, std::min(size, sizeof(Caps)));
    const DWORD result = subject.ask(kDirection, messages_of(kDirection).get_dev_caps, 0,
                                     reinterpret_cast<DWORD_PTR>(target.data()), size);
    require_result(result, MMSYSERR_NOERROR, "GETDEVCAPS of " + std::to_string(size) + " bytes");
    require(target == expected,
            "of " + std::to_string(size) + " bytes others were written than the first of the caps");
  }
}

template <Direction kDirection>
void caps_to_nowhere(Subject& subject) {
  subject.need_device(kDirection);
  const UINT message = messages_of(kDirection).get_dev_caps;
  require_result(subject.ask(kDirection, message, 0, 0, sizeof(CapsOf<kDirection>)), MMSYSERR_INVALPARAM,
                 "GETDEVCAPS to NULL");
  require_result(subject.ask(kDirection, message), MMSYSERR_NOERROR, "GETDEVCAPS of no bytes to NULL");
}

template <Direction kDirection>
void caps_have_a_name(Subject& subject) {
  const auto caps = capabilities<kDirection>(subject);
  require(caps.szPname[0] != 0, "szPname is empty");
  const auto* end = caps.szPname + MAXPNAMELEN;
  require(std::find(caps.szPname, end, u'\0') != end, "szPname does not end");
}

template <Direction kDirection>
void claimed_formats_work(Subject& subject) {
  const DWORD formats = capabilities<kDirection>(subject).dwFormats;
  unsigned bit = 0;
  for (const DWORD rate : {11'025U, 22'050U, 44'100U, 48'000U, 96'000U}) {
    for (const WORD bits : {WORD{8}, WORD{16}}) {
      for (const WORD channels : {WORD{1}, WORD{2}}) {
        const bool claimed = (formats >> bit++ & 1) != 0;
        const bool works = query(subject, kDirection, pcm(channels, bits, rate)) == MMSYSERR_NOERROR;
        const std::string name = std::to_string(rate) + " Hz, " + std::to_string(bits) + " bits, " +
                                 std::to_string(channels) + " channels";
        require(works || !claimed, name + " is claimed and refused");
        require(claimed || !works, name + " is taken and not claimed");
      }
    }
  }
  require((formats & ~kEveryFormat) == 0, "dwFormats has bits that mean nothing");
}

void claimed_support_works(Subject& subject) {
  const DWORD support = capabilities<Direction::output>(subject).dwSupport;
  require((support & WAVECAPS_SYNC) == 0, "WAVECAPS_SYNC is claimed");
  Diary diary;
  const Stream stream(subject, Direction::output, diary);
  DWORD value = 0;
  const auto require_support = [&](DWORD bit, UINT get, std::string_view name) {
    const bool works = stream.send(get, reinterpret_cast<DWORD_PTR>(&value)) != MMSYSERR_NOTSUPPORTED;
    require(works == ((support & bit) != 0),
            std::string(name) + (works ? " works and is not claimed" : " is claimed and not supported"));
  };
  require_support(WAVECAPS_VOLUME, WODM_GETVOLUME, "volume");
  require_support(WAVECAPS_PITCH, WODM_GETPITCH, "pitch");
  require_support(WAVECAPS_PLAYBACKRATE, WODM_GETPLAYBACKRATE, "playback rate");
}

constexpr Rule kDeviceRules[] = {
    {"DRV_FREE.without_disable", "answers 1 to a host that forgot DRV_DISABLE, and ends what that would",
     freed_without_disable, kOurs},
    {"wodMessage.before_enable", "answers MMSYSERR_NOTENABLED, GETNUMDEVS 0 and DRVM_* NOERROR",
     nothing_works_before_enable<kOut>},
    {"wodMessage.after_disable", "answers MMSYSERR_NOTENABLED, GETNUMDEVS 0 and DRVM_* NOERROR",
     nothing_works_after_disable<kOut>},
    {"wodMessage.bad_device", "answers MMSYSERR_BADDEVICEID to a device out of range and to WAVE_MAPPER",
     no_such_device<kOut>},
    {"wodMessage.no_handle", "answers MMSYSERR_INVALHANDLE to a dwUser of 0 where a stream is needed",
     no_handle<kOut>},
    {"wodMessage.random_handle", "answers MMSYSERR_INVALHANDLE to a dwUser that never was a stream's",
     random_handle<kOut>, kOurs},
    {"wodMessage.closed_handle", "answers MMSYSERR_INVALHANDLE to a closed stream", closed_handle<kOut>},
    {"wodMessage.input_handle", "answers MMSYSERR_INVALHANDLE to an input's dwUser", foreign_handle<kOut>},
    {"wodMessage.unknown", "answers MMSYSERR_NOTSUPPORTED to DRV_QUERY* and to what it does not know",
     unknown_messages<kOut>},
    {"DRVM_INIT.any_device", "answers NOERROR for any device, as DRVM_INIT_EX and DRVM_ENABLE do",
     management_is_answered<kOut>},
    {"WODM_GETNUMDEVS.constant", "answers always the same and starts no thread", count_is_constant<kOut>},
    {"WODM_GETNUMDEVS.quick", "answers in under a millisecond", count_is_quick<kOut>, kAlone},
    {"WODM_GETDEVCAPS.cut", "copies as many bytes as asked for, none for 0, and none beyond its own",
     caps_are_cut<kOut>},
    {"WODM_GETDEVCAPS.null", "answers MMSYSERR_INVALPARAM to NULL with a size, NOERROR without",
     caps_to_nowhere<kOut>},
    {"WODM_GETDEVCAPS.name", "gives a name that ends", caps_have_a_name<kOut>},
    {"WODM_GETDEVCAPS.formats", "claims in dwFormats what works, all of it and nothing else",
     claimed_formats_work<kOut>},
    {"WODM_GETDEVCAPS.support", "claims in dwSupport what works, and never WAVECAPS_SYNC",
     claimed_support_works},
    {"widMessage.before_enable", "answers MMSYSERR_NOTENABLED, GETNUMDEVS 0 and DRVM_* NOERROR",
     nothing_works_before_enable<kIn>},
    {"widMessage.after_disable", "answers MMSYSERR_NOTENABLED, GETNUMDEVS 0 and DRVM_* NOERROR",
     nothing_works_after_disable<kIn>},
    {"widMessage.bad_device", "answers MMSYSERR_BADDEVICEID to a device out of range and to WAVE_MAPPER",
     no_such_device<kIn>},
    {"widMessage.no_handle", "answers MMSYSERR_INVALHANDLE to a dwUser of 0 where a stream is needed",
     no_handle<kIn>},
    {"widMessage.random_handle", "answers MMSYSERR_INVALHANDLE to a dwUser that never was a stream's",
     random_handle<kIn>, kOurs},
    {"widMessage.closed_handle", "answers MMSYSERR_INVALHANDLE to a closed stream", closed_handle<kIn>},
    {"widMessage.output_handle", "answers MMSYSERR_INVALHANDLE to an output's dwUser", foreign_handle<kIn>},
    {"widMessage.unknown", "answers MMSYSERR_NOTSUPPORTED to DRV_QUERY* and to what it does not know",
     unknown_messages<kIn>},
    {"DRVM_INIT.any_input_device", "answers NOERROR for any device, as DRVM_INIT_EX and DRVM_ENABLE do",
     management_is_answered<kIn>},
    {"WIDM_GETNUMDEVS.constant", "answers always the same and starts no thread", count_is_constant<kIn>},
    {"WIDM_GETNUMDEVS.quick", "answers in under a millisecond", count_is_quick<kIn>, kAlone},
    {"WIDM_GETDEVCAPS.cut", "copies as many bytes as asked for, none for 0, and none beyond its own",
     caps_are_cut<kIn>},
    {"WIDM_GETDEVCAPS.null", "answers MMSYSERR_INVALPARAM to NULL with a size, NOERROR without",
     caps_to_nowhere<kIn>},
    {"WIDM_GETDEVCAPS.name", "gives a name that ends", caps_have_a_name<kIn>},
    {"WIDM_GETDEVCAPS.formats", "claims in dwFormats what works, all of it and nothing else",
     claimed_formats_work<kIn>},
};

}  // namespace

std::span<const Rule> device_rules() { return kDeviceRules; }

}  // namespace refwave::conform
