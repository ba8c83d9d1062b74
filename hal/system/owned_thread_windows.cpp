// OwnedThread on Windows' own threads: std::thread offers neither a stack size nor a join with a deadline.
// The join waits for the end of the thread itself, not only of its body, because the module may be unloaded
// next. Windows documentation: "_beginthreadex", "WaitForSingleObject function".
#include <windows.h>
// process.h and windows.h may come in any order.
#include <process.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "hal/system/owned_thread.h"
#include "hal/system/process.h"

namespace refwave::hal {
namespace {

std::atomic<std::uint64_t> abandoned{0};

using SetThreadDescription = HRESULT(WINAPI*)(HANDLE, PCWSTR);

/// Effects: names the calling thread for debuggers, if Windows can do so (10 and later). The name is ASCII.
void name_this_thread(const std::string& name) noexcept {
  const HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
  if (kernel == nullptr) return;
  const auto set = reinterpret_cast<SetThreadDescription>(
      reinterpret_cast<void*>(GetProcAddress(kernel, "SetThreadDescription")));
  if (set != nullptr) set(GetCurrentThread(), std::wstring(name.begin(), name.end()).c_str());
}

}  // namespace

std::uint64_t abandoned_threads() noexcept { return abandoned.load(); }
void count_abandoned_thread() noexcept { abandoned.fetch_add(1); }

struct OwnedThread::Run {
  std::string name;
  std::function<void()> body;
  HANDLE thread = nullptr;
  unsigned id = 0;

  ~Run() {
    if (thread != nullptr) CloseHandle(thread);
  }

  static unsigned __stdcall main(void* argument) {
    {
      const std::unique_ptr<std::shared_ptr<Run>> held(static_cast<std::shared_ptr<Run>*>(argument));
      Run& run = **held;
      name_this_thread(run.name);
      run.body();
      // Destroys the body's objects before the owner continues.
      run.body = nullptr;
    }
    // A loader that calls no TLS callbacks of a DLL that is loaded later does not report the thread's end.
    forget_this_thread();
    return 0;
  }
};

Status OwnedThread::start(const char* name, std::size_t stack_bytes, std::function<void()> body) {
  auto run = std::make_shared<Run>();
  run->name = name;
  run->body = std::move(body);
  auto held = std::make_unique<std::shared_ptr<Run>>(run);

  const std::uintptr_t thread = _beginthreadex(nullptr, static_cast<unsigned>(stack_bytes), &Run::main,
                                               held.get(), STACK_SIZE_PARAM_IS_A_RESERVATION, &run->id);
  if (thread == 0)
    return Status::failure(std::string("cannot start the thread ") + name + ": " + std::strerror(errno));
  run->thread = reinterpret_cast<HANDLE>(thread);

  // The thread owns the run from here on.
  static_cast<void>(held.release());
  run_ = std::move(run);
  return {};
}

bool OwnedThread::has_ended() const {
  return run_ != nullptr && WaitForSingleObject(run_->thread, 0) == WAIT_OBJECT_0;
}

bool OwnedThread::join(std::chrono::milliseconds patience) {
  const auto run = std::exchange(run_, nullptr);
  if (!run) return true;
  if (run->id != GetCurrentThreadId()) {
    const auto wait_ms = static_cast<DWORD>(patience.count() > 0 ? patience.count() : 0);
    if (WaitForSingleObject(run->thread, wait_ms) == WAIT_OBJECT_0) return true;
    if (WaitForSingleObject(run->thread, static_cast<DWORD>(kGrace.count())) == WAIT_OBJECT_0) return true;
  }
  abandoned.fetch_add(1);
  return false;
}

}  // namespace refwave::hal
