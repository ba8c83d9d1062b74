#include "bench/trace/picture.h"

#include <algorithm>
#include <limits>
#include <map>
#include <ostream>
#include <utility>

#include "inf/cli/console/json.h"

namespace refwave::trace {
namespace {

using cli::Json;

/// Stream and block.
using Key = std::pair<std::uint16_t, std::uint32_t>;
/// The arrows' ids, for complete blocks.
using Arrows = std::map<Key, std::string>;
using Stamps = std::map<Key, ClientStamp>;

Stamps by_block(const std::vector<ClientStamp>& stamps) {
  Stamps result;
  for (const ClientStamp& stamp : stamps) result[{stamp.slot, stamp.block}] = stamp;
  return result;
}

double microseconds(std::int64_t ns) { return static_cast<double>(ns) / 1000; }

Json arguments(Key key) { return {{"stream", key.first}, {"block", key.second}}; }

/// A row of the picture: a thread's slices and the steps of the arrows that follow blocks from thread to
/// thread, or the blocks' lives.
class Track {
 public:
  /// `begin_ns`: of the picture.
  Track(int number, const std::string& name, std::int64_t begin_ns) : number_(number), begin_ns_(begin_ns) {
    add_metadata("thread_name", {{"name", name}});
    add_metadata("thread_sort_index", {{"sort_index", number}});
  }

  /// `event`: its members, except process, thread and time. `length_ns`: of a slice.
  void add(std::int64_t ns, Json event, std::int64_t length_ns = 0) {
    event.update({{"pid", 1}, {"tid", number_}, {"ts", microseconds(ns - begin_ns_)}});
    events_.push_back({ns, length_ns, cli::json_text(event)});
  }
  /// Effects: writes the events by time, each after a comma.
  void write(std::ostream& file) {
    // Of slices that begin together the longest is around the others.
    std::ranges::stable_sort(events_, {},
                             [](const Event& event) { return std::pair(event.ns, -event.length_ns); });
    for (const Event& event : events_) file << ",\n" << event.text;
  }

 private:
  struct Event {
    std::int64_t ns;
    std::int64_t length_ns;
    std::string text;
  };
  void add_metadata(const char* what, Json value) {
    add(begin_ns_, {{"ph", "M"}, {"name", what}, {"args", std::move(value)}}, kFirst);
  }

  static constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::max();
  int number_;
  std::int64_t begin_ns_;
  std::vector<Event> events_;
};

/// Shared by the walks of all threads.
struct Known {
  const Arrows& arrows;
  Stamps writes;
  Stamps callbacks;
};

/// Turns one thread's events, in order, into its track. What has lost its beginning or its end has no slice.
class ThreadWalk {
 public:
  ThreadWalk(const Known& known, Track& track) : known_(known), track_(track) {}

  void step(const REFWAVE_TRACE_EVENT& event) {
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
        add_slice(std::exchange(period_ns_, 0), now_ns_, "period", {{"frames", event.dwBlock}});
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

 private:
  void step_of_block(const REFWAVE_TRACE_EVENT& event, Key key) {
    switch (event.wKind) {
      case REFWAVE_TRACE_WRITTEN:
        if (const auto stamp = known_.writes.find(key); stamp != known_.writes.end()) {
          add_slice(stamp->second.entered_ns, stamp->second.left_ns, "waveOutWrite", arguments(key));
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
        add_slice(std::exchange(calling_ns_, 0), now_ns_, "DriverCallback", arguments(key));
        break;
      default:
        break;
    }
  }
  /// Effects: none, if it began before the trace.
  void add_slice(std::int64_t from_ns, std::int64_t to_ns, const char* name,
                 Json arguments = Json::object()) {
    if (from_ns == 0) return;
    const std::int64_t length_ns = std::max<std::int64_t>(to_ns - from_ns, 0);
    track_.add(
        from_ns,
        {{"ph", "X"}, {"dur", microseconds(length_ns)}, {"name", name}, {"args", std::move(arguments)}},
        length_ns);
  }
  void add_instant(const char* name, const char* scope, const char* what, DWORD number) {
    track_.add(now_ns_, {{"ph", "i"}, {"s", scope}, {"name", name}, {"args", {{what, number}}}});
  }
  /// Effects: one step of the block's arrow, in the slice around it. `mark`: s, t or f.
  void follow(Key key, const char* mark, std::int64_t ns) {
    const auto arrow = known_.arrows.find(key);
    if (arrow == known_.arrows.end()) return;
    Json step = {{"ph", mark}, {"cat", "buffer"}, {"name", "buffer"}, {"id", arrow->second}};
    if (*mark == 'f') step["bp"] = "e";
    track_.add(ns, std::move(step));
  }

  const Known& known_;
  Track& track_;
  std::int64_t now_ns_ = 0;
  std::int64_t last_ns_ = 0;    // of the event before
  std::int64_t period_ns_ = 0;  // these four: when it began; 0: it has not
  std::int64_t role_ns_ = 0;
  std::int64_t claimed_ns_ = 0;
  std::int64_t calling_ns_ = 0;
};

// Threads by their role, in the order of the tracks.
constexpr const char* kRoles[] = {"client", "audio", "notifier", "control"};

/// Returns: the place of the role among kRoles, by an event that only this kind of thread has.
std::size_t role_of(const std::vector<REFWAVE_TRACE_EVENT>& events) {
  const auto does = [&](WORD kind) {
    return std::ranges::any_of(events, [&](const REFWAVE_TRACE_EVENT& event) { return event.wKind == kind; });
  };
  if (does(REFWAVE_TRACE_PERIOD_BEGIN)) return 1;
  if (does(REFWAVE_TRACE_CLAIMED) || does(REFWAVE_TRACE_ROLE_TAKEN)) return 2;
  return does(REFWAVE_TRACE_WRITTEN) ? 0 : 3;
}

/// Returns: a track of each thread: clients first, then the audio threads, then the notifiers.
std::vector<Track> walk(const Recording& recording, const Arrows& arrows, std::int64_t begin_ns) {
  const Known known{arrows, by_block(recording.writes), by_block(recording.callbacks)};
  std::map<ULONGLONG, std::vector<REFWAVE_TRACE_EVENT>> by_thread;
  for (const REFWAVE_TRACE_EVENT& event : recording.events) by_thread[event.ullThread].push_back(event);
  std::vector<const std::vector<REFWAVE_TRACE_EVENT>*> by_role[std::size(kRoles)];
  for (const auto& [id, events] : by_thread) by_role[role_of(events)].push_back(&events);
  std::vector<Track> tracks;
  for (std::size_t role = 0; role < std::size(kRoles); ++role) {
    const auto& all = by_role[role];
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string number = all.size() == 1 ? std::string() : " " + std::to_string(i + 1);
      tracks.emplace_back(static_cast<int>(tracks.size() + 1), kRoles[role] + number, begin_ns);
      ThreadWalk walk_of_one(known, tracks.back());
      for (const REFWAVE_TRACE_EVENT& event : *all[i]) walk_of_one.step(event);
    }
  }
  return tracks;
}

/// Returns: whether the trace has its write and its start. Otherwise they may be of an earlier stream's block
/// with the same slot and number.
bool has_beginning(const BlockLife& life) { return life.written_ns != 0 && life.started_ns != 0; }

/// A block's row, from b to e; its phases lie inside.
void add_life(const BlockLife& life, const std::string& id, Track& track) {
  const auto phase = [&](const char* mark, std::int64_t ns, const std::string& name) {
    track.add(ns, {{"ph", mark}, {"cat", "block"}, {"id", id}, {"name", name}});
  };
  const std::string stream = "stream " + std::to_string(life.slot);
  track.add(life.written_ns,
            {{"ph", "b"}, {"cat", "block"}, {"id", id}, {"name", stream}, {"args", {{"block", life.block}}}});
  phase("b", life.written_ns, "queued");
  phase("e", life.started_ns, "queued");
  phase("b", life.started_ns, "playing");
  phase("e", life.finished_ns, "playing");
  phase("b", life.finished_ns, "done, not reported");
  phase("e", life.entered_ns, "done, not reported");
  phase("e", life.called_ns, stream);
}

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
  for (const BlockLife& life : recording.lives)
    if (has_beginning(life)) arrows.emplace(Key(life.slot, life.block), std::to_string(arrows.size() + 1));
  const std::int64_t begin_ns = begin_of(recording);
  std::vector<Track> tracks = walk(recording, arrows, begin_ns);
  Track& blocks = tracks.emplace_back(static_cast<int>(tracks.size() + 1), "blocks", begin_ns);
  for (const BlockLife& life : recording.lives)
    if (has_beginning(life)) add_life(life, arrows.at({life.slot, life.block}), blocks);
  const Json about = {
      {"device", recording.device}, {"events", recording.events.size()}, {"lost", recording.lost}};
  file << R"({"displayTimeUnit":"ns","otherData":)" << cli::json_text(about) << R"(,"traceEvents":[)"
       << "\n"
       << R"({"ph":"M","pid":1,"name":"process_name","args":{"name":"refwave"}})";
  for (Track& track : tracks) track.write(file);
  file << "\n]}\n";
}

}  // namespace refwave::trace
