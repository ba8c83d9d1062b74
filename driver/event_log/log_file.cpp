#include "driver/event_log/log_file.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <new>
#include <vector>

#include "hal/system/files.h"
#include "hal/system/mutex.h"
#include "hal/system/wide_text.h"

namespace refwave::event_log {
namespace {

using Moment = std::chrono::system_clock::time_point;

constexpr std::size_t kLongestLine = 4'000;  // bytes

struct Line {
  Moment at;
  std::string text;
};

/// Returns: "2026-11-21T07:31:22.123Z 4711 ".
std::string heading(Moment at, std::uint32_t process) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(floor<milliseconds>(at - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ %u ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()), process);
  return text.data();
}

/// A file that is appended to, and renamed when it is large. After a partial line a newline comes first.
class Appender {
 public:
  Appender(hal::File file, std::string path, std::function<void(std::string)> warn, std::uint64_t most_bytes)
      : file_(std::move(file)), path_(std::move(path)), warn_(std::move(warn)), most_bytes_(most_bytes) {}

  std::size_t write(std::string_view text) {
    make_room();
    const std::string whole = (cut_off_ ? "\n" : "") + std::string(text);
    const std::size_t before = whole.size() - text.size();
    const std::size_t written = hal::append(file_, whole);
    const bool is_whole = written == whole.size();
    cut_off_ = !is_whole && (cut_off_ || written > 0) && !(written > 0 && whole[written - 1] == '\n');
    const auto warn = is_whole ? nullptr : std::exchange(warn_, nullptr);
    if (warn) warn("log: " + path_ + ": cannot be written to; is the disk full? Lines will be missing");
    return written - std::min(written, before);
  }

 private:
  void make_room() {
    // A daemon may have closed its descriptor.
    if (hal::is_open(file_) && !hal::set_aside(file_.get(), path_, most_bytes_)) return;
    std::string problem;
    hal::File fresh = hal::open_to_append(path_, problem);
    // Otherwise the old file goes on.
    if (!fresh) return;
    file_ = std::move(fresh);
    cut_off_ = false;
  }

  hal::File file_;
  std::string path_;
  std::function<void(std::string)> warn_;
  const std::uint64_t most_bytes_;
  bool cut_off_ = false;
};

}  // namespace

struct LogFile::Shared {
  Write write;
  std::uint32_t process = 0;

  hal::Mutex mutex;  // held briefly
  hal::Condition changed;
  std::vector<Line> lines GUARDED_BY(mutex);
  std::uint64_t dropped GUARDED_BY(mutex) = 0;  // lines that came after `lines` and did not fit
  bool ending GUARDED_BY(mutex) = false;

  std::string missing(std::uint64_t count) const {
    return heading(std::chrono::system_clock::now(), process) + std::to_string(count) +
           " lines are missing here, because they could not be written in time\n";
  }
  /// Effects: writes `batch`, and how many lines are missing around it. Returns: how many are afterwards.
  std::uint64_t write_all(const std::vector<Line>& batch, std::uint64_t before, std::uint64_t after) const {
    try {
      std::string text = before != 0 ? missing(before) : std::string();
      for (const Line& line : batch) text.append(heading(line.at, process)).append(line.text) += '\n';
      if (after != 0) text += missing(after);
      const std::size_t written = write(text);
      if (written == text.size()) return 0;
      const auto end = text.begin() + static_cast<std::ptrdiff_t>(written);
      const auto whole = static_cast<std::uint64_t>(std::count(text.begin(), end, '\n'));
      // The first whole line reports those missing before it, if any.
      const bool is_reported = before != 0 && whole != 0;
      const std::uint64_t taken = std::min<std::uint64_t>(is_reported ? whole - 1 : whole, batch.size());
      return (is_reported ? 0 : before) + batch.size() - taken + after;
    } catch (const std::bad_alloc&) {
      return before + batch.size() + after;
    }
  }
};

std::shared_ptr<LogFile> LogFile::open(const std::string& path, std::uint32_t process,
                                       std::function<void(std::string)> warn, std::string& problem,
                                       std::uint64_t most_bytes) {
  hal::File file = hal::open_to_append(path, problem);
  if (!file) return nullptr;
  const auto appender = std::make_shared<Appender>(std::move(file), path, std::move(warn), most_bytes);
  return start([appender](std::string_view text) { return appender->write(text); }, process, problem);
}

std::shared_ptr<LogFile> LogFile::start(Write write, std::uint32_t process, std::string& problem) {
  const auto shared = std::make_shared<Shared>();
  shared->write = std::move(write);
  shared->process = process;
  const std::shared_ptr<LogFile> log(new LogFile(shared));
  const hal::Status started = log->thread_.start("refwave-log", 0, [shared] { run(*shared); });
  problem = started.reason();
  return started.ok() ? log : nullptr;
}

void LogFile::add(std::string_view line) noexcept {
  const hal::MutexLock lock(shared_->mutex);
  if (shared_->ending) return;
  try {
    if (shared_->lines.size() < kMostLines) {
      shared_->lines.push_back(
          {std::chrono::system_clock::now(), hal::visible(hal::whole_letters(line, kLongestLine))});
    } else {
      ++shared_->dropped;
    }
  } catch (const std::bad_alloc&) {
    ++shared_->dropped;
  }
  shared_->changed.notify_one();
}

void LogFile::end(std::chrono::milliseconds patience) {
  {
    const hal::MutexLock lock(shared_->mutex);
    shared_->ending = true;
  }
  shared_->changed.notify_one();
  thread_.join(patience);
}

void LogFile::run(Shared& shared) {
  std::uint64_t unwritten = 0;
  hal::MutexLock lock(shared.mutex);
  for (;;) {
    while (!shared.ending && shared.lines.empty()) shared.changed.wait(shared.mutex);
    if (shared.lines.empty() && shared.dropped == 0) return;
    const std::vector<Line> lines = std::exchange(shared.lines, {});
    const std::uint64_t dropped = std::exchange(shared.dropped, 0);
    lock.unlock();
    unwritten = shared.write_all(lines, unwritten, dropped);
    lock.lock();
  }
}

}  // namespace refwave::event_log
