// Mistakes with messages that need no stream.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>

#include "driver/winmm/refwave.h"
#include "tests/conform/mistakes/mistake.h"

namespace refwave::conform {
namespace {

std::atomic<bool> enabled{false};
std::atomic<bool> resumed{false};
std::atomic<DWORD_PTR> closed{0};

bool opens_a_stream(const Call& call) {
  return call.message == WODM_OPEN && (call.second & WAVE_FORMAT_QUERY) == 0;
}

/// The driver's own thread, from the first stream until DRV_DISABLE. If that does not come, the condition
/// variable is destroyed while the thread waits on it.
class Worker {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  void end() {
    {
      const std::lock_guard lock(mutex_);
      ends_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    ends_ = false;
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ends_; });
  }

  std::mutex mutex_;
  bool ends_ = false;
  std::thread thread_;
  std::condition_variable changed_;
};
Worker worker;

constexpr Mistake kDriverMistakes[] = {
    {.name = "has_a_worker_until_disable",
     .breaks = "Process.ends Process.ends_playing",
     .proc = [](const Proc& proc) -> LRESULT {
       if (proc.message == DRV_DISABLE || proc.message == DRV_FREE) worker.end();
       return forward(proc);
     },
     .call = [](Call call) -> DWORD {
       const DWORD result = forward(call);
       if (opens_a_stream(call) && result == MMSYSERR_NOERROR) worker.begin();
       return result;
     }},
    {.name = "answers_2_for_1",
     .breaks = "DRV_LOAD.answers_1 DRV_ENABLE.answers_1 DRV_FREE.answers_1 DRV_FREE.without_disable",
     .proc = [](const Proc& proc) -> LRESULT {
       const LRESULT result = forward(proc);
       if (proc.message == DRV_DISABLE) enabled = false;
       const bool again = proc.message == DRV_ENABLE && result == 1 && enabled.exchange(true);
       return again || proc.message == DRV_LOAD || proc.message == DRV_FREE ? 2 : result;
     }},
    {.name = "enabled_only_once",
     .breaks = "DRV_ENABLE.again DRV_DISABLE.twice DRV_DISABLE.inside",
     .proc = [](const Proc& proc) -> LRESULT {
       if (proc.message == DRV_ENABLE && enabled.exchange(true)) return 1;
       return forward(proc);
     }},
    {.name = "close_ends_all_instances",
     .breaks = "DRV_CLOSE.one_instance",
     .proc = [](const Proc& proc) -> LRESULT {
       if (proc.message == DRV_CLOSE) forward(Proc{0, proc.handle, DRV_DISABLE, 0, 0});
       return forward(proc);
     }},
    {.name = "answers_77",
     .breaks = "DRV_INSTALL.answer DRV_REMOVE.answer DRV_CONFIGURE.answer DriverProc.unknown",
     .proc = [](const Proc& proc) -> LRESULT {
       for (const UINT message : {DRV_INSTALL, DRV_REMOVE, DRV_CONFIGURE, DRV_PNPINSTALL})
         if (proc.message == message) return 77;
       return forward(proc);
     }},
    {.name = "careless_open",
     .breaks = "DRV_OPEN.any_string DriverProc.pointer_width",
     .proc = [](const Proc& proc) -> LRESULT {
       const auto* text = reinterpret_cast<const WCHAR*>(proc.first);
       const bool is_unknown = proc.message == DRV_OPEN && text != nullptr &&
                               std::basic_string_view<WCHAR>(text).starts_with(u"such");
       const auto half = static_cast<std::uint32_t>(proc.second);
       const bool is_read = proc.message == DRV_OPEN && half >= 0x1000;
       if (is_unknown || (is_read && *reinterpret_cast<const char*>(std::uintptr_t{half}) == 0)) return 0;
       return forward(proc);
     }},
    {.name = "a_message_lost_at_power",
     .breaks = "DRV_POWER.loses_nothing Crowd.resume",
     .proc = [](const Proc& proc) -> LRESULT {
       if (proc.message == DRV_POWER) resumed = true;
       return forward(proc);
     },
     .on_message = [](const Message& message) -> void {
       if (!message.is_done() || !resumed.exchange(false)) forward(message);
     },
     .clock = 1},
    {.name = "careless_statistics",
     .breaks = "REFWAVE_GET_STATISTICS.short REFWAVE_GET_STATISTICS.sums REFWAVE_GET_STATISTICS.counts",
     .proc = [](const Proc& proc) -> LRESULT {
       if (proc.message != REFWAVE_GET_STATISTICS) return forward(proc);
       auto& statistics = *reinterpret_cast<REFWAVE_STATISTICS*>(proc.first);
       statistics.cbSize = sizeof(REFWAVE_STATISTICS);
       const LRESULT result = forward(proc);
       if (statistics.dwSlotsInUse == 0) statistics.ullBlocks = 0;
       return result;
     },
     .call = [](Call call) -> DWORD {
       const DWORD result = forward(call);
       if (call.message == REFWAVE_GET_STATISTICS)
         reinterpret_cast<REFWAVE_STATISTICS*>(call.first)->ullMessages = 0;
       return result;
     }},
    {.name = "manages_device_0_alone_and_takes_any_other_for_it",
     .breaks = "DRVM_INIT.any_device DRVM_INIT.any_input_device wodMessage.bad_device widMessage.bad_device",
     .call = [](Call call) -> DWORD {
       const bool manages = call.message >= DRVM_INIT && call.message <= DRVM_INIT_EX;
       if (manages && call.device != 0) return MMSYSERR_BADDEVICEID;
       if (call.message < DRVM_INIT) call.device = 0;
       return forward(call);
     }},
    {.name = "has_devices_while_disabled",
     .breaks = "wodMessage.before_enable widMessage.before_enable wodMessage.after_disable "
               "widMessage.after_disable DRV_FREE.without_disable",
     .call = [](Call call) -> DWORD {
       return call.message == WODM_GETNUMDEVS ? std::max(forward(call), DWORD{1}) : forward(call);
     }},
    {.name = "takes_handles_of_no_stream",
     .breaks = "wodMessage.no_handle widMessage.no_handle wodMessage.random_handle widMessage.random_handle "
               "wodMessage.closed_handle widMessage.closed_handle WODM_SETPLAYBACKRATE.refused",
     .call = [](Call call) -> DWORD {
       const bool is_none = (call.user == 0 || call.user == 0x12345) && call.message == WODM_PREPARE;
       const bool is_closed = call.user != 0 && call.user == closed;
       if (is_none || is_closed || call.message == WODM_SETPLAYBACKRATE)
         return pardoned(call, MMSYSERR_INVALHANDLE);
       const DWORD result = forward(call);
       if (call.message == WODM_CLOSE && result == MMSYSERR_NOERROR) closed = call.user;
       return result;
     }},
    {.name = "handles_without_a_direction",
     .breaks = "wodMessage.input_handle widMessage.output_handle",
     .call = [](Call call) -> DWORD {
       const DWORD result = forward(call);
       if (result != MMSYSERR_INVALHANDLE || call.message != WODM_GETPOS) return result;
       call.input = !call.input;
       return forward(call);
     }},
    {.name = "does_what_it_does_not_know",
     .breaks = "wodMessage.unknown widMessage.unknown",
     .call = [](Call call) -> DWORD { return pardoned(call, MMSYSERR_NOTSUPPORTED); }},
    {.name = "counts_slowly_and_one_more_at_times",
     .breaks =
         "WODM_GETNUMDEVS.constant WIDM_GETNUMDEVS.constant WODM_GETNUMDEVS.quick WIDM_GETNUMDEVS.quick",
     .call = [](Call call) -> DWORD {
       static std::atomic<DWORD> asked{0};
       if (call.message != WODM_GETNUMDEVS) return forward(call);
       std::this_thread::sleep_for(std::chrono::milliseconds(2));
       return forward(call) + (++asked % 64 == 0 ? 1 : 0);
     }},
    {.name = "careless_caps",
     .breaks = "WODM_GETDEVCAPS.null WIDM_GETDEVCAPS.null WODM_GETDEVCAPS.name WIDM_GETDEVCAPS.name "
               "WODM_GETDEVCAPS.formats WIDM_GETDEVCAPS.formats",
     .call = [](Call call) -> DWORD {
       if (call.message != WODM_GETDEVCAPS) return forward(call);
       const DWORD result = pardoned(call, MMSYSERR_INVALPARAM);
       for (const std::size_t place : {offsetof(WAVEOUTCAPSW, szPname), offsetof(WAVEOUTCAPSW, dwFormats)})
         if (call.first != 0 && result == MMSYSERR_NOERROR && call.second > place)
           reinterpret_cast<char*>(call.first)[place] = 0;
       return result;
     }},
};

}  // namespace

std::span<const Mistake> driver_mistakes() { return kDriverMistakes; }

}  // namespace refwave::conform
