// OPEN: which formats it takes, what it reads of them, and what it writes.
#include <cstring>

#include "tests/conform/client.h"
#include "tests/conform/rules.h"

namespace refwave::conform {
namespace {

constexpr DWORD_PTR kPattern = ~DWORD_PTR{0} / 255 * 0xA5;  // 0xA5A5…

WAVEFORMATEX with_tag(WORD tag, WAVEFORMATEX format) {
  format.wFormatTag = tag;
  return format;
}

WAVEFORMATEXTENSIBLE extensible(WORD channels, WORD bits, const GUID& subformat, DWORD mask) {
  WAVEFORMATEXTENSIBLE format{};
  format.Format = with_tag(WAVE_FORMAT_EXTENSIBLE, pcm(channels, bits));
  format.Format.cbSize = sizeof(format) - sizeof(WAVEFORMATEX);
  format.Samples.wValidBitsPerSample = bits;
  format.dwChannelMask = mask;
  format.SubFormat = subformat;
  return format;
}

std::string name_of(const WAVEFORMATEX& format) {
  return "tag " + std::to_string(format.wFormatTag) + ", " + std::to_string(format.nChannels) +
         " channels, " + std::to_string(format.wBitsPerSample) + " bits, " +
         std::to_string(format.nSamplesPerSec) + " Hz";
}

/// One direction's OPEN, with parameters of the rule's own.
class Opener {
 public:
  Opener(Subject& subject, Direction direction)
      : subject_(subject), ids_(messages_of(direction)), direction_(direction) {
    subject.need_device(direction);
  }

  DWORD open(const void* format, DWORD flags, DWORD_PTR* user) const {
    WAVEOPENDESC description{};
    description.lpFormat = static_cast<LPWAVEFORMAT>(const_cast<void*>(format));
    return subject_.ask(direction_, ids_.open, reinterpret_cast<DWORD_PTR>(user),
                        reinterpret_cast<DWORD_PTR>(&description), flags);
  }
  DWORD query(const void* format) const { return open(format, WAVE_FORMAT_QUERY, nullptr); }
  void require_taken(const WAVEFORMATEX& format) const {
    require_result(query(&format), MMSYSERR_NOERROR, name_of(format));
  }
  void require_refused(const WAVEFORMATEX& format) const {
    require_result(query(&format), WAVERR_BADFORMAT, "the query of " + name_of(format));
    DWORD_PTR user = 0;
    require_result(open(&format, CALLBACK_NULL, &user), WAVERR_BADFORMAT, name_of(format));
  }
  void require_opens(const void* format, DWORD flags, std::string_view what) const {
    DWORD_PTR user = 0;
    require_result(open(format, flags, &user), MMSYSERR_NOERROR, what);
    require_result(subject_.ask(direction_, ids_.close, user), MMSYSERR_NOERROR, "CLOSE");
  }
  void close(DWORD_PTR user) const { subject_.ask(direction_, ids_.close, user); }

 private:
  Subject& subject_;
  const WaveMessages& ids_;
  const Direction direction_;
};

template <Direction kDirection>
void writes_the_whole_instance(Subject& subject) {
  const Opener opener(subject, kDirection);
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

template <Direction kDirection>
void query_changes_nothing(Subject& subject) {
  const Opener opener(subject, kDirection);
  const WAVEFORMATEX format = usual_format();
  require_result(opener.query(&format), MMSYSERR_NOERROR, "the query without dwUser");
  DWORD_PTR user = kPattern;
  const std::size_t threads = threads_alive(subject.file());
  require_result(opener.open(&format, WAVE_FORMAT_QUERY, &user), MMSYSERR_NOERROR, "the query");
  require(user == kPattern, "it wrote to *dwUser");
  require(threads_alive(subject.file()) == threads, "it started a thread");
}

template <Direction kDirection>
void flags_are_ignored(Subject& subject) {
  const Opener opener(subject, kDirection);
  const WAVEFORMATEX format = usual_format();
  for (const DWORD flags :
       {DWORD{WAVE_ALLOWSYNC}, DWORD{WAVE_FORMAT_DIRECT}, DWORD{WAVE_MAPPED}, DWORD{0x80}, DWORD{0xFF000000}})
    opener.require_opens(&format, flags, "OPEN with flags " + std::to_string(flags));
}

template <Direction kDirection>
void pcm_and_float_are_taken(Subject& subject) {
  const Opener opener(subject, kDirection);
  for (const DWORD rate : {8'000U, 11'025U, 22'050U, 44'100U, 48'000U, 96'000U, 192'000U}) {
    for (WORD channels = 1; channels <= 8; ++channels) {
      for (const WORD bits : {WORD{8}, WORD{16}, WORD{24}, WORD{32}})
        opener.require_taken(pcm(channels, bits, rate));
      for (const WORD bits : {WORD{32}, WORD{64}})
        opener.require_taken(with_tag(WAVE_FORMAT_IEEE_FLOAT, pcm(channels, bits, rate)));
    }
  }
}

template <Direction kDirection>
void extensible_is_taken(Subject& subject) {
  const Opener opener(subject, kDirection);
  for (WORD channels = 1; channels <= 8; ++channels) {
    for (const DWORD mask : {0U, (1U << channels) - 1, 0xFFFFFFFFU}) {
      opener.require_taken(extensible(channels, 16, KSDATAFORMAT_SUBTYPE_PCM, mask).Format);
      opener.require_taken(extensible(channels, 32, KSDATAFORMAT_SUBTYPE_IEEE_FLOAT, mask).Format);
    }
  }
  WAVEFORMATEXTENSIBLE twenty_in_32 = extensible(2, 32, KSDATAFORMAT_SUBTYPE_PCM, 3);
  twenty_in_32.Samples.wValidBitsPerSample = 20;
  opener.require_taken(twenty_in_32.Format);
}

template <Direction kDirection>
void bad_formats_are_refused(Subject& subject) {
  const Opener opener(subject, kDirection);
  for (const WAVEFORMATEX& format : {pcm(0, 16), pcm(2, 0), pcm(2, 16, 0), pcm(2, 12)})
    opener.require_refused(format);
}

template <Direction kDirection>
void unknown_tags_are_refused(Subject& subject) {
  const Opener opener(subject, kDirection);
  for (const WORD tag : {WORD{WAVE_FORMAT_UNKNOWN}, WORD{0x1234}, WORD{0x7FFF}})
    opener.require_refused(with_tag(tag, usual_format()));
  const GUID unknown = {0x12345678, 0, 0x10, {0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71}};
  opener.require_refused(extensible(2, 16, unknown, 3).Format);
}

template <Direction kDirection>
void block_align_must_fit(Subject& subject) {
  const Opener opener(subject, kDirection);
  for (const WORD align : {WORD{0}, WORD{3}, WORD{8}}) {
    WAVEFORMATEX format = usual_format();
    format.nBlockAlign = align;
    opener.require_refused(format);
  }
}

template <Direction kDirection>
void bytes_a_second_are_ignored(Subject& subject) {
  const Opener opener(subject, kDirection);
  for (const DWORD wrong : {0U, 1U, 0xFFFFFFFFU}) {
    WAVEFORMATEX format = usual_format();
    format.nAvgBytesPerSec = wrong;
    opener.require_opens(&format, CALLBACK_NULL, "OPEN with nAvgBytesPerSec " + std::to_string(wrong));
  }
}

/// Reading on would end the process, and cbSize, if it were read elsewhere, is not 0.
template <Direction kDirection>
void sixteen_bytes_are_read(Subject& subject) {
  const Opener opener(subject, kDirection);
  const LastBytes memory(sizeof(PCMWAVEFORMAT));
  const WAVEFORMATEX whole = usual_format();
  std::memcpy(memory.data(), &whole, sizeof(PCMWAVEFORMAT));
  require_result(opener.query(memory.data()), MMSYSERR_NOERROR, "the query of a PCMWAVEFORMAT");
  opener.require_opens(memory.data(), CALLBACK_NULL, "OPEN of a PCMWAVEFORMAT");
}

template <Direction kDirection>
void cb_size_of_pcm_is_ignored(Subject& subject) {
  const Opener opener(subject, kDirection);
  WAVEFORMATEX format = usual_format();
  format.cbSize = 0xFFFF;
  opener.require_opens(&format, CALLBACK_NULL, "OPEN of PCM with a cbSize of 65535");
}

constexpr Direction kOut = Direction::output;
constexpr Direction kIn = Direction::input;

constexpr Rule kRules[] = {
    {"WODM_OPEN.whole_instance", "writes all bytes of *dwUser and none beside it",
     writes_the_whole_instance<kOut>},
    {"WODM_OPEN.query", "with WAVE_FORMAT_QUERY needs no dwUser and changes nothing",
     query_changes_nothing<kOut>},
    {"WODM_OPEN.flags", "ignores WAVE_ALLOWSYNC, WAVE_FORMAT_DIRECT, WAVE_MAPPED and unknown flags",
     flags_are_ignored<kOut>},
    {"WODM_OPEN.pcm_and_float",
     "takes PCM of 8 to 32 bits and float of 32 and 64, 1 to 8 channels, 8 to 192 kHz",
     pcm_and_float_are_taken<kOut>},
    {"WODM_OPEN.extensible", "takes WAVEFORMATEXTENSIBLE with any mask and fewer valid bits",
     extensible_is_taken<kOut>},
    {"WODM_OPEN.bad_format", "answers WAVERR_BADFORMAT to a rate, channels or bits of 0, and to odd bits",
     bad_formats_are_refused<kOut>},
    {"WODM_OPEN.unknown_tag", "answers WAVERR_BADFORMAT to unknown tags and subformats",
     unknown_tags_are_refused<kOut>},
    {"WODM_OPEN.block_align", "answers WAVERR_BADFORMAT to an nBlockAlign that does not fit",
     block_align_must_fit<kOut>, kOurs},
    {"WODM_OPEN.bytes_a_second", "ignores a wrong or zero nAvgBytesPerSec", bytes_a_second_are_ignored<kOut>},
    {"WODM_OPEN.sixteen_bytes", "reads nothing behind the 16 bytes of a PCMWAVEFORMAT",
     sixteen_bytes_are_read<kOut>},
    {"WODM_OPEN.cb_size", "ignores the cbSize of PCM", cb_size_of_pcm_is_ignored<kOut>},
    {"WIDM_OPEN.whole_instance", "writes all bytes of *dwUser and none beside it",
     writes_the_whole_instance<kIn>},
    {"WIDM_OPEN.query", "with WAVE_FORMAT_QUERY needs no dwUser and changes nothing",
     query_changes_nothing<kIn>},
    {"WIDM_OPEN.flags", "ignores WAVE_FORMAT_DIRECT, WAVE_MAPPED and unknown flags", flags_are_ignored<kIn>},
    {"WIDM_OPEN.pcm_and_float",
     "takes PCM of 8 to 32 bits and float of 32 and 64, 1 to 8 channels, 8 to 192 kHz",
     pcm_and_float_are_taken<kIn>},
    {"WIDM_OPEN.extensible", "takes WAVEFORMATEXTENSIBLE with any mask and fewer valid bits",
     extensible_is_taken<kIn>},
    {"WIDM_OPEN.bad_format", "answers WAVERR_BADFORMAT to a rate, channels or bits of 0, and to odd bits",
     bad_formats_are_refused<kIn>},
    {"WIDM_OPEN.unknown_tag", "answers WAVERR_BADFORMAT to unknown tags and subformats",
     unknown_tags_are_refused<kIn>},
    {"WIDM_OPEN.block_align", "answers WAVERR_BADFORMAT to an nBlockAlign that does not fit",
     block_align_must_fit<kIn>, kOurs},
    {"WIDM_OPEN.bytes_a_second", "ignores a wrong or zero nAvgBytesPerSec", bytes_a_second_are_ignored<kIn>},
    {"WIDM_OPEN.sixteen_bytes", "reads nothing behind the 16 bytes of a PCMWAVEFORMAT",
     sixteen_bytes_are_read<kIn>},
    {"WIDM_OPEN.cb_size", "ignores the cbSize of PCM", cb_size_of_pcm_is_ignored<kIn>},
};

}  // namespace

std::span<const Rule> open_rules() { return kRules; }

}  // namespace refwave::conform
