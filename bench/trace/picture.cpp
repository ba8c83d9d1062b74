#include "bench/trace/picture.h"

#include <algorithm>
#include <map>
#include <ostream>

#include "bench/trace/thread_walk.h"
#include "driver/cli/console/json.h"
#include "driver/cli/console/text.h"

namespace refwave::trace {
namespace {

constexpr const char* kProcess = R"("pid":1)";

/// Returns: whether the trace has seen it from its beginning on. Another stream's block of the same slot and
/// number may have been.
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
  phase("b", life.finished_ns, "done, not told");
  phase("e", life.entered_ns, "done, not told");
  phase("e", life.called_ns, stream);
}

/// How many blocks of each stream the driver holds, whenever that changes.
void add_counters(const std::vector<REFWAVE_TRACE_EVENT>& events, Rows& rows) {
  struct Change {
    std::int64_t ns;
    WORD slot;
    int by;
  };
  std::vector<Change> changes;
  for (const REFWAVE_TRACE_EVENT& event : events) {
    const int by = event.wKind == REFWAVE_TRACE_WRITTEN ? 1 : event.wKind == REFWAVE_TRACE_CALLING ? -1 : 0;
    if (by != 0) changes.push_back({static_cast<std::int64_t>(event.ullNs), event.wSlot, by});
  }
  std::ranges::stable_sort(changes, {}, &Change::ns);
  std::map<WORD, int> queued;
  for (const Change& change : changes) {
    int& count = queued[change.slot];
    count = std::max(0, count + change.by);
    rows.push_back({change.ns, cli::formatted(R"("ph":"C","name":"queued, stream %u","args":{"blocks":%d})",
                                              static_cast<unsigned>(change.slot), count)});
  }
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
  /// Effects: one thread, its name, and its rows in the order of time.
  void add_thread(int number, const std::string& name, Rows& rows) {
    const std::string thread = cli::formatted(R"("tid":%d,)", number);
    add(metadata("thread_name", thread, cli::formatted(R"("name":"%s")", name.c_str())));
    add(metadata("thread_sort_index", thread, cli::formatted(R"("sort_index":%d)", number)));
    std::ranges::stable_sort(rows, {}, &Row::ns);  // stable: what begins first ends last
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
  add_counters(recording.events, blocks);
  int number = 1;
  for (Thread& thread : threads) writer.add_thread(number++, thread.name, thread.rows);
  writer.add_thread(number, "blocks", blocks);
  file << "\n]}\n";
}

}  // namespace refwave::trace
