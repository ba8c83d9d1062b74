// Stands for rtkit on a private bus:
//
//   refwave_fake_rtkit grants|refuses|silent
//
// Prints "ready", and then each request. As rtkit, it grants real-time priority only to a process whose hard
// limit on the time of a real-time thread (RLIMIT_RTTIME) is low enough.
#include <dbus/dbus.h>
#include <sched.h>
#include <sys/resource.h>

#include <iostream>
#include <string>

#include "tests/support/bus/private_bus.h"

namespace {

constexpr const char* kName = "org.freedesktop.RealtimeKit1";

// What it lends at most.
constexpr dbus_int32_t kPriority = refwave::test::PrivateBus::kPriority;
constexpr dbus_int32_t kNice = refwave::test::PrivateBus::kNice;
constexpr dbus_int64_t kLongestUs = refwave::test::PrivateBus::kLongestUs;

bool is_limited(DBusConnection* bus, DBusMessage* message) {
  const char* const sender = dbus_message_get_sender(message);
  DBusMessage* const question = dbus_message_new_method_call(
      "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID");
  dbus_message_append_args(question, DBUS_TYPE_STRING, &sender, DBUS_TYPE_INVALID);
  DBusMessage* const reply = dbus_connection_send_with_reply_and_block(bus, question, 5'000, nullptr);
  dbus_message_unref(question);
  if (reply == nullptr) return false;
  dbus_uint32_t process = 0;
  dbus_message_get_args(reply, nullptr, DBUS_TYPE_UINT32, &process, DBUS_TYPE_INVALID);
  dbus_message_unref(reply);
  rlimit limit{};
  return prlimit(static_cast<pid_t>(process), RLIMIT_RTTIME, nullptr, &limit) == 0 &&
         limit.rlim_max <= rlim_t{kLongestUs};
}

DBusMessage* refusal(DBusMessage* message, const char* why) {
  return dbus_message_new_error(message, DBUS_ERROR_ACCESS_DENIED, why);
}

DBusMessage* property(DBusMessage* message) {
  const char* interface = nullptr;
  const char* name = nullptr;
  dbus_message_get_args(message, nullptr, DBUS_TYPE_STRING, &interface, DBUS_TYPE_STRING, &name,
                        DBUS_TYPE_INVALID);
  const std::string wanted = name != nullptr ? name : "";
  const bool is_long = wanted == "RTTimeUSecMax";
  DBusMessage* const reply = dbus_message_new_method_return(message);
  DBusMessageIter outer;
  DBusMessageIter inner;
  dbus_message_iter_init_append(reply, &outer);
  dbus_message_iter_open_container(&outer, DBUS_TYPE_VARIANT, is_long ? "x" : "i", &inner);
  if (is_long)
    dbus_message_iter_append_basic(&inner, DBUS_TYPE_INT64, &kLongestUs);
  else
    dbus_message_iter_append_basic(&inner, DBUS_TYPE_INT32,
                                   wanted == "MaxRealtimePriority" ? &kPriority : &kNice);
  dbus_message_iter_close_container(&outer, &inner);
  return reply;
}

DBusMessage* make_realtime(DBusConnection* bus, DBusMessage* message, bool refuses) {
  dbus_uint64_t thread = 0;
  dbus_uint32_t priority = 0;
  dbus_message_get_args(message, nullptr, DBUS_TYPE_UINT64, &thread, DBUS_TYPE_UINT32, &priority,
                        DBUS_TYPE_INVALID);
  std::cout << "realtime " << priority << std::endl;
  if (refuses) return refusal(message, "nobody gets anything here");
  if (priority > dbus_uint32_t{kPriority}) return refusal(message, "too high");
  if (!is_limited(bus, message)) return refusal(message, "no RLIMIT_RTTIME");
  const sched_param parameters{.sched_priority = static_cast<int>(priority)};
  sched_setscheduler(static_cast<pid_t>(thread), SCHED_RR | SCHED_RESET_ON_FORK, &parameters);
  return dbus_message_new_method_return(message);
}

DBusMessage* make_nice(DBusMessage* message, bool refuses) {
  dbus_uint64_t thread = 0;
  dbus_int32_t nice = 0;
  dbus_message_get_args(message, nullptr, DBUS_TYPE_UINT64, &thread, DBUS_TYPE_INT32, &nice,
                        DBUS_TYPE_INVALID);
  std::cout << "nice " << nice << std::endl;
  if (refuses || nice < kNice) return refusal(message, "nobody gets anything here");
  setpriority(PRIO_PROCESS, static_cast<id_t>(thread), nice);
  return dbus_message_new_method_return(message);
}

void answer(DBusConnection* bus, DBusMessage* message, bool refuses) {
  DBusMessage* reply = nullptr;
  if (dbus_message_is_method_call(message, "org.freedesktop.DBus.Properties", "Get") != FALSE)
    reply = property(message);
  else if (dbus_message_is_method_call(message, kName, "MakeThreadRealtime") != FALSE)
    reply = make_realtime(bus, message, refuses);
  else if (dbus_message_is_method_call(message, kName, "MakeThreadHighPriority") != FALSE)
    reply = make_nice(message, refuses);
  if (reply == nullptr) return;
  dbus_connection_send(bus, reply, nullptr);
  dbus_message_unref(reply);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string mode = count == 2 ? arguments[1] : "";
  DBusConnection* const bus = dbus_bus_get(DBUS_BUS_SYSTEM, nullptr);
  if (bus == nullptr || dbus_bus_request_name(bus, kName, 0, nullptr) < 0) return 1;
  std::cout << "ready" << std::endl;
  while (dbus_connection_read_write(bus, -1) != FALSE) {
    while (DBusMessage* const message = dbus_connection_pop_message(bus)) {
      if (mode != "silent") answer(bus, message, mode == "refuses");
      dbus_message_unref(message);
    }
  }
  return 0;
}
