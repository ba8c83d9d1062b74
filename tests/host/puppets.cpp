#include "tests/host/puppets.h"

#include <algorithm>
#include <cstring>

#include "tests/host/drivers/puppet_calls.h"
#include "tests/support/scarce_memory.h"

namespace refwave::host::test {
namespace {

const char* name_of(UINT message) {
  static constexpr const char* kNames[] = {"?",       "LOAD", "ENABLE",    "OPEN",           "CLOSE",
                                           "DISABLE", "FREE", "CONFIGURE", "QUERYCONFIGURE", "INSTALL"};
  return message < std::size(kNames) ? kNames[message] : "?";
}

template <class Capabilities>
DWORD fill_capabilities(const WaveMessageSeen& message) {
  Capabilities capabilities{};
  const std::u16string name = wide(message.driver) + static_cast<char16_t>(u'0' + message.device);
  std::copy(name.begin(), name.end(), capabilities.szPname);
  capabilities.wChannels = 2;
  capabilities.dwFormats = WAVE_FORMAT_48S16;
  std::memcpy(reinterpret_cast<void*>(message.parameter1), &capabilities,
              std::min<std::size_t>(message.parameter2, sizeof(capabilities)));
  return MMSYSERR_NOERROR;
}

}  // namespace

Puppets& Puppets::instance() {
  static Puppets puppets;
  return puppets;
}

void Puppets::reset() {
  const std::lock_guard lock(mutex_);
  driver_messages_.clear();
  wave_messages_.clear();
  driver_answer_ = nullptr;
  wave_answer_ = nullptr;
  devices.clear();
}

void Puppets::answer_driver(UINT message, LRESULT answer) {
  answer_driver([message, answer](const DriverMessage& seen) {
    return seen.message == message ? std::optional(answer) : std::nullopt;
  });
}

void Puppets::answer_wave(UINT message, DWORD answer, const std::string& driver) {
  answer_wave([message, answer, driver](const WaveMessageSeen& seen) {
    const bool is_meant = seen.message == message && (driver.empty() || seen.driver == driver);
    return is_meant ? std::optional(answer) : std::nullopt;
  });
}

std::vector<DriverMessage> Puppets::driver_messages() const {
  const std::lock_guard lock(mutex_);
  return driver_messages_;
}

std::vector<WaveMessageSeen> Puppets::wave_messages() const {
  const std::lock_guard lock(mutex_);
  return wave_messages_;
}

std::string Puppets::driver_order() const {
  std::string order;
  for (const DriverMessage& message : driver_messages()) {
    order += (order.empty() ? "" : " ") + std::string(name_of(message.message));
  }
  return order;
}

LRESULT Puppets::take(const DriverMessage& message) {
  {
    const std::lock_guard lock(mutex_);
    driver_messages_.push_back(message);
  }
  const auto answer = driver_answer_ ? driver_answer_(message) : std::nullopt;
  return answer ? *answer : usual_answer(message);
}

DWORD Puppets::take(const WaveMessageSeen& message) {
  {
    const std::lock_guard lock(mutex_);
    wave_messages_.push_back(message);
  }
  const auto answer = wave_answer_ ? wave_answer_(message) : std::nullopt;
  return answer ? *answer : usual_answer(message);
}

LRESULT Puppets::usual_answer(const DriverMessage& message) {
  if (message.message == DRV_OPEN) return next_identifier_++;
  return DefDriverProc(message.identifier, message.handle, message.message, message.lparam1, message.lparam2);
}

DWORD Puppets::usual_answer(const WaveMessageSeen& message) {
  switch (message.message) {
    case WODM_GETNUMDEVS:
    case WIDM_GETNUMDEVS: {
      const auto found = devices.find(message.driver + " " + message.entry);
      return found == devices.end() ? 1 : found->second;
    }
    case WODM_GETDEVCAPS:
      return fill_capabilities<WAVEOUTCAPSW>(message);
    case WIDM_GETDEVCAPS:
      return fill_capabilities<WAVEINCAPSW>(message);
    case WODM_OPEN:
    case WIDM_OPEN:
      if ((message.parameter2 & WAVE_FORMAT_QUERY) == 0)
        *reinterpret_cast<DWORD_PTR*>(message.user) = 0x123456789ABC;
      return MMSYSERR_NOERROR;
    case WODM_PREPARE:
    case WODM_UNPREPARE:
    case WIDM_PREPARE:
    case WIDM_UNPREPARE:
      return MMSYSERR_NOTSUPPORTED;
    default:
      return MMSYSERR_NOERROR;
  }
}

std::string driver_path(const std::string& file) { return std::string(TEST_DRIVERS_FOLDER) + "/" + file; }

std::u16string wide(const std::string& text) { return {text.begin(), text.end()}; }

}  // namespace refwave::host::test

using refwave::host::test::Puppets;

LRESULT puppet_driver_proc(const char* driver, DWORD_PTR identifier, HDRVR handle, UINT message,
                           LPARAM lparam1, LPARAM lparam2) {
  const refwave::test::EnoughMemory of_the_test;
  const bool has_text = message == DRV_OPEN && lparam1 != 0;
  const std::u16string text = has_text ? reinterpret_cast<LPCWSTR>(lparam1) : u"";
  return Puppets::instance().take({driver, message, identifier, handle, text, lparam1, lparam2});
}

DWORD puppet_wave_message(const char* driver, const char* entry, UINT device, UINT message, DWORD_PTR user,
                          DWORD_PTR parameter1, DWORD_PTR parameter2) {
  const refwave::test::EnoughMemory of_the_test;
  return Puppets::instance().take({driver, entry, device, message, user, parameter1, parameter2});
}
