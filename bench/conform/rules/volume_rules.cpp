// Volume, pitch and playback rate.
#include <initializer_list>

#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

DWORD support_of(Subject& subject) {
  subject.need_device(kOut);
  WAVEOUTCAPSW caps{};
  subject.ask(kOut, WODM_GETDEVCAPS, 0, reinterpret_cast<DWORD_PTR>(&caps), sizeof(caps));
  return caps.dwSupport;
}

void need_volume(Subject& subject) {
  if ((support_of(subject) & WAVECAPS_VOLUME) == 0) not_applicable("WAVECAPS_VOLUME is not claimed");
}

DWORD volume_of(Subject& subject, DWORD_PTR user) {
  DWORD volume = 0;
  require_ok(subject.ask(kOut, WODM_GETVOLUME, user, reinterpret_cast<DWORD_PTR>(&volume)), "WODM_GETVOLUME");
  return volume;
}

void set_volume(Subject& subject, DWORD_PTR user, DWORD volume) {
  require_ok(subject.ask(kOut, WODM_SETVOLUME, user, volume), "WODM_SETVOLUME");
}

void require_volume(Subject& subject, DWORD_PTR user, DWORD expected, std::string_view whose) {
  require_equal(volume_of(subject, user), expected, "the volume of " + std::string(whose));
}

// --- pitch and playback rate ---

/// One of the two, which differ in their messages and in what they do to the time.
struct Setting {
  std::string_view name;
  DWORD bit;
  UINT get;
  UINT set;
  DWORD times_as_fast;  // at a setting of 2
};
constexpr Setting kPitch = {"pitch", WAVECAPS_PITCH, WODM_GETPITCH, WODM_SETPITCH, 1};
constexpr Setting kRate = {"playback rate", WAVECAPS_PLAYBACKRATE, WODM_GETPLAYBACKRATE, WODM_SETPLAYBACKRATE,
                           2};
constexpr DWORD kOne = 0x10000;

/// A stream whose driver claims the setting: the pitch is the first of a row's two rules, the rate the
/// second.
struct Dial {
  Dial(Subject& its_subject, Direction row)
      : subject(its_subject), setting(row == kOut ? kPitch : kRate), client(its_subject, kOut) {
    if ((support_of(subject) & setting.bit) == 0)
      not_applicable("no " + std::string(setting.name) + " is claimed");
  }

  Subject& subject;
  const Setting& setting;
  const Client client;

  DWORD value_of(const Stream& stream) const {
    DWORD value = 0;
    stream.must_send(setting.get, "the GET of the " + std::string(setting.name),
                     reinterpret_cast<DWORD_PTR>(&value));
    return value;
  }
  void require_value(const Stream& stream, DWORD expected, std::string_view when) const {
    require_equal(value_of(stream), expected,
                  std::string(when) + " the " + std::string(setting.name) + " in 65536ths");
  }
  void require_value(DWORD expected, std::string_view when) const {
    require_value(client.stream, expected, when);
  }
  void set(const Stream& stream, DWORD value) const {
    stream.must_send(setting.set, "the SET of the " + std::string(setting.name), value);
  }
};

void two_messages_or_none(Subject& subject, Direction row) {
  const Setting& setting = row == kOut ? kPitch : kRate;
  if ((support_of(subject) & setting.bit) == 0) {
    const Client client(subject, kOut);
    DWORD value = 0;
    const auto address = reinterpret_cast<DWORD_PTR>(&value);
    require_result(client.stream.send(setting.get, address), MMSYSERR_NOTSUPPORTED,
                   "the GET of what is not claimed");
    require_result(client.stream.send(setting.set, kOne), MMSYSERR_NOTSUPPORTED,
                   "the SET of what is not claimed");
    return;
  }
  const Dial dial(subject, row);
  dial.set(dial.client.stream, 0x18000);
  dial.require_value(0x18000, "after that was set");
  require_result(dial.client.stream.send(setting.set, 0), MMSYSERR_INVALPARAM, "the SET of 0");
}

/// Two streams play at the same time, one of them with a setting of 2. The plain one's position is taken
/// before and after the other's, so that it does not matter when this thread runs.
void passes_frames_as_fast_as_it_should(const Dial& dial) {
  constexpr DWORD kMargin = kSecond * 3 / 20;
  // Sixteen seconds for the changed one, in case that this thread comes late.
  Client first_client(dial.subject, kOut, 240, 6'400);
  Client other_client(dial.subject, kOut, 240, 6'400);
  const Stream& plain = first_client.stream;
  const Stream& changed = other_client.stream;
  dial.set(changed, 2 * kOne);
  for (Client* client : {&first_client, &other_client}) {
    client->stream.pause();
    client->queue();
  }
  plain.restart();
  const DWORD before = plain.position();
  changed.restart();
  const DWORD start = changed.position();
  const DWORD begin = plain.position();
  DWORD first = 0;
  DWORD passed = 0;
  const bool went_on = eventually([&] {
    first = plain.position();
    passed = changed.position() - start;
    return first >= begin + kSecond / 2;
  });
  const DWORD last = plain.position();
  require(went_on, "half a second of a plain stream does not pass");
  const std::string seen = std::to_string(passed) + " frames passed while a plain stream played " +
                           std::to_string(first - begin) + " to " + std::to_string(last - before);
  require(passed + kMargin >= dial.setting.times_as_fast * (first - begin), "only " + seen);
  require(passed <= dial.setting.times_as_fast * (last - before) + kMargin, seen);
}

constexpr Entry kVolumeRules[] = {
    {"WODM_SETVOLUME.answered", "WODM_GETVOLUME answers exactly what was set",
     [](Subject& subject) {
       need_volume(subject);
       const Client client(subject, kOut);
       for (const DWORD volume : {0x00000000U, 0x12345678U, 0xFFFF0000U, 0x0000FFFFU, 0xFFFFFFFFU}) {
         set_volume(subject, client.stream.user(), volume);
         require_volume(subject, client.stream.user(), volume, "the stream");
       }
     }},
    {"WODM_SETVOLUME.own", "a stream's volume is neither another's nor the device's",
     [](Subject& subject) {
       need_volume(subject);
       const Client one(subject, kOut);
       const Client other(subject, kOut);
       const DWORD before = volume_of(subject, other.stream.user());
       const DWORD device = volume_of(subject, 0);
       set_volume(subject, one.stream.user(), 0x11112222);
       require_volume(subject, other.stream.user(), before, "another stream");
       require_volume(subject, 0, device, "the device");
     }},
    // Restores the volume at the end: it may be the whole machine's.
    {"WODM_SETVOLUME.device", "without a stream it is the device's, legal with nothing open, and kept",
     [](Subject& subject) {
       need_volume(subject);
       const DWORD before = volume_of(subject, 0);
       set_volume(subject, 0, 0x33334444);
       require_volume(subject, 0, 0x33334444, "the device with nothing open");
       play_something(subject);
       const DWORD after = volume_of(subject, 0);
       set_volume(subject, 0, before);
       require(after == 0x33334444, "the device's volume did not outlive a stream");
     }},
    // A stream begins at full volume, whatever the device's is.
    {"WODM_SETVOLUME.full_at_open", "a new stream's is 0xFFFFFFFF, whatever the device's is",
     [](Subject& subject) {
       need_volume(subject);
       const DWORD before = volume_of(subject, 0);
       set_volume(subject, 0, 0x33334444);
       const Client client(subject, kOut);
       const DWORD volume = volume_of(subject, client.stream.user());
       set_volume(subject, 0, before);
       require_equal(volume, 0xFFFFFFFF, "the volume of a new stream");
     },
     kOurs},
    {"WODM_SETVOLUME.refused",
     "WODM_GETVOLUME to NULL is MMSYSERR_INVALPARAM, a dwUser of no stream INVALHANDLE",
     [](Subject& subject) {
       need_volume(subject);
       require_result(subject.ask(kOut, WODM_GETVOLUME), MMSYSERR_INVALPARAM, "WODM_GETVOLUME to NULL");
       require_result(subject.ask(kOut, WODM_SETVOLUME, 0x12345), MMSYSERR_INVALHANDLE,
                      "WODM_SETVOLUME of no stream");
     },
     kOurs},
    {"WODM_SETPITCH.both_or_none", "WODM_SETPLAYBACKRATE.both_or_none",
     "works together with its GET message, or neither is supported; 0 is MMSYSERR_INVALPARAM",
     two_messages_or_none},
    {"WODM_SETPITCH.answered", "WODM_SETPLAYBACKRATE.answered",
     "its GET message answers what was taken, and what is refused changes nothing",
     with<Dial>([](const Dial& dial) {
       DWORD expected = dial.value_of(dial.client.stream);
       for (const DWORD value :
            std::initializer_list<DWORD>{0x8000U, 0x20000U, 0xC123U, 0x100U, 0x10'0000U, 0xFFFFFFFFU, kOne}) {
         if (dial.client.stream.send(dial.setting.set, value) == MMSYSERR_NOERROR) expected = value;
         dial.require_value(expected, "after the SET of " + std::to_string(value));
       }
       require(expected == kOne, "a " + std::string(dial.setting.name) + " of 1 is refused");
     })},
    {"WODM_SETPITCH.own", "WODM_SETPLAYBACKRATE.own", "is each stream's own, and begins with 1",
     with<Dial>([](const Dial& dial) {
       const Client other(dial.subject, kOut);
       dial.set(dial.client.stream, 0x8000);
       dial.require_value(other.stream, kOne, "because another stream's was set");
       const Client later(dial.subject, kOut);
       dial.require_value(later.stream, kOne, "in a new stream");
     })},
    {"WODM_SETPITCH.duration", "", "at twice the pitch as many frames pass in the same time",
     with<Dial>([](const Dial& dial) { passes_frames_as_fast_as_it_should(dial); })},
    {"", "WODM_SETPLAYBACKRATE.faster", "at twice the rate twice as many frames pass in the same time",
     with<Dial>([](const Dial& dial) { passes_frames_as_fast_as_it_should(dial); })},
    {"WODM_SETPITCH.kept", "WODM_SETPLAYBACKRATE.kept", "a pause and a reset keep it",
     with<Dial>([](const Dial& dial) {
       dial.set(dial.client.stream, 0x18000);
       dial.client.stream.pause();
       dial.require_value(0x18000, "in a pause");
       dial.client.stream.reset();
       dial.require_value(0x18000, "after a reset");
     }),
     kOurs},
    {"WODM_SETPITCH.range", "WODM_SETPLAYBACKRATE.range",
     "0.25 to 4 is taken, and all else is MMSYSERR_INVALPARAM", with<Dial>([](const Dial& dial) {
       for (const DWORD value : std::initializer_list<DWORD>{kOne / 4, kOne * 4})
         dial.set(dial.client.stream, value);
       for (const DWORD value : std::initializer_list<DWORD>{kOne / 4 - 1, kOne * 4 + 1, 0xFFFF0000U}) {
         require_result(dial.client.stream.send(dial.setting.set, value), MMSYSERR_INVALPARAM,
                        "the SET of " + std::to_string(value) + "/65536");
         dial.require_value(kOne * 4, "after that was refused");
       }
     }),
     kOurs},
    {"WODM_SETPITCH.refused", "WODM_SETPLAYBACKRATE.refused",
     "its GET message to NULL is MMSYSERR_INVALPARAM, a dwUser of no stream INVALHANDLE",
     with<Dial>([](const Dial& dial) {
       require_result(dial.client.stream.send(dial.setting.get), MMSYSERR_INVALPARAM, "the GET to NULL");
       DWORD value = 77;
       for (const DWORD_PTR user : {DWORD_PTR{0}, DWORD_PTR{0x12345}}) {
         require_result(dial.subject.ask(kOut, dial.setting.set, user, kOne), MMSYSERR_INVALHANDLE,
                        "the SET of no stream");
         require_result(dial.subject.ask(kOut, dial.setting.get, user, reinterpret_cast<DWORD_PTR>(&value)),
                        MMSYSERR_INVALHANDLE, "the GET of no stream");
       }
       require(value == 77, "a refused GET wrote all the same");
     }),
     kOurs},
};

}  // namespace

std::span<const Entry> volume_rules() { return kVolumeRules; }

}  // namespace refwave::conform
