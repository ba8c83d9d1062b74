// Which formats OPEN takes, and which it refuses.
#include "bench/conform/rules/opener.h"
#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

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

void pcm_and_float_are_taken(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  for (const DWORD rate :
       {8'000U, 11'025U, 16'000U, 22'050U, 32'000U, 44'100U, 48'000U, 88'200U, 96'000U, 176'400U, 192'000U}) {
    for (WORD channels = 1; channels <= 8; ++channels) {
      for (const WORD bits : {WORD{8}, WORD{16}, WORD{24}, WORD{32}})
        opener.require_taken(pcm(channels, bits, rate));
      for (const WORD bits : {WORD{32}, WORD{64}})
        opener.require_taken(with_tag(WAVE_FORMAT_IEEE_FLOAT, pcm(channels, bits, rate)));
    }
  }
}

void extensible_is_taken(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  for (WORD channels = 1; channels <= 8; ++channels) {
    for (const DWORD mask : {0U, (1U << channels) - 1, 0x3U, 0xFFFFFFFFU}) {
      for (const WORD bits : {WORD{8}, WORD{16}, WORD{24}, WORD{32}})
        opener.require_taken(extensible(channels, bits, KSDATAFORMAT_SUBTYPE_PCM, mask).Format);
      for (const WORD bits : {WORD{32}, WORD{64}})
        opener.require_taken(extensible(channels, bits, KSDATAFORMAT_SUBTYPE_IEEE_FLOAT, mask).Format);
    }
  }
  WAVEFORMATEXTENSIBLE twenty_in_32 = extensible(2, 32, KSDATAFORMAT_SUBTYPE_PCM, 3);
  twenty_in_32.Samples.wValidBitsPerSample = 20;
  opener.require_taken(twenty_in_32.Format);
}

void bad_formats_are_refused(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  for (const WAVEFORMATEX& format : {pcm(0, 16), pcm(2, 0), pcm(2, 16, 0), pcm(2, 12)})
    opener.require_refused(format);
}

void unknown_tags_are_refused(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  for (const WORD tag : {WORD{WAVE_FORMAT_UNKNOWN}, WORD{0x1234}, WORD{0x7FFF}})
    opener.require_refused(with_tag(tag, usual_format()));
  const GUID unknown = {0x12345678, 0, 0x10, {0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71}};
  opener.require_refused(extensible(2, 16, unknown, 3).Format);
}

void block_align_must_fit(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  for (const WORD align : {WORD{0}, WORD{3}, WORD{8}}) {
    WAVEFORMATEX format = usual_format();
    format.nBlockAlign = align;
    opener.require_refused(format);
  }
}

void bytes_a_second_are_ignored(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  for (const DWORD wrong : {0U, 1U, 0xFFFFFFFFU}) {
    WAVEFORMATEX format = usual_format();
    format.nAvgBytesPerSec = wrong;
    opener.require_opens(&format, CALLBACK_NULL, "OPEN with nAvgBytesPerSec " + std::to_string(wrong));
  }
}

void cb_size_of_pcm_is_ignored(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  WAVEFORMATEX format = usual_format();
  format.cbSize = 0xFFFF;
  opener.require_opens(&format, CALLBACK_NULL, "OPEN of PCM with a cbSize of 65535");
}

/// What other drivers may take.
void out_of_range_is_refused(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  for (const WAVEFORMATEX& format :
       {pcm(9, 16), pcm(2, 64), pcm(2, 16, 7'999), pcm(2, 16, 192'001),
        with_tag(WAVE_FORMAT_ADPCM, pcm(2, 16)), with_tag(WAVE_FORMAT_MULAW, pcm(1, 8)),
        with_tag(WAVE_FORMAT_IEEE_FLOAT, pcm(2, 16))})
    opener.require_refused(format);
}

void senseless_extensible_is_refused(Subject& subject, Direction direction) {
  const Opener opener(subject, direction);
  WAVEFORMATEXTENSIBLE more_bits_than_room = extensible(2, 16, KSDATAFORMAT_SUBTYPE_PCM, 3);
  more_bits_than_room.Samples.wValidBitsPerSample = 24;
  WAVEFORMATEXTENSIBLE short_one = extensible(2, 16, KSDATAFORMAT_SUBTYPE_PCM, 3);
  short_one.Format.cbSize = 4;
  for (const WAVEFORMATEXTENSIBLE& format :
       {more_bits_than_room, short_one, extensible(9, 16, KSDATAFORMAT_SUBTYPE_PCM, 0),
        extensible(2, 16, KSDATAFORMAT_SUBTYPE_IEEE_FLOAT, 3)})
    opener.require_refused(format.Format);
}

constexpr Entry kFormatRules[] = {
    {"WODM_OPEN.pcm_and_float", "WIDM_OPEN.pcm_and_float",
     "takes PCM of 8 to 32 bits and float of 32 and 64, 1 to 8 channels, 8 to 192 kHz",
     pcm_and_float_are_taken},
    {"WODM_OPEN.extensible", "WIDM_OPEN.extensible",
     "takes WAVEFORMATEXTENSIBLE with any mask and fewer valid bits", extensible_is_taken},
    {"WODM_OPEN.bad_format", "WIDM_OPEN.bad_format",
     "answers WAVERR_BADFORMAT to a rate, channels or bits of 0, and to odd bits", bad_formats_are_refused},
    {"WODM_OPEN.unknown_tag", "WIDM_OPEN.unknown_tag",
     "answers WAVERR_BADFORMAT to unknown tags and subformats", unknown_tags_are_refused},
    {"WODM_OPEN.block_align", "WIDM_OPEN.block_align",
     "answers WAVERR_BADFORMAT to an nBlockAlign that does not fit", block_align_must_fit, kOurs},
    {"WODM_OPEN.bytes_a_second", "WIDM_OPEN.bytes_a_second", "ignores a wrong or zero nAvgBytesPerSec",
     bytes_a_second_are_ignored},
    {"WODM_OPEN.cb_size", "WIDM_OPEN.cb_size", "ignores the cbSize of PCM", cb_size_of_pcm_is_ignored},
    {"WODM_OPEN.out_of_range", "WIDM_OPEN.out_of_range",
     "answers WAVERR_BADFORMAT to more than 8 channels, other rates than 8 to 192 kHz, and compressed audio",
     out_of_range_is_refused, kOurs},
    {"WODM_OPEN.extensible_sense", "WIDM_OPEN.extensible_sense",
     "answers WAVERR_BADFORMAT to a WAVEFORMATEXTENSIBLE that makes no sense",
     senseless_extensible_is_refused, kOurs},
};

}  // namespace

std::span<const Entry> format_rules() { return kFormatRules; }

}  // namespace refwave::conform
