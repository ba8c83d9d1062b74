// OPEN: what it reads and writes of its parameters. format_rules.cpp has the formats.
#include <cstring>

#include "bench/conform/rules/opener.h"
#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

constexpr DWORD_PTR kPattern = ~DWORD_PTR{0} / 255 * 0xA5;  // 0xA5A5…

void writes_the_whole_instance(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  const WAVEFORMATEX format = usual_format();
  DWORD_PTR first = kPattern;
  DWORD_PTR user[3] = {kPattern, ~kPattern, kPattern};
  require_result(opener.open(&format, CALLBACK_NULL, &user[1]), MMSYSERR_NOERROR, "OPEN");
  require(user[0] == kPattern && user[2] == kPattern, "it wrote beside *dwUser");
  // In the upper half: it may be 0, but not both patterns.
  require_result(opener.open(&format, CALLBACK_NULL, &first), MMSYSERR_NOERROR, "OPEN");
  const DWORD_PTR upper = ~DWORD_PTR{0} << (sizeof(DWORD_PTR) * 4);
  const bool all = (first & upper) != (kPattern & upper) && (user[1] & upper) != (~kPattern & upper);
  opener.close(first);
  opener.close(user[1]);
  require(all, "the upper half of *dwUser is as it was before");
}

void query_changes_nothing(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  const WAVEFORMATEX format = usual_format();
  require_result(opener.query(&format), MMSYSERR_NOERROR, "the query without dwUser");
  DWORD_PTR user = kPattern;
  const std::size_t threads = threads_alive(subject.file());
  require_result(opener.open(&format, WAVE_FORMAT_QUERY, &user), MMSYSERR_NOERROR, "the query");
  require(user == kPattern, "it wrote to *dwUser");
  for (int i = 0; i < 2'000; ++i) opener.query(&format);  // more than there can be streams
  require(threads_alive(subject.file()) == threads, "it started a thread");
  opener.require_opens(&format, CALLBACK_NULL, "OPEN after 2000 queries");
}

void flags_are_ignored(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  const WAVEFORMATEX format = usual_format();
  for (const DWORD flags :
       {DWORD{WAVE_ALLOWSYNC}, DWORD{WAVE_FORMAT_DIRECT}, DWORD{WAVE_MAPPED}, DWORD{0x80}, DWORD{0xFF000000}})
    opener.require_opens(&format, flags, "OPEN with flags " + std::to_string(flags));
}

/// Reading on would end the process, and cbSize, if it were read elsewhere, is not 0.
void sixteen_bytes_are_read(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  const LastBytes memory(sizeof(PCMWAVEFORMAT));
  const WAVEFORMATEX whole = usual_format();
  std::memcpy(memory.data(), &whole, sizeof(PCMWAVEFORMAT));
  require_result(opener.query(memory.data()), MMSYSERR_NOERROR, "the query of a PCMWAVEFORMAT");
  opener.require_opens(memory.data(), CALLBACK_NULL, "OPEN of a PCMWAVEFORMAT");
}

constexpr Entry kOpenRules[] = {
    {"WODM_OPEN.whole_instance", "WIDM_OPEN.whole_instance", "writes all bytes of *dwUser and none beside it",
     writes_the_whole_instance},
    {"WODM_OPEN.query", "WIDM_OPEN.query", "with WAVE_FORMAT_QUERY needs no dwUser and changes nothing",
     query_changes_nothing},
    {"WODM_OPEN.flags", "WIDM_OPEN.flags",
     "ignores WAVE_ALLOWSYNC, WAVE_FORMAT_DIRECT, WAVE_MAPPED and unknown flags", flags_are_ignored},
    {"WODM_OPEN.sixteen_bytes", "WIDM_OPEN.sixteen_bytes",
     "reads nothing beyond the 16 bytes of a PCMWAVEFORMAT", sixteen_bytes_are_read},
};

}  // namespace

std::span<const Entry> open_rules() { return kOpenRules; }

}  // namespace refwave::conform
