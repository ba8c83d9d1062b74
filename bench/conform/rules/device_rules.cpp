// Messages that need no stream: how many devices, what they can do, and what is refused.
#include <algorithm>
#include <array>
#include <cstring>

#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

constexpr UINT kManagement[] = {DRVM_INIT, DRVM_INIT_EX, DRVM_ENABLE, DRVM_DISABLE, DRVM_EXIT};
constexpr DWORD kEveryFormat = 0xFFFFF;  // WAVE_FORMAT_1M08 to WAVE_FORMAT_96S16

/// Of an input they end before dwSupport.
std::size_t bytes_of_caps(Direction direction) {
  return direction == kOut ? sizeof(WAVEOUTCAPSW) : sizeof(WAVEINCAPSW);
}

WAVEOUTCAPSW capabilities(Subject& subject, Direction direction) {
  subject.need_device(direction);
  WAVEOUTCAPSW caps{};
  const DWORD result = subject.ask(direction, messages_of(direction).get_dev_caps, 0,
                                   reinterpret_cast<DWORD_PTR>(&caps), bytes_of_caps(direction));
  require_ok(result, "GETDEVCAPS");
  return caps;
}

/// "any, before ENABLE or after DISABLE".
void require_not_enabled(WaveEntry entry, Direction direction) {
  if (entry == nullptr) not_applicable("no such entry point");
  const WaveMessages& ids = messages_of(direction);
  require(entry(0, ids.get_num_devs, 0, 0, 0) == 0, "GETNUMDEVS does not answer 0");
  for (const UINT message : kManagement)
    require_ok(entry(0, message, 0, 0, 0), "DRVM message " + std::to_string(message));
  for (UINT message = ids.first; message <= ids.last; ++message) {
    if (message != ids.get_num_devs)
      require_result(entry(0, message, 0, 0, 0), MMSYSERR_NOTENABLED, message_name(message));
  }
}

/// Effects: requires that no message from CLOSE to GETPOS, nor BREAKLOOP, takes this dwUser.
void require_no_handle(Subject& subject, Direction direction, DWORD_PTR user, const std::string& whose) {
  char data[4] = {};
  WAVEHDR header{};
  header.dwFlags = WHDR_PREPARED;
  header.lpData = data;
  const auto require_refused = [&](UINT message) {
    const DWORD result =
        subject.ask(direction, message, user, reinterpret_cast<DWORD_PTR>(&header), sizeof(header));
    require_result(result, MMSYSERR_INVALHANDLE, message_name(message) + " with " + whose);
  };
  const WaveMessages& ids = messages_of(direction);
  for (UINT message = ids.close; message <= ids.get_pos; ++message) require_refused(message);
  if (direction == kOut) require_refused(WODM_BREAKLOOP);
}

constexpr Entry kDeviceRules[] = {
    // Microsoft's page on DRV_FREE wants DRV_DISABLE before it; not every host sends that.
    {"DRV_FREE.without_disable",
     "answers 1 to a host that forgot DRV_DISABLE, and ends what that would have ended",
     [](Subject& subject) {
       const DRIVERPROC proc = subject.driver_proc();
       require(proc(0, nullptr, DRV_FREE, 0, 0) == 1, "DRV_FREE does not answer 1");
       for (const Direction direction : {kOut, kIn}) require_not_enabled(subject.entry(direction), direction);
     },
     kOurs},
    {"wodMessage.before_enable", "widMessage.before_enable",
     "answers MMSYSERR_NOTENABLED, GETNUMDEVS 0 and DRVM_* NOERROR",
     [](Subject& subject, Direction direction) {
       const Module module(subject.file());
       module.driver_proc()(0, nullptr, DRV_LOAD, 0, 0);
       require_not_enabled(direction == kOut ? module.wod() : module.wid(), direction);
     }},
    {"wodMessage.after_disable", "widMessage.after_disable",
     "answers MMSYSERR_NOTENABLED, GETNUMDEVS 0 and DRVM_* NOERROR",
     [](Subject& subject, Direction direction) {
       const WaveEntry entry = subject.entry(direction);
       subject.send(DRV_DISABLE);
       require_not_enabled(entry, direction);
       subject.send(DRV_LOAD);
       require_not_enabled(entry, direction);
     }},
    {"wodMessage.bad_device", "widMessage.bad_device",
     "answers MMSYSERR_BADDEVICEID to a device out of range and to WAVE_MAPPER",
     [](Subject& subject, Direction direction) {
       const UINT devices = subject.ask(direction, messages_of(direction).get_num_devs);
       const WaveMessages& ids = messages_of(direction);
       for (const UINT id : {devices, 77 + devices, WAVE_MAPPER}) {
         for (UINT message = ids.get_dev_caps; message <= ids.last; ++message)
           require_result(subject.entry(direction)(id, message, 0, 0, 0), MMSYSERR_BADDEVICEID,
                          message_name(message) + " to device " + std::to_string(id));
       }
     }},
    {"wodMessage.no_handle", "widMessage.no_handle",
     "answers MMSYSERR_INVALHANDLE to a dwUser of 0 where a stream is needed",
     [](Subject& subject, Direction direction) {
       const Client client(subject, direction);  // whose dwUser must not be 0
       require_no_handle(subject, direction, 0, "dwUser 0");
     }},
    {"wodMessage.random_handle", "widMessage.random_handle",
     "answers MMSYSERR_INVALHANDLE to a dwUser that never was a stream's",
     [](Subject& subject, Direction direction) {
       subject.need_device(direction);
       for (const DWORD_PTR user : {DWORD_PTR{1}, DWORD_PTR{0x12345}, ~DWORD_PTR{0}})
         require_no_handle(subject, direction, user, "dwUser " + std::to_string(user));
     },
     kOurs},
    {"wodMessage.closed_handle", "widMessage.closed_handle",
     "answers MMSYSERR_INVALHANDLE to a closed stream",
     [](Subject& subject, Direction direction) {
       Client client(subject, direction);
       const DWORD_PTR user = client.stream.user();
       require_ok(client.stream.close(), "CLOSE");
       require_no_handle(subject, direction, user, "a closed stream's dwUser");
     }},
    {"wodMessage.input_handle", "widMessage.output_handle",
     "answers MMSYSERR_INVALHANDLE to the dwUser of a stream of the other direction",
     [](Subject& subject, Direction direction) {
       const Client client(subject, direction == kOut ? kIn : kOut);
       require_no_handle(subject, direction, client.stream.user(), "a dwUser of the other direction");
     }},
    {"wodMessage.unknown", "widMessage.unknown",
     "answers MMSYSERR_NOTSUPPORTED to what it does not know; to DRV_QUERYDEVICEINTERFACE and "
     "DRV_QUERYFUNCTIONINSTANCEID without memory that or MMSYSERR_INVALPARAM",
     [](Subject& subject, Direction direction) {
       subject.need_device(direction);
       for (const UINT message : {UINT{49}, UINT{0x7FFF}, UINT{WODM_PREFERRED},
                                  UINT{DRVM_MAPPER_PREFERRED_GET}, UINT{DRV_QUERYMAPPABLE}})
         require_result(subject.ask(direction, message), MMSYSERR_NOTSUPPORTED, message_name(message));
       // These may be answered, but not into no memory.
       for (const UINT message : {DRV_QUERYDEVICEINTERFACE, DRV_QUERYDEVICEINTERFACESIZE,
                                  DRV_QUERYFUNCTIONINSTANCEID, DRV_QUERYFUNCTIONINSTANCEIDSIZE}) {
         const DWORD result = subject.ask(direction, message);
         if (result != MMSYSERR_INVALPARAM)
           require_result(result, MMSYSERR_NOTSUPPORTED, message_name(message));
       }
     }},
    {"DRVM_INIT.any_device", "DRVM_INIT.any_input_device",
     "answers NOERROR for any device, as DRVM_INIT_EX and DRVM_ENABLE do",
     [](Subject& subject, Direction direction) {
       for (const UINT device : {0U, 77U}) {
         for (const UINT message : std::initializer_list<UINT>{DRVM_INIT, DRVM_INIT_EX, DRVM_ENABLE})
           require_ok(subject.entry(direction)(device, message, 0, 0, 0),
                      "DRVM message " + std::to_string(message));
       }
     }},
    {"WODM_GETNUMDEVS.constant", "WIDM_GETNUMDEVS.constant", "answers always the same and starts no thread",
     [](Subject& subject, Direction direction) {
       const DWORD count = subject.ask(direction, messages_of(direction).get_num_devs);
       const std::size_t threads = threads_alive(subject.file());
       for (int i = 0; i < 100; ++i)
         require(subject.ask(direction, messages_of(direction).get_num_devs) == count, "the number changes");
       require(threads_alive(subject.file()) == threads, "it started a thread");
     }},
    {"WODM_GETNUMDEVS.quick", "WIDM_GETNUMDEVS.quick", "answers in under a millisecond",
     [](Subject& subject, Direction direction) {
       subject.entry(direction);
       auto shortest = std::chrono::steady_clock::duration::max();
       for (int i = 0; i < 20; ++i) {
         const auto before = std::chrono::steady_clock::now();
         subject.ask(direction, messages_of(direction).get_num_devs);
         shortest = std::min(shortest, std::chrono::steady_clock::now() - before);
       }
       require(shortest < std::chrono::milliseconds(1), "no answer within a millisecond in twenty tries");
     },
     kAlone},
    {"WODM_GETDEVCAPS.cut", "WIDM_GETDEVCAPS.cut",
     "copies as many bytes as asked for, none for 0, and none beyond its own",
     [](Subject& subject, Direction direction) {
       const std::size_t bytes = bytes_of_caps(direction);
       const WAVEOUTCAPSW whole = capabilities(subject, direction);
       for (const std::size_t size : {std::size_t{0}, std::size_t{1}, bytes - 1, bytes, bytes + 8}) {
         std::array<char, sizeof(whole) + 16> target;
         target.fill(0x55);
         auto expected = target;
         std::memcpy(expected.data(), &whole, std::min(size, bytes));
         const DWORD result = subject.ask(direction, messages_of(direction).get_dev_caps, 0,
                                          reinterpret_cast<DWORD_PTR>(target.data()), size);
         require_ok(result, "GETDEVCAPS of " + std::to_string(size) + " bytes");
         require(target == expected,
                 "of " + std::to_string(size) + " bytes others were written than the first of the caps");
       }
     }},
    {"WODM_GETDEVCAPS.null", "WIDM_GETDEVCAPS.null",
     "answers MMSYSERR_INVALPARAM to NULL with a size, NOERROR without",
     [](Subject& subject, Direction direction) {
       subject.need_device(direction);
       const UINT message = messages_of(direction).get_dev_caps;
       require_result(subject.ask(direction, message, 0, 0, bytes_of_caps(direction)), MMSYSERR_INVALPARAM,
                      "GETDEVCAPS to NULL");
       require_ok(subject.ask(direction, message), "GETDEVCAPS of no bytes to NULL");
     }},
    {"WODM_GETDEVCAPS.name", "WIDM_GETDEVCAPS.name", "gives a name that ends",
     [](Subject& subject, Direction direction) {
       const WAVEOUTCAPSW caps = capabilities(subject, direction);
       require(caps.szPname[0] != 0, "szPname is empty");
       const auto* end = caps.szPname + MAXPNAMELEN;
       require(std::find(caps.szPname, end, u'\0') != end, "szPname does not end");
     }},
    {"WODM_GETDEVCAPS.formats", "WIDM_GETDEVCAPS.formats", "claims in dwFormats exactly what works",
     [](Subject& subject, Direction direction) {
       const DWORD formats = capabilities(subject, direction).dwFormats;
       unsigned bit = 0;
       for (const DWORD rate : {11'025U, 22'050U, 44'100U, 48'000U, 96'000U}) {
         for (const WORD bits : {WORD{8}, WORD{16}}) {
           for (const WORD channels : {WORD{1}, WORD{2}}) {
             const bool claimed = (formats >> bit++ & 1) != 0;
             const WAVEFORMATEX format = pcm(channels, bits, rate);
             const bool works = Opener(subject, direction).query(&format) == MMSYSERR_NOERROR;
             require(works == claimed,
                     name_of(format) + (works ? " is taken and not claimed" : " is claimed and refused"));
           }
         }
       }
       require((formats & ~kEveryFormat) == 0, "dwFormats has bits that mean nothing");
     }},
    {"WODM_GETDEVCAPS.support", "claims in dwSupport what works, and never WAVECAPS_SYNC",
     [](Subject& subject) {
       const DWORD support = capabilities(subject, kOut).dwSupport;
       require((support & WAVECAPS_SYNC) == 0, "WAVECAPS_SYNC is claimed");
       const Client client(subject, kOut);
       DWORD value = 0;
       const auto require_support = [&](DWORD bit, UINT get, std::string_view name) {
         const bool works =
             client.stream.send(get, reinterpret_cast<DWORD_PTR>(&value)) != MMSYSERR_NOTSUPPORTED;
         require(works == ((support & bit) != 0),
                 std::string(name) + (works ? " works and is not claimed" : " is claimed and not supported"));
       };
       require_support(WAVECAPS_VOLUME, WODM_GETVOLUME, "volume");
       require_support(WAVECAPS_PITCH, WODM_GETPITCH, "pitch");
       require_support(WAVECAPS_PLAYBACKRATE, WODM_GETPLAYBACKRATE, "playback rate");
     }},
};

}  // namespace

std::span<const Entry> device_rules() { return kDeviceRules; }

}  // namespace refwave::conform
