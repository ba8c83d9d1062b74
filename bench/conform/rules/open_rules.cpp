// OPEN: what it reads and writes of its parameters, and which formats it takes.
#include <cstring>

#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

constexpr DWORD_PTR kPattern = ~DWORD_PTR{0} / 255 * 0xA5;  // 0xA5A5…

constexpr Entry kOpenRules[] = {
    {"WODM_OPEN.whole_instance", "WIDM_OPEN.whole_instance", "writes all bytes of *dwUser and none beside it",
     with<Opener>([](const Opener& opener) {
       const WAVEFORMATEX format = usual_format();
       DWORD_PTR first = kPattern;
       DWORD_PTR user[3] = {kPattern, ~kPattern, kPattern};
       require_ok(opener.open(&format, CALLBACK_NULL, &user[1]), "OPEN");
       require(user[0] == kPattern && user[2] == kPattern, "it wrote beside *dwUser");
       // In the upper half: it may be 0, but not both patterns.
       require_ok(opener.open(&format, CALLBACK_NULL, &first), "OPEN");
       const DWORD_PTR upper = ~DWORD_PTR{0} << (sizeof(DWORD_PTR) * 4);
       const bool all = (first & upper) != (kPattern & upper) && (user[1] & upper) != (~kPattern & upper);
       opener.close(first);
       opener.close(user[1]);
       require(all, "the upper half of *dwUser is as it was before");
     })},
    {"WODM_OPEN.query", "WIDM_OPEN.query", "with WAVE_FORMAT_QUERY needs no dwUser and changes nothing",
     [](Subject& subject, Direction direction) {
       const Opener opener(subject, direction);
       const WAVEFORMATEX format = usual_format();
       require_ok(opener.query(&format), "the query without dwUser");
       DWORD_PTR user = kPattern;
       const std::size_t threads = threads_alive(subject.file());
       require_ok(opener.open(&format, WAVE_FORMAT_QUERY, &user), "the query");
       require(user == kPattern, "it wrote to *dwUser");
       for (int i = 0; i < 2'000; ++i) opener.query(&format);  // more than there can be streams
       require(threads_alive(subject.file()) == threads, "it started a thread");
       opener.require_opens(&format, CALLBACK_NULL, "OPEN after 2000 queries");
     }},
    {"WODM_OPEN.flags", "WIDM_OPEN.flags",
     "ignores WAVE_ALLOWSYNC, WAVE_FORMAT_DIRECT, WAVE_MAPPED and unknown flags",
     with<Opener>([](const Opener& opener) {
       const WAVEFORMATEX format = usual_format();
       for (const DWORD flags : {DWORD{WAVE_ALLOWSYNC}, DWORD{WAVE_FORMAT_DIRECT}, DWORD{WAVE_MAPPED},
                                 DWORD{0x80}, DWORD{0xFF000000}})
         opener.require_opens(&format, flags, "OPEN with flags " + std::to_string(flags));
     })},
    // Reading on would end the process, and cbSize, if it were read elsewhere, is not 0.
    {"WODM_OPEN.sixteen_bytes", "WIDM_OPEN.sixteen_bytes",
     "reads nothing beyond the 16 bytes of a PCMWAVEFORMAT", with<Opener>([](const Opener& opener) {
       const LastBytes memory(sizeof(PCMWAVEFORMAT));
       const WAVEFORMATEX whole = usual_format();
       std::memcpy(memory.data(), &whole, sizeof(PCMWAVEFORMAT));
       require_ok(opener.query(memory.data()), "the query of a PCMWAVEFORMAT");
       opener.require_opens(memory.data(), CALLBACK_NULL, "OPEN of a PCMWAVEFORMAT");
     })},
};

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

constexpr Entry kFormatRules[] = {
    {"WODM_OPEN.pcm_and_float", "WIDM_OPEN.pcm_and_float",
     "takes PCM of 8 to 32 bits and float of 32 and 64, 1 to 8 channels, 8 to 192 kHz",
     with<Opener>([](const Opener& opener) {
       for (const DWORD rate : {8'000U, 11'025U, 16'000U, 22'050U, 32'000U, 44'100U, 48'000U, 88'200U,
                                96'000U, 176'400U, 192'000U}) {
         for (WORD channels = 1; channels <= 8; ++channels) {
           for (const WORD bits : {WORD{8}, WORD{16}, WORD{24}, WORD{32}})
             opener.require_taken(pcm(channels, bits, rate));
           for (const WORD bits : {WORD{32}, WORD{64}})
             opener.require_taken(with_tag(WAVE_FORMAT_IEEE_FLOAT, pcm(channels, bits, rate)));
         }
       }
     })},
    {"WODM_OPEN.extensible", "WIDM_OPEN.extensible",
     "takes WAVEFORMATEXTENSIBLE with any mask and fewer valid bits", with<Opener>([](const Opener& opener) {
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
     })},
    {"WODM_OPEN.bad_format", "WIDM_OPEN.bad_format",
     "answers WAVERR_BADFORMAT to a rate, channels or bits of 0, and to odd bits",
     with<Opener>([](const Opener& opener) {
       for (const WAVEFORMATEX& format : {pcm(0, 16), pcm(2, 0), pcm(2, 16, 0), pcm(2, 12)})
         opener.require_refused(format);
     })},
    {"WODM_OPEN.unknown_tag", "WIDM_OPEN.unknown_tag",
     "answers WAVERR_BADFORMAT to unknown tags and subformats", with<Opener>([](const Opener& opener) {
       for (const WORD tag : {WORD{WAVE_FORMAT_UNKNOWN}, WORD{0x1234}, WORD{0x7FFF}})
         opener.require_refused(with_tag(tag, usual_format()));
       const GUID unknown = {0x12345678, 0, 0x10, {0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71}};
       opener.require_refused(extensible(2, 16, unknown, 3).Format);
     })},
    {"WODM_OPEN.block_align", "WIDM_OPEN.block_align",
     "answers WAVERR_BADFORMAT to an nBlockAlign that does not fit", with<Opener>([](const Opener& opener) {
       for (const WORD align : {WORD{0}, WORD{3}, WORD{8}}) {
         WAVEFORMATEX format = usual_format();
         format.nBlockAlign = align;
         opener.require_refused(format);
       }
     }),
     kOurs},
    {"WODM_OPEN.bytes_a_second", "WIDM_OPEN.bytes_a_second", "ignores a wrong or zero nAvgBytesPerSec",
     with<Opener>([](const Opener& opener) {
       for (const DWORD wrong : {0U, 1U, 0xFFFFFFFFU}) {
         WAVEFORMATEX format = usual_format();
         format.nAvgBytesPerSec = wrong;
         opener.require_opens(&format, CALLBACK_NULL, "OPEN with nAvgBytesPerSec " + std::to_string(wrong));
       }
     })},
    {"WODM_OPEN.cb_size", "WIDM_OPEN.cb_size", "ignores the cbSize of PCM",
     with<Opener>([](const Opener& opener) {
       WAVEFORMATEX format = usual_format();
       format.cbSize = 0xFFFF;
       opener.require_opens(&format, CALLBACK_NULL, "OPEN of PCM with a cbSize of 65535");
     })},
    // What other drivers may take.
    {"WODM_OPEN.out_of_range", "WIDM_OPEN.out_of_range",
     "answers WAVERR_BADFORMAT to more than 8 channels, other rates than 8 to 192 kHz, and compressed audio",
     with<Opener>([](const Opener& opener) {
       for (const WAVEFORMATEX& format :
            {pcm(9, 16), pcm(2, 64), pcm(2, 16, 7'999), pcm(2, 16, 192'001),
             with_tag(WAVE_FORMAT_ADPCM, pcm(2, 16)), with_tag(WAVE_FORMAT_MULAW, pcm(1, 8)),
             with_tag(WAVE_FORMAT_IEEE_FLOAT, pcm(2, 16))})
         opener.require_refused(format);
     }),
     kOurs},
    {"WODM_OPEN.extensible_sense", "WIDM_OPEN.extensible_sense",
     "answers WAVERR_BADFORMAT to a WAVEFORMATEXTENSIBLE that makes no sense",
     with<Opener>([](const Opener& opener) {
       WAVEFORMATEXTENSIBLE more_bits_than_room = extensible(2, 16, KSDATAFORMAT_SUBTYPE_PCM, 3);
       more_bits_than_room.Samples.wValidBitsPerSample = 24;
       WAVEFORMATEXTENSIBLE short_one = extensible(2, 16, KSDATAFORMAT_SUBTYPE_PCM, 3);
       short_one.Format.cbSize = 4;
       for (const WAVEFORMATEXTENSIBLE& format :
            {more_bits_than_room, short_one, extensible(9, 16, KSDATAFORMAT_SUBTYPE_PCM, 0),
             extensible(2, 16, KSDATAFORMAT_SUBTYPE_IEEE_FLOAT, 3)})
         opener.require_refused(format.Format);
     }),
     kOurs},
};

}  // namespace

std::span<const Entry> open_rules() { return kOpenRules; }
std::span<const Entry> format_rules() { return kFormatRules; }

}  // namespace refwave::conform
