// Documents: "RealtimeKit", its README and its D-Bus interface; "D-Bus Specification"; getrlimit(2).
#include "hal/priority/rtkit_linux.h"

#include <dbus/dbus.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "hal/shared_library.h"
#include "hal/system/clock.h"
#include "hal/system/owned_thread.h"

namespace refwave::hal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kService = "org.freedesktop.RealtimeKit1";
constexpr const char* kObject = "/org/freedesktop/RealtimeKit1";
constexpr const char* kSilent = "rtkit does not answer";
constexpr std::int32_t kHighestPriority = 20;  // as take_fifo()
constexpr std::chrono::nanoseconds kMinute = std::chrono::minutes(1);

/// When rtkit may be asked again, in ns of the monotonic clock. Any control thread; it orders nothing.
std::atomic<std::int64_t> silent_until_ns{0};

struct Dbus {
  SharedLibrary library{"libdbus-1.so.3"};
  decltype(&dbus_set_error_from_message) error_from = library.find("dbus_set_error_from_message");
  decltype(&dbus_error_free) error_free = library.find("dbus_error_free");
  decltype(&dbus_connection_set_change_sigpipe) change_sigpipe =
      library.find("dbus_connection_set_change_sigpipe");
  decltype(&dbus_connection_open_private) open_private = library.find("dbus_connection_open_private");
  decltype(&dbus_connection_close) close = library.find("dbus_connection_close");
  decltype(&dbus_connection_unref) connection_unref = library.find("dbus_connection_unref");
  decltype(&dbus_connection_send_with_reply_and_block) send =
      library.find("dbus_connection_send_with_reply_and_block");
  decltype(&dbus_message_new_method_call) new_call = library.find("dbus_message_new_method_call");
  decltype(&dbus_message_append_args) append = library.find("dbus_message_append_args");
  decltype(&dbus_message_iter_init) iter_init = library.find("dbus_message_iter_init");
  decltype(&dbus_message_iter_get_arg_type) iter_type = library.find("dbus_message_iter_get_arg_type");
  decltype(&dbus_message_iter_recurse) iter_recurse = library.find("dbus_message_iter_recurse");
  decltype(&dbus_message_iter_get_basic) iter_value = library.find("dbus_message_iter_get_basic");
  decltype(&dbus_message_unref) message_unref = library.find("dbus_message_unref");
};

class Failure {
 public:
  explicit Failure(const Dbus& dbus) : dbus_(dbus) {}
  ~Failure() { dbus_.error_free(&error_); }
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;

  DBusError* record() { return &error_; }
  bool is(std::string_view name) const { return error_.name != nullptr && error_.name == name; }
  std::string text() const { return error_.message != nullptr ? error_.message : "no memory"; }

 private:
  const Dbus& dbus_;
  DBusError error_ = DBUS_ERROR_INIT;
};

/// A private connection to the system bus for this request. No shared connection is touched.
class Rtkit {
 public:
  Rtkit(const Dbus& dbus, Clock::time_point deadline) : dbus_(dbus), deadline_(deadline) {
    if (!dbus_.library.is_complete()) {
      is_installed_ = false;
      problem_ = "libdbus is missing, so no rtkit";
      return;
    }
    // Otherwise libdbus would have the whole process ignore SIGPIPE.
    dbus_.change_sigpipe(FALSE);
    const char* const address = secure_getenv("DBUS_SYSTEM_BUS_ADDRESS");
    Failure failure(dbus_);
    connection_ = dbus_.open_private(address != nullptr ? address : "unix:path=/run/dbus/system_bus_socket",
                                     failure.record());
    if (connection_ == nullptr) {
      is_installed_ = false;
      problem_ = "no system bus, so no rtkit";
    } else {
      unref(call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello",
                 DBUS_TYPE_INVALID));
    }
  }
  ~Rtkit() {
    if (connection_ == nullptr) return;
    dbus_.close(connection_);
    dbus_.connection_unref(connection_);
  }
  Rtkit(const Rtkit&) = delete;
  Rtkit& operator=(const Rtkit&) = delete;

  bool make_realtime(std::int32_t thread, std::int32_t priority) {
    const auto number = static_cast<dbus_uint64_t>(thread);
    const auto wanted = static_cast<dbus_uint32_t>(priority);
    return unref(call(kService, kObject, kService, "MakeThreadRealtime", DBUS_TYPE_UINT64, &number,
                      DBUS_TYPE_UINT32, &wanted, DBUS_TYPE_INVALID));
  }
  bool make_nice(std::int32_t thread, std::int32_t nice) {
    const auto number = static_cast<dbus_uint64_t>(thread);
    return unref(call(kService, kObject, kService, "MakeThreadHighPriority", DBUS_TYPE_UINT64, &number,
                      DBUS_TYPE_INT32, &nice, DBUS_TYPE_INVALID));
  }
  RtkitTerms terms() {
    RtkitTerms terms;
    terms.priority = static_cast<std::int32_t>(number("MaxRealtimePriority"));
    terms.longest_us = number("RTTimeUSecMax");
    terms.nice = static_cast<std::int32_t>(number("MinNiceLevel"));
    terms.problem = problem_;
    terms.is_installed = is_installed_;
    return terms;
  }
  /// Returns: why the newest request failed; empty if none has.
  const std::string& problem() const { return problem_; }

 private:
  /// Returns: the property; 0 if it is not reported.
  std::int64_t number(const char* property) {
    if (!problem_.empty()) return 0;
    DBusMessage* const reply =
        call(kService, kObject, "org.freedesktop.DBus.Properties", "Get", DBUS_TYPE_STRING, &kService,
             DBUS_TYPE_STRING, &property, DBUS_TYPE_INVALID);
    if (reply == nullptr) return 0;
    DBusMessageIter outer;
    DBusMessageIter inner;
    std::int64_t value = 0;
    if (dbus_.iter_init(reply, &outer) != FALSE && dbus_.iter_type(&outer) == DBUS_TYPE_VARIANT) {
      dbus_.iter_recurse(&outer, &inner);
      DBusBasicValue element{};
      const int type = dbus_.iter_type(&inner);
      if (type == DBUS_TYPE_INT32 || type == DBUS_TYPE_INT64) dbus_.iter_value(&inner, &element);
      value = type == DBUS_TYPE_INT32 ? element.i32 : element.i64;
    }
    unref(reply);
    return value;
  }

  /// Effects: calls a method, whose arguments follow as libdbus wants them. Returns: the reply; null, and the
  /// problem. Precondition: there is a connection.
  template <class... Arguments>
  DBusMessage* call(const char* service, const char* object, const char* interface, const char* method,
                    int first, Arguments... arguments) {
    DBusMessage* const message = dbus_.new_call(service, object, interface, method);
    DBusMessage* reply = nullptr;
    Failure failure(dbus_);
    if (message != nullptr && dbus_.append(message, first, arguments...) != FALSE)
      reply = dbus_.send(connection_, message, left_ms(), failure.record());
    if (reply == nullptr) take_problem(failure);
    unref(message);
    return reply;
  }
  void take_problem(const Failure& failure) {
    const bool is_silent = failure.is(DBUS_ERROR_NO_REPLY) || failure.is(DBUS_ERROR_TIMEOUT);
    is_installed_ = is_installed_ && !failure.is(DBUS_ERROR_SERVICE_UNKNOWN);
    problem_ = is_silent       ? kSilent
               : is_installed_ ? "rtkit refuses: " + failure.text()
                               : "rtkit is not installed";
  }
  /// Returns: whether there is a message. It is freed.
  bool unref(DBusMessage* message) const {
    if (message != nullptr) dbus_.message_unref(message);
    return message != nullptr;
  }
  int left_ms() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 1));
  }

  const Dbus& dbus_;
  const Clock::time_point deadline_;
  DBusConnection* connection_ = nullptr;
  bool is_installed_ = true;
  std::string problem_;
};

/// Effects: `act` asks rtkit, on a thread of its own: a bus that hangs may keep it forever. Returns: the
/// answer; nothing in time, or nothing and `no_thread` without a thread.
template <class Answer>
std::optional<Answer> in_time(std::function<Answer(Rtkit&)> act, std::string& no_thread) {
  // What the thread needs even after the caller has stopped waiting.
  struct Shared {
    std::atomic<bool> done{false};
    Answer answer;
  };
  const auto shared = std::make_shared<Shared>();
  OwnedThread thread;
  const auto deadline = Clock::now() + kRtkitPatience;
  const Status started = thread.start("refwave-rtkit", 0, [=, act = std::move(act)] {
    const Dbus dbus;
    Rtkit rtkit(dbus, deadline - std::chrono::milliseconds(50));
    shared->answer = act(rtkit);
    // Release: pairs with the load below, and hands over a string. Kept: no scenario has D-Bus.
    shared->done.store(true, std::memory_order_release);
  });
  no_thread = started.ok() ? "" : "rtkit cannot be asked: " + started.reason();
  if (started.ok()) thread.join(kRtkitPatience);
  // Acquire: pairs with the store above. Kept: as there.
  if (!shared->done.load(std::memory_order_acquire)) return std::nullopt;
  return shared->answer;
}

/// Effects: the kernel kills this process if a real-time thread computes for longer without a sleep.
bool set_rttime_limit(std::int64_t longest_us) {
  rlimit limit{};
  if (longest_us <= 0 || getrlimit(RLIMIT_RTTIME, &limit) != 0) return false;
  limit.rlim_max = static_cast<rlim_t>(longest_us);
  limit.rlim_cur = std::min(limit.rlim_cur, limit.rlim_max);
  return setrlimit(RLIMIT_RTTIME, &limit) == 0;
}

std::string request(Rtkit& rtkit, std::int32_t thread, AudioPriority wish) {
  const RtkitTerms terms = rtkit.terms();
  if (!terms.problem.empty()) return "ordinary priority: SCHED_FIFO is refused, and " + terms.problem;
  const bool is_limited = wish != AudioPriority::for_clients &&
                          (has_rttime_limit(terms.longest_us) ||
                           (wish == AudioPriority::rtkit && set_rttime_limit(terms.longest_us)));
  const std::int32_t priority = std::min(terms.priority, kHighestPriority);
  if (is_limited && rtkit.make_realtime(thread, priority))
    return "SCHED_RR, priority " + std::to_string(priority) + ", by rtkit";
  const std::string refusal = is_limited ? rtkit.problem()
                                         : "real time by rtkit would need a limit that kills the program "
                                           "when a thread computes for " +
                                               std::to_string(terms.longest_us / 1'000) + " ms";
  if (rtkit.make_nice(thread, terms.nice))
    return "nice " + std::to_string(terms.nice) + ", by rtkit: " + refusal;
  return "ordinary priority: SCHED_FIFO is refused, and " + rtkit.problem();
}

}  // namespace

bool has_rttime_limit(std::int64_t longest_us) noexcept {
  rlimit limit{};
  return getrlimit(RLIMIT_RTTIME, &limit) == 0 && longest_us > 0 &&
         limit.rlim_max <= static_cast<rlim_t>(longest_us);
}

std::string ask_rtkit(std::int32_t thread, AudioPriority wish) {
  std::string silence = std::string("ordinary priority: SCHED_FIFO is refused, and ") + kSilent;
  if (monotonic_now_ns() < silent_until_ns.load(std::memory_order_relaxed)) return silence;
  std::string no_thread;
  auto words = in_time<std::string>([=](Rtkit& rtkit) { return request(rtkit, thread, wish); }, no_thread);
  if (!no_thread.empty()) return "ordinary priority: SCHED_FIFO is refused, and " + no_thread;
  if (!words || words->ends_with(kSilent))
    silent_until_ns.store(monotonic_now_ns() + kMinute.count(), std::memory_order_relaxed);
  return words.value_or(silence);
}

RtkitTerms ask_rtkit_for_terms() {
  std::string no_thread;
  auto terms = in_time<RtkitTerms>([](Rtkit& rtkit) { return rtkit.terms(); }, no_thread);
  RtkitTerms silent;
  silent.problem = no_thread.empty() ? kSilent : no_thread;
  return terms.value_or(silent);
}

}  // namespace refwave::hal
