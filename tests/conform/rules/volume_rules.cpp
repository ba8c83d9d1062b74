// Volume, pitch and playback rate.
#include "tests/conform/client/client.h"
#include "tests/conform/rules/rules.h"

namespace refwave::conform {
namespace {

DWORD support_of(Subject& subject) {
  subject.need_device(Direction::output);
  WAVEOUTCAPSW caps{};
  subject.ask(Direction::output, WODM_GETDEVCAPS, 0, reinterpret_cast<DWORD_PTR>(&caps), sizeof(caps));
  return caps.dwSupport;
}

void need_volume(Subject& subject) {
  if ((support_of(subject) & WAVECAPS_VOLUME) == 0) not_applicable("WAVECAPS_VOLUME is not claimed");
}

DWORD volume_of(Subject& subject, DWORD_PTR user) {
  DWORD volume = 0;
  require_result(subject.ask(Direction::output, WODM_GETVOLUME, user, reinterpret_cast<DWORD_PTR>(&volume)),
                 MMSYSERR_NOERROR, "WODM_GETVOLUME");
  return volume;
}

void set_volume(Subject& subject, DWORD_PTR user, DWORD volume) {
  require_result(subject.ask(Direction::output, WODM_SETVOLUME, user, volume), MMSYSERR_NOERROR,
                 "WODM_SETVOLUME");
}

void require_volume(Subject& subject, DWORD_PTR user, DWORD expected, std::string_view whose) {
  const DWORD volume = volume_of(subject, user);
  require(volume == expected, "the volume of " + std::string(whose) + " is " + std::to_string(volume) +
                                  " and not " + std::to_string(expected));
}

void what_was_set_is_answered(Subject& subject) {
  need_volume(subject);
  Diary diary;
  const Stream stream(subject, Direction::output, diary);
  for (const DWORD volume : {0x00000000U, 0x12345678U, 0xFFFF0000U, 0x0000FFFFU, 0xFFFFFFFFU}) {
    set_volume(subject, stream.user(), volume);
    require_volume(subject, stream.user(), volume, "the stream");
  }
}

void a_streams_volume_is_its_own(Subject& subject) {
  need_volume(subject);
  Diary diaries[2];
  const Stream one(subject, Direction::output, diaries[0]);
  const Stream other(subject, Direction::output, diaries[1]);
  const DWORD before = volume_of(subject, other.user());
  const DWORD device = volume_of(subject, 0);
  set_volume(subject, one.user(), 0x11112222);
  require_volume(subject, other.user(), before, "another stream");
  require_volume(subject, 0, device, "the device");
}

/// What was set before is set again at the end: it may be the whole machine's.
void the_devices_volume_is_kept(Subject& subject) {
  need_volume(subject);
  const DWORD before = volume_of(subject, 0);
  set_volume(subject, 0, 0x33334444);
  require_volume(subject, 0, 0x33334444, "the device with nothing open");
  play_something(subject);
  const DWORD after = volume_of(subject, 0);
  set_volume(subject, 0, before);
  require(after == 0x33334444, "the device's volume did not outlive a stream");
}

void two_messages_or_none(Subject& subject, DWORD bit, UINT get, UINT set) {
  Diary diary;
  const Stream stream(subject, Direction::output, diary);
  DWORD value = 0;
  const auto address = reinterpret_cast<DWORD_PTR>(&value);
  if ((support_of(subject) & bit) == 0) {
    require_result(stream.send(get, address), MMSYSERR_NOTSUPPORTED, "the GET of what is not claimed");
    require_result(stream.send(set, 0x10000), MMSYSERR_NOTSUPPORTED, "the SET of what is not claimed");
    return;
  }
  stream.tell(set, "the SET of 1.5", 0x18000);
  stream.tell(get, "the GET", address);
  require(value == 0x18000, "1.5 was set and " + std::to_string(value) + "/65536 is answered");
  require_result(stream.send(set, 0), MMSYSERR_INVALPARAM, "the SET of 0");
}

void pitch(Subject& subject) { two_messages_or_none(subject, WAVECAPS_PITCH, WODM_GETPITCH, WODM_SETPITCH); }

void playback_rate(Subject& subject) {
  two_messages_or_none(subject, WAVECAPS_PLAYBACKRATE, WODM_GETPLAYBACKRATE, WODM_SETPLAYBACKRATE);
}

/// A stream begins with the whole of it, whatever the device's is.
void full_at_open(Subject& subject) {
  need_volume(subject);
  const DWORD before = volume_of(subject, 0);
  set_volume(subject, 0, 0x33334444);
  Diary diary;
  const Stream stream(subject, Direction::output, diary);
  const DWORD volume = volume_of(subject, stream.user());
  set_volume(subject, 0, before);
  require(volume == 0xFFFFFFFF, "the volume of a new stream is " + std::to_string(volume));
}

void no_target_and_no_stream(Subject& subject) {
  need_volume(subject);
  require_result(subject.ask(Direction::output, WODM_GETVOLUME), MMSYSERR_INVALPARAM,
                 "WODM_GETVOLUME to NULL");
  require_result(subject.ask(Direction::output, WODM_SETVOLUME, 0x12345), MMSYSERR_INVALHANDLE,
                 "WODM_SETVOLUME of no stream");
}

constexpr Rule kRules[] = {
    {"WODM_SETVOLUME.answered", "WODM_GETVOLUME answers exactly what was set", what_was_set_is_answered},
    {"WODM_SETVOLUME.own", "a stream's volume is neither another's nor the device's",
     a_streams_volume_is_its_own},
    {"WODM_SETVOLUME.device", "without a stream it is the device's, legal with nothing open, and kept",
     the_devices_volume_is_kept},
    {"WODM_SETVOLUME.full_at_open", "a new stream's is 0xFFFFFFFF, whatever the device's is", full_at_open,
     kOurs},
    {"WODM_SETVOLUME.refused",
     "WODM_GETVOLUME to NULL is MMSYSERR_INVALPARAM, a dwUser of no stream INVALHANDLE",
     no_target_and_no_stream, kOurs},
    {"WODM_SETPITCH.both_or_none",
     "works together with WODM_GETPITCH, or neither is supported; 0 is MMSYSERR_INVALPARAM", pitch},
    {"WODM_SETPLAYBACKRATE.both_or_none",
     "works together with WODM_GETPLAYBACKRATE, or neither is supported; 0 is MMSYSERR_INVALPARAM",
     playback_rate},
};

}  // namespace

std::span<const Rule> volume_rules() { return kRules; }

}  // namespace refwave::conform
