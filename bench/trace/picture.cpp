#include "bench/trace/picture.h"

#include <algorithm>
#include <map>
#include <ostream>
#include <utility>

#include "inf/cli/console/json.h"
#include "inf/cli/console/text.h"

namespace refwave::trace {
namespace {

/// One event of the file: its time, and its members except process, thread and time.
struct Row {
  std::int64_t ns;
  std::string text;
  std::int64_t length_ns = 0;  // of a slice
};
using Rows = std::vector<Row>;

/// A thread's rows: slices, and the steps of the arrows that follow blocks from thread to thread.
struct Thread {
  std::string name;
  Rows rows;
};

/// The arrows' ids by stream and block, for complete blocks.
using Arrows = std::map<std::pair<std::uint16_t, std::uint32_t>, std::string>;

using Key = std::pair<std::uint16_t, std::uint32_t>;
using Stamps = std::map<Key, ClientStamp>;

Stamps by_block(const std::vector<ClientStamp>& stamps) {
  Stamps result;
  for (const ClientStamp& stamp : stamps) result[{stamp.slot, stamp.block}] = stamp;
  return result;
}

/// Shared by the walks of all threads.
struct Known {
  const Arrows& arrows;
  Stamps writes;
  Stamps callbacks;
};

/// Turns one thread's events, in order, into rows. What has lost its beginning or its end has no slice.
class ThreadWalk {
 public:
  explicit ThreadWalk(const Known& known) : known_(known) {}

  void step(const REFWAVE_TRACE_EVENT& event);
  Rows rows() { return std::move(rows_); }

 private:
  void step_of_block(const REFWAVE_TRACE_EVENT& event, Key key);
  /// Effects: none, if it began before the trace.
  void add_slice(std::int64_t from_ns, std::int64_t to_ns, const char* name,
                 const std::string& arguments = {});
  void add_slice_of(Key key, std::int64_t from_ns, std::int64_t to_ns, const char* name);
  void add_instant(const char* name, const char* scope, const char* what, DWORD number);
  void follow(Key key, const char* mark, std::int64_t ns);

  const Known& known_;
  Rows rows_;
  std::int64_t now_ns_ = 0;
  std::int64_t last_ns_ = 0;    // of the event before
  std::int64_t period_ns_ = 0;  // these four: when it began; 0: it has not
  std::int64_t role_ns_ = 0;
  std::int64_t claimed_ns_ = 0;
  std::int64_t calling_ns_ = 0;
};

void ThreadWalk::add_slice(std::int64_t from_ns, std::int64_t to_ns, const char* name,
                           const std::string& arguments) {
  if (from_ns == 0) return;
  const std::int64_t length_ns = std::max<std::int64_t>(to_ns - from_ns, 0);
  rows_.push_back({from_ns,
                   cli::formatted(R"("ph":"X","dur":%lld.%03lld,"name":"%s","args":{%s})",
                                  static_cast<long long>(length_ns / 1000),
                                  static_cast<long long>(length_ns % 1000), name, arguments.c_str()),
                   length_ns});
}

void ThreadWalk::add_slice_of(Key key, std::int64_t from_ns, std::int64_t to_ns, const char* name) {
  add_slice(from_ns, to_ns, name,
            cli::formatted(R"("stream":%u,"block":%u)", static_cast<unsigned>(key.first),
                           static_cast<unsigned>(key.second)));
}

void ThreadWalk::add_instant(const char* name, const char* scope, const char* what, DWORD number) {
  rows_.push_back({now_ns_, cli::formatted(R"("ph":"i","s":"%s","name":"%s","args":{"%s":%u})", scope, name,
                                           what, static_cast<unsigned>(number))});
}

/// Effects: one step of the block's arrow, in the slice around it. `mark`: s, t or f.
void ThreadWalk::follow(Key key, const char* mark, std::int64_t ns) {
  const auto arrow = known_.arrows.find(key);
  if (arrow == known_.arrows.end()) return;
  rows_.push_back({ns, cli::formatted(R"("ph":"%s","cat":"buffer","name":"buffer","id":"%s"%s)", mark,
                                      arrow->second.c_str(), *mark == 'f' ? R"(,"bp":"e")" : "")});
}

void ThreadWalk::step_of_block(const REFWAVE_TRACE_EVENT& event, Key key) {
  switch (event.wKind) {
    case REFWAVE_TRACE_WRITTEN:
      if (const auto stamp = known_.writes.find(key); stamp != known_.writes.end()) {
        add_slice_of(key, stamp->second.entered_ns, stamp->second.left_ns, "waveOutWrite");
        follow(key, "s", now_ns_);
      }
      break;
    case REFWAVE_TRACE_STARTED:
    case REFWAVE_TRACE_FINISHED:
      if (period_ns_ == 0) break;
      add_instant(event.wKind == REFWAVE_TRACE_STARTED ? "first frame" : "last frame", "t", "block",
                  event.dwBlock);
      follow(key, "t", now_ns_);
      break;
    case REFWAVE_TRACE_CALLING:
      add_slice(std::exchange(claimed_ns_, 0), now_ns_, "take the block");
      calling_ns_ = now_ns_;
      break;
    case REFWAVE_TRACE_CALLED:
      if (const auto stamp = known_.callbacks.find(key);
          calling_ns_ != 0 && stamp != known_.callbacks.end()) {
        add_slice(stamp->second.entered_ns, now_ns_, "WOM_DONE");
        follow(key, "f", stamp->second.entered_ns);
      }
      add_slice_of(key, std::exchange(calling_ns_, 0), now_ns_, "DriverCallback");
      break;
    default:
      break;
  }
}

void ThreadWalk::step(const REFWAVE_TRACE_EVENT& event) {
  last_ns_ = std::exchange(now_ns_, static_cast<std::int64_t>(event.ullNs));
  switch (event.wKind) {
    case REFWAVE_TRACE_PERIOD_BEGIN:
      period_ns_ = now_ns_;
      break;
    case REFWAVE_TRACE_RENDERED:
      add_slice(period_ns_, now_ns_, "mix");
      break;
    case REFWAVE_TRACE_WAKE_SENT:
      add_slice(last_ns_, now_ns_, "wake a notifier");
      break;
    case REFWAVE_TRACE_WAKE_SPARED:
      add_slice(last_ns_, now_ns_, "a notifier is awake");
      break;
    case REFWAVE_TRACE_PERIOD_END:
      add_slice(std::exchange(period_ns_, 0), now_ns_, "period",
                cli::formatted(R"("frames":%u)", static_cast<unsigned>(event.dwBlock)));
      break;
    case REFWAVE_TRACE_ROLE_TAKEN:
      role_ns_ = now_ns_;
      break;
    case REFWAVE_TRACE_CLAIMED:
      add_slice(std::exchange(role_ns_, 0), now_ns_, "search");
      claimed_ns_ = now_ns_;
      break;
    case REFWAVE_TRACE_DEVICE_LOST:
      add_instant("device lost", "g", "device", event.dwBlock);
      break;
    case REFWAVE_TRACE_DEVICE_SERVES:
      add_instant("device serves", "g", "device", event.dwBlock);
      break;
    default:
      step_of_block(event, {event.wSlot, event.dwBlock});
      break;
  }
}

// --- the threads' roles ---

enum class Role : std::uint8_t { client, audio, notifier, control };

/// Returns: the role, by an event that only this kind of thread has.
Role role_of(const std::vector<REFWAVE_TRACE_EVENT>& events) {
  const auto does = [&](WORD kind) {
    return std::ranges::any_of(events, [&](const REFWAVE_TRACE_EVENT& event) { return event.wKind == kind; });
  };
  if (does(REFWAVE_TRACE_PERIOD_BEGIN)) return Role::audio;
  if (does(REFWAVE_TRACE_CLAIMED) || does(REFWAVE_TRACE_ROLE_TAKEN)) return Role::notifier;
  return does(REFWAVE_TRACE_WRITTEN) ? Role::client : Role::control;
}

constexpr std::pair<Role, const char*> kRoles[] = {{Role::client, "client"},
                                                   {Role::audio, "audio"},
                                                   {Role::notifier, "notifier"},
                                                   {Role::control, "control"}};

/// Returns: the threads of a recording: clients first, then the audio threads, then the notifiers.
std::vector<Thread> walk(const Recording& recording, const Arrows& arrows) {
  const Known known{arrows, by_block(recording.writes), by_block(recording.callbacks)};
  std::map<ULONGLONG, std::vector<REFWAVE_TRACE_EVENT>> by_thread;
  for (const REFWAVE_TRACE_EVENT& event : recording.events) by_thread[event.ullThread].push_back(event);
  std::map<Role, std::vector<const std::vector<REFWAVE_TRACE_EVENT>*>> by_role;
  for (const auto& [id, events] : by_thread) by_role[role_of(events)].push_back(&events);
  std::vector<Thread> threads;
  for (const auto& [role, name] : kRoles) {
    const auto& all = by_role[role];
    for (std::size_t i = 0; i < all.size(); ++i) {
      ThreadWalk walk_of_one(known);
      for (const REFWAVE_TRACE_EVENT& event : *all[i]) walk_of_one.step(event);
      const std::string number = all.size() == 1 ? std::string() : " " + std::to_string(i + 1);
      threads.push_back({name + number, walk_of_one.rows()});
    }
  }
  return threads;
}

constexpr const char* kProcess = R"("pid":1)";

/// Returns: whether the trace has its write and its start. Otherwise they may be of an earlier stream's block
/// with the same slot and number.
bool has_beginning(const BlockLife& life) { return life.written_ns != 0 && life.started_ns != 0; }

/// A block's row, from b to e; its phases lie inside.
void add_life(const BlockLife& life, const std::string& id, Rows& rows) {
  const auto phase = [&](const char* mark, std::int64_t ns, const std::string& name) {
    rows.push_back({ns, cli::formatted(R"("ph":"%s","cat":"block","id":"%s","name":"%s")", mark, id.c_str(),
                                       name.c_str())});
  };
  const std::string stream = cli::formatted("stream %u", static_cast<unsigned>(life.slot));
  rows.push_back(
      {life.written_ns, cli::formatted(R"("ph":"b","cat":"block","id":"%s","name":"%s","args":{"block":%u})",
                                       id.c_str(), stream.c_str(), static_cast<unsigned>(life.block))});
  phase("b", life.written_ns, "queued");
  phase("e", life.started_ns, "queued");
  phase("b", life.started_ns, "playing");
  phase("e", life.finished_ns, "playing");
  phase("b", life.finished_ns, "done, not reported");
  phase("e", life.entered_ns, "done, not reported");
  phase("e", life.called_ns, stream);
}

std::string metadata(const char* what, const std::string& thread, const std::string& value) {
  return cli::formatted(R"({"ph":"M",%s,%s"name":"%s","args":{%s}})", kProcess, thread.c_str(), what,
                        value.c_str());
}

class Writer {
 public:
  Writer(std::ostream& file, std::int64_t begin_ns) : file_(file), begin_ns_(begin_ns) {}

  void add(const std::string& object) {
    file_ << (is_first_ ? "\n" : ",\n") << object;
    is_first_ = false;
  }
  /// Effects: writes a thread, its name, and its rows by time.
  void add_thread(int number, const std::string& name, Rows& rows) {
    const std::string thread = cli::formatted(R"("tid":%d,)", number);
    add(metadata("thread_name", thread, cli::formatted(R"("name":"%s")", name.c_str())));
    add(metadata("thread_sort_index", thread, cli::formatted(R"("sort_index":%d)", number)));
    // Of slices that begin together the longest is around the others.
    std::ranges::stable_sort(rows, {}, [](const Row& row) { return std::pair(row.ns, -row.length_ns); });
    for (const Row& row : rows) {
      const std::int64_t ns = row.ns - begin_ns_;
      add(cli::formatted(R"({%s,%s"ts":%lld.%03lld,%s})", kProcess, thread.c_str(),
                         static_cast<long long>(ns / 1000), static_cast<long long>(ns % 1000),
                         row.text.c_str()));
    }
  }

 private:
  std::ostream& file_;
  const std::int64_t begin_ns_;
  bool is_first_ = true;
};

std::int64_t begin_of(const Recording& recording) {
  std::int64_t begin_ns = std::numeric_limits<std::int64_t>::max();
  for (const REFWAVE_TRACE_EVENT& event : recording.events)
    begin_ns = std::min(begin_ns, static_cast<std::int64_t>(event.ullNs));
  // The driver's events around a client's stamp may have been lost.
  for (const auto* stamps : {&recording.writes, &recording.callbacks}) {
    for (const ClientStamp& stamp : *stamps) begin_ns = std::min(begin_ns, stamp.entered_ns);
  }
  return begin_ns;
}

}  // namespace

void write_picture(std::ostream& file, const Recording& recording) {
  Arrows arrows;
  for (const BlockLife& life : recording.lives) {
    if (!has_beginning(life)) continue;
    arrows.emplace(std::pair(life.slot, life.block),
                   cli::formatted("0x%x", static_cast<unsigned>(arrows.size() + 1)));
  }
  std::vector<Thread> threads = walk(recording, arrows);
  file << R"({"displayTimeUnit":"ns","otherData":{"device":)" << cli::json_string(recording.device)
       << cli::formatted(R"(,"events":%llu,"lost":%llu},"traceEvents":[)",
                         static_cast<unsigned long long>(recording.events.size()),
                         static_cast<unsigned long long>(recording.lost));
  Writer writer(file, begin_of(recording));
  writer.add(metadata("process_name", "", R"("name":"refwave")"));
  Rows blocks;
  for (const BlockLife& life : recording.lives) {
    if (has_beginning(life)) add_life(life, arrows.at({life.slot, life.block}), blocks);
  }
  int number = 1;
  for (Thread& thread : threads) writer.add_thread(number++, thread.name, thread.rows);
  writer.add_thread(number, "blocks", blocks);
  file << "\n]}\n";
}

}  // namespace refwave::trace
