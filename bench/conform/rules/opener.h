// OPEN with parameters of a rule's own, for the rules about it.
#pragma once

#include <string>

#include "bench/conform/client/client.h"

namespace refwave::conform {

/// Returns: the format in words.
inline std::string name_of(const WAVEFORMATEX& format) {
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

}  // namespace refwave::conform
