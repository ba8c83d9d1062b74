// waveOutGetErrorText and waveInGetErrorText: the meaning of each MMRESULT in a sentence.
#include <algorithm>
#include <array>
#include <string_view>

#include "driver/abi/windows_headers.h"

namespace {

struct ErrorText {
  MMRESULT error;
  std::string_view text;
};

constexpr std::array kErrorTexts = std::to_array<ErrorText>({
    {MMSYSERR_NOERROR, "The call succeeded."},
    {MMSYSERR_ERROR, "The call failed for a reason that has no number of its own."},
    {MMSYSERR_BADDEVICEID, "There is no device of that number."},
    {MMSYSERR_NOTENABLED, "The driver has not been enabled."},
    {MMSYSERR_ALLOCATED, "The device is in use and cannot be opened again."},
    {MMSYSERR_INVALHANDLE, "The device handle is not, or no longer, valid."},
    {MMSYSERR_NODRIVER, "There is no driver for this device."},
    {MMSYSERR_NOMEM, "There is not enough memory."},
    {MMSYSERR_NOTSUPPORTED, "The driver does not support this function."},
    {MMSYSERR_BADERRNUM, "There is no error of that number."},
    {MMSYSERR_INVALFLAG, "A flag is not valid here."},
    {MMSYSERR_INVALPARAM, "A parameter is not valid."},
    {MMSYSERR_HANDLEBUSY, "The handle is in use by another thread."},
    {MMSYSERR_INVALIDALIAS, "The alias is not known."},
    {MMSYSERR_BADDB, "The registry is damaged."},
    {MMSYSERR_KEYNOTFOUND, "The registry key does not exist."},
    {MMSYSERR_READERROR, "The registry could not be read."},
    {MMSYSERR_WRITEERROR, "The registry could not be written."},
    {MMSYSERR_DELETEERROR, "The registry entry could not be deleted."},
    {MMSYSERR_VALNOTFOUND, "The registry value does not exist."},
    {MMSYSERR_NODRIVERCB, "The driver did not call back."},
    {MMSYSERR_MOREDATA, "There is more data than was asked for."},
    {WAVERR_BADFORMAT, "The device cannot play or record this format."},
    {WAVERR_STILLPLAYING, "Blocks of audio are still queued; reset the device first."},
    {WAVERR_UNPREPARED, "The block's header has not been prepared."},
    {WAVERR_SYNC, "The device works only synchronously; open it with WAVE_ALLOWSYNC."},
});

/// Effects: fills a text of at most `capacity` characters, the closing 0 included.
template <class Character>
MMRESULT copy_error_text(MMRESULT error, Character* text, UINT capacity) {
  if (text == nullptr) return MMSYSERR_INVALPARAM;
  if (capacity == 0) return MMSYSERR_NOERROR;
  text[0] = 0;
  const auto found = std::ranges::find(kErrorTexts, error, &ErrorText::error);
  if (found == kErrorTexts.end()) return MMSYSERR_BADERRNUM;
  const std::size_t length = std::min<std::size_t>(found->text.size(), capacity - 1);
  std::copy_n(found->text.begin(), length, text);
  text[length] = 0;
  return MMSYSERR_NOERROR;
}

}  // namespace

MMRESULT WINAPI waveOutGetErrorTextA(MMRESULT mmrError, LPSTR pszText, UINT cchText) {
  return copy_error_text(mmrError, pszText, cchText);
}

MMRESULT WINAPI waveOutGetErrorTextW(MMRESULT mmrError, LPWSTR pszText, UINT cchText) {
  return copy_error_text(mmrError, pszText, cchText);
}

MMRESULT WINAPI waveInGetErrorTextA(MMRESULT mmrError, LPSTR pszText, UINT cchText) {
  return copy_error_text(mmrError, pszText, cchText);
}

MMRESULT WINAPI waveInGetErrorTextW(MMRESULT mmrError, LPWSTR pszText, UINT cchText) {
  return copy_error_text(mmrError, pszText, cchText);
}
