// Volume, pitch and playback rate.
#include <initializer_list>

#include "bench/conform/client/client.h"
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
  require_result(subject.ask(kOut, WODM_GETVOLUME, user, reinterpret_cast<DWORD_PTR>(&volume)),
                 MMSYSERR_NOERROR, "WODM_GETVOLUME");
  return volume;
}

void set_volume(Subject& subject, DWORD_PTR user, DWORD volume) {
  require_result(subject.ask(kOut, WODM_SETVOLUME, user, volume), MMSYSERR_NOERROR, "WODM_SETVOLUME");
}

void require_volume(Subject& subject, DWORD_PTR user, DWORD expected, std::string_view whose) {
  const DWORD volume = volume_of(subject, user);
  require(volume == expected, "the volume of " + std::string(whose) + " is " + std::to_string(volume) +
                                  " and not " + std::to_string(expected));
}

void what_was_set_is_answered(Subject& subject) {
  need_volume(subject);
  const Client client(subject, kOut);
  for (const DWORD volume : {0x00000000U, 0x12345678U, 0xFFFF0000U, 0x0000FFFFU, 0xFFFFFFFFU}) {
    set_volume(subject, client.stream.user(), volume);
    require_volume(subject, client.stream.user(), volume, "the stream");
  }
}

void a_streams_volume_is_its_own(Subject& subject) {
  need_volume(subject);
  const Client one(subject, kOut);
  const Client other(subject, kOut);
  const DWORD before = volume_of(subject, other.stream.user());
  const DWORD device = volume_of(subject, 0);
  set_volume(subject, one.stream.user(), 0x11112222);
  require_volume(subject, other.stream.user(), before, "another stream");
  require_volume(subject, 0, device, "the device");
}

/// Restores the volume at the end: it may be the whole machine's.
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

// --- pitch and playback rate ---

/// One of the two, which differ in their messages and in what they do to the time.
struct Setting {
  const char* name;
  DWORD bit;
  UINT get;
  UINT set;
  DWORD times_as_fast;  // at a setting of 2
};
constexpr Setting kPitch = {"pitch", WAVECAPS_PITCH, WODM_GETPITCH, WODM_SETPITCH, 1};
constexpr Setting kRate = {"playback rate", WAVECAPS_PLAYBACKRATE, WODM_GETPLAYBACKRATE, WODM_SETPLAYBACKRATE,
                           2};
constexpr DWORD kOne = 0x10000;

void need_claimed(Subject& subject, const Setting& setting) {
  if ((support_of(subject) & setting.bit) == 0)
    not_applicable(std::string("no ") + setting.name + " is claimed");
}

DWORD value_of(const Stream& stream, const Setting& setting) {
  DWORD value = 0;
  stream.must_send(setting.get, std::string("the GET of the ") + setting.name,
                   reinterpret_cast<DWORD_PTR>(&value));
  return value;
}

void require_value(const Stream& stream, const Setting& setting, DWORD expected, std::string_view when) {
  const DWORD value = value_of(stream, setting);
  require(value == expected, std::string("the ") + setting.name + " is " + std::to_string(value) +
                                 "/65536 and not " + std::to_string(expected) + "/65536 " +
                                 std::string(when));
}

void set_value(const Stream& stream, const Setting& setting, DWORD value) {
  stream.must_send(setting.set, std::string("the SET of the ") + setting.name, value);
}

template <const Setting& kSetting>
void two_messages_or_none(Subject& subject) {
  const Client client(subject, kOut);
  DWORD value = 0;
  if ((support_of(subject) & kSetting.bit) == 0) {
    const auto address = reinterpret_cast<DWORD_PTR>(&value);
    require_result(client.stream.send(kSetting.get, address), MMSYSERR_NOTSUPPORTED,
                   "the GET of what is not claimed");
    require_result(client.stream.send(kSetting.set, kOne), MMSYSERR_NOTSUPPORTED,
                   "the SET of what is not claimed");
    return;
  }
  set_value(client.stream, kSetting, 0x18000);
  require_value(client.stream, kSetting, 0x18000, "after that was set");
  require_result(client.stream.send(kSetting.set, 0), MMSYSERR_INVALPARAM, "the SET of 0");
}

template <const Setting& kSetting>
void what_is_taken_is_answered(Subject& subject) {
  need_claimed(subject, kSetting);
  const Client client(subject, kOut);
  DWORD expected = value_of(client.stream, kSetting);
  for (const DWORD value :
       std::initializer_list<DWORD>{0x8000U, 0x20000U, 0xC123U, 0x100U, 0x10'0000U, 0xFFFFFFFFU, kOne}) {
    if (client.stream.send(kSetting.set, value) == MMSYSERR_NOERROR) expected = value;
    require_value(client.stream, kSetting, expected, "after the SET of " + std::to_string(value));
  }
  require(expected == kOne, std::string("a ") + kSetting.name + " of 1 is refused");
}

template <const Setting& kSetting>
void each_stream_has_its_own(Subject& subject) {
  need_claimed(subject, kSetting);
  const Client one(subject, kOut);
  const Client other(subject, kOut);
  set_value(one.stream, kSetting, 0x8000);
  require_value(other.stream, kSetting, kOne, "because another stream's was set");
  const Client later(subject, kOut);
  require_value(later.stream, kSetting, kOne, "in a new stream");
}

template <const Setting& kSetting>
void kept_by_a_reset(Subject& subject) {
  need_claimed(subject, kSetting);
  const Client client(subject, kOut);
  set_value(client.stream, kSetting, 0x18000);
  client.stream.pause();
  require_value(client.stream, kSetting, 0x18000, "in a pause");
  client.stream.reset();
  require_value(client.stream, kSetting, 0x18000, "after a reset");
}

template <const Setting& kSetting>
void a_quarter_to_four(Subject& subject) {
  need_claimed(subject, kSetting);
  const Client client(subject, kOut);
  for (const DWORD value : std::initializer_list<DWORD>{kOne / 4, kOne * 4})
    set_value(client.stream, kSetting, value);
  for (const DWORD value : std::initializer_list<DWORD>{kOne / 4 - 1, kOne * 4 + 1, 0xFFFF0000U}) {
    require_result(client.stream.send(kSetting.set, value), MMSYSERR_INVALPARAM,
                   "the SET of " + std::to_string(value) + "/65536");
    require_value(client.stream, kSetting, kOne * 4, "after that was refused");
  }
}

template <const Setting& kSetting>
void no_target_and_no_stream_to_set(Subject& subject) {
  need_claimed(subject, kSetting);
  const Client client(subject, kOut);
  require_result(client.stream.send(kSetting.get), MMSYSERR_INVALPARAM, "the GET to NULL");
  DWORD value = 77;
  for (const DWORD_PTR user : {DWORD_PTR{0}, DWORD_PTR{0x12345}}) {
    require_result(subject.ask(kOut, kSetting.set, user, kOne), MMSYSERR_INVALHANDLE, "the SET of no stream");
    require_result(subject.ask(kOut, kSetting.get, user, reinterpret_cast<DWORD_PTR>(&value)),
                   MMSYSERR_INVALHANDLE, "the GET of no stream");
  }
  require(value == 77, "a refused GET wrote all the same");
}

/// Two streams play at the same time, one of them with a setting of 2. The plain one's position is taken
/// before and after the other's, so that it does not matter when this thread runs.
template <const Setting& kSetting>
void passes_frames_as_fast_as_it_should(Subject& subject) {
  need_claimed(subject, kSetting);
  constexpr DWORD kMargin = kSecond * 3 / 20;
  // Sixteen seconds for the changed one, in case that this thread comes late.
  Client first_client(subject, kOut, 240, 6'400);
  Client other_client(subject, kOut, 240, 6'400);
  const Stream& plain = first_client.stream;
  const Stream& changed = other_client.stream;
  set_value(changed, kSetting, 2 * kOne);
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
  require(passed + kMargin >= kSetting.times_as_fast * (first - begin), "only " + seen);
  require(passed <= kSetting.times_as_fast * (last - before) + kMargin, seen);
}

/// A stream begins at full volume, whatever the device's is.
void full_at_open(Subject& subject) {
  need_volume(subject);
  const DWORD before = volume_of(subject, 0);
  set_volume(subject, 0, 0x33334444);
  const Client client(subject, kOut);
  const DWORD volume = volume_of(subject, client.stream.user());
  set_volume(subject, 0, before);
  require(volume == 0xFFFFFFFF, "the volume of a new stream is " + std::to_string(volume));
}

void no_target_and_no_stream(Subject& subject) {
  need_volume(subject);
  require_result(subject.ask(kOut, WODM_GETVOLUME), MMSYSERR_INVALPARAM, "WODM_GETVOLUME to NULL");
  require_result(subject.ask(kOut, WODM_SETVOLUME, 0x12345), MMSYSERR_INVALHANDLE,
                 "WODM_SETVOLUME of no stream");
}

constexpr Entry kVolumeRules[] = {
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
     "works together with its GET message, or neither is supported; 0 is MMSYSERR_INVALPARAM",
     two_messages_or_none<kPitch>},
    {"WODM_SETPITCH.answered", "its GET message answers what was taken, and what is refused changes nothing",
     what_is_taken_is_answered<kPitch>},
    {"WODM_SETPITCH.own", "is each stream's own, and begins with 1", each_stream_has_its_own<kPitch>},
    {"WODM_SETPITCH.duration", "at twice the pitch as many frames pass in the same time",
     passes_frames_as_fast_as_it_should<kPitch>},
    {"WODM_SETPITCH.kept", "a pause and a reset keep it", kept_by_a_reset<kPitch>, kOurs},
    {"WODM_SETPITCH.range", "0.25 to 4 is taken, and all else is MMSYSERR_INVALPARAM",
     a_quarter_to_four<kPitch>, kOurs},
    {"WODM_SETPITCH.refused",
     "its GET message to NULL is MMSYSERR_INVALPARAM, a dwUser of no stream INVALHANDLE",
     no_target_and_no_stream_to_set<kPitch>, kOurs},
    {"WODM_SETPLAYBACKRATE.both_or_none",
     "works together with its GET message, or neither is supported; 0 is MMSYSERR_INVALPARAM",
     two_messages_or_none<kRate>},
    {"WODM_SETPLAYBACKRATE.answered",
     "its GET message answers what was taken, and what is refused changes nothing",
     what_is_taken_is_answered<kRate>},
    {"WODM_SETPLAYBACKRATE.own", "is each stream's own, and begins with 1", each_stream_has_its_own<kRate>},
    {"WODM_SETPLAYBACKRATE.faster", "at twice the rate twice as many frames pass in the same time",
     passes_frames_as_fast_as_it_should<kRate>},
    {"WODM_SETPLAYBACKRATE.kept", "a pause and a reset keep it", kept_by_a_reset<kRate>, kOurs},
    {"WODM_SETPLAYBACKRATE.range", "0.25 to 4 is taken, and all else is MMSYSERR_INVALPARAM",
     a_quarter_to_four<kRate>, kOurs},
    {"WODM_SETPLAYBACKRATE.refused",
     "its GET message to NULL is MMSYSERR_INVALPARAM, a dwUser of no stream INVALHANDLE",
     no_target_and_no_stream_to_set<kRate>, kOurs},
};

}  // namespace

std::span<const Entry> volume_rules() { return kVolumeRules; }

}  // namespace refwave::conform
