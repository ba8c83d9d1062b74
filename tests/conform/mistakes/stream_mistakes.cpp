// Mistakes in a stream's life, and in notices to a client.
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

#include "tests/conform/mistakes/mistake.h"

namespace refwave::conform {
namespace {

std::atomic<DWORD_PTR> paused{0};   // the stream paused last, if it still is
std::atomic<DWORD_PTR> started{0};  // the stream started last, if it still is
std::atomic<int> writes{0};
std::atomic<int> resets{0};

MMTIME& time_of(const Call& call) { return *reinterpret_cast<MMTIME*>(call.first); }

/// The thirtieth write lends its thread to the next notice.
class Lender {
 public:
  DWORD write(const Call& call) {
    const DWORD result = forward(call);
    if (call.message != WODM_WRITE || ++writes != 30) return result;
    std::unique_lock lock(mutex_);
    waits_ = true;
    changed_.wait_for(lock, std::chrono::seconds(2), [&] { return message_ != nullptr; });
    waits_ = false;
    if (message_ != nullptr) forward(*message_);
    message_ = nullptr;
    changed_.notify_all();
    return result;
  }
  void tell(const Message& message) {
    std::unique_lock lock(mutex_);
    if (!waits_ || !message.is_done()) {
      lock.unlock();
      return forward(message);
    }
    message_ = &message;
    waits_ = false;
    changed_.notify_all();
    changed_.wait(lock, [&] { return message_ == nullptr; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool waits_ = false;
  const Message* message_ = nullptr;
};
Lender lender;

constexpr Mistake kStreamMistakes[] = {
    {.name = "counts_what_is_queued",
     .breaks = "WODM_GETPOS.played",
     .call = [](Call call) -> DWORD {
       static std::atomic<DWORD> queued{0};
       if (call.message == WODM_PAUSE) paused = call.user;
       if (call.message == WODM_RESTART || call.message == WODM_RESET) paused = 0;
       const DWORD result = forward(call);
       if (call.has_header(WODM_WRITE)) queued = call.header()->dwBufferLength;
       if (call.message == WODM_GETPOS && result == MMSYSERR_NOERROR && call.user == paused)
         time_of(call).u.cb += queued;
       return result;
     }},
    {.name = "a_second_pause_or_start_is_an_error",
     .breaks = "WODM_PAUSE.keeps_queue WIDM_START.again",
     .call = [](Call call) -> DWORD {
       if (call.message == WODM_RESTART || call.message == WODM_RESET) paused = 0;
       if (call.message == WIDM_STOP || call.message == WODM_RESET) started = 0;
       const DWORD result = forward(call);
       const bool again = (call.message == WODM_PAUSE && paused.exchange(call.user) == call.user) ||
                          (call.message == WIDM_START && started.exchange(call.user) == call.user);
       return again && result == MMSYSERR_NOERROR ? MMSYSERR_ERROR : result;
     }},
    {.name = "a_third_reset_is_an_error",
     .breaks = "WODM_RESET.nothing_queued",
     .call = [](Call call) -> DWORD {
       if (call.message == WODM_WRITE) ++writes;
       const DWORD result = forward(call);
       const bool third = call.message == WODM_RESET && writes == 0 && ++resets == 3;
       return third && result == MMSYSERR_NOERROR ? MMSYSERR_ERROR : result;
     }},
    {.name = "records_into_a_short_buffer_at_once",
     .breaks = "WIDM_START.records WIDM_RESET.stops_at_zero",
     .call = [](Call call) -> DWORD {
       const DWORD result = forward(call);
       if (call.input && call.has_header(WODM_WRITE) && result == MMSYSERR_NOERROR &&
           call.header()->dwBufferLength < 4'000)
         forward(Call{true, call.device, WIDM_START, call.user, 0, 0});
       return result;
     }},
    {.name = "takes_a_short_mmtime_and_counts_half_of_the_bytes",
     .breaks = "WODM_GETPOS.bad_target WIDM_GETPOS.bad_target WODM_GETPOS.types WIDM_GETPOS.types",
     .call = [](Call call) -> DWORD {
       if (call.message != WODM_GETPOS || call.first == 0) return forward(call);
       const bool in_bytes = call.second >= sizeof(MMTIME) && time_of(call).wType == TIME_BYTES;
       call.second = sizeof(MMTIME);
       const DWORD result = forward(call);
       if (in_bytes) time_of(call).u.cb /= 2;
       return result;
     }},
    {.name = "tells_of_short_headers_twice_with_a_second_parameter",
     .breaks = "WOM_DONE.once_in_order WIM_DATA.once_in_order CALLBACK_FUNCTION.values",
     .on_message = [](const Message& message) -> void {
       const bool is_short =
           message.is_done() && message.header().dwBufferLength >= 4 && message.header().dwBufferLength < 16;
       if (is_short) forward(message);
       forward({message.client, message.message, message.first, 1});
     }},
    {.name = "a_streams_190th_message_comes_twice",
     .breaks = "WODM_WRITE.many WODM_RESET.once_in_order WIDM_RESET.once_in_order Crowd.writers Crowd.reset "
               "Crowd.each_other",
     .on_message = [](const Message& message) -> void {
       static std::mutex mutex;
       static std::map<const WAVEOPENDESC*, int> messages;
       const auto count = [&] {
         const std::lock_guard lock(mutex);
         return ++messages[&message.client];
       };
       if (message.is_done() && count() == 190) forward(message);
       forward(message);
     }},
    {.name = "tells_inside_a_write",
     .breaks = "WOM_DONE.not_inside_write WIM_DATA.not_inside_addbuffer",
     .call = [](Call call) -> DWORD { return lender.write(call); },
     .on_message = [](const Message& message) -> void { lender.tell(message); }},
    {.name = "one_client_at_a_time",
     .breaks = "Crowd.blocked_client WODM_CLOSE.blocked_callback WOM_DONE.may_open",
     .on_message = [](const Message& message) -> void {
       static std::recursive_mutex mutex;
       const std::lock_guard lock(mutex);
       forward(message);
     }},
};

}  // namespace

std::span<const Mistake> stream_mistakes() { return kStreamMistakes; }

}  // namespace refwave::conform
