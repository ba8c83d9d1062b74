#include "driver/event_log/event_log.h"

namespace refwave::event_log {

void EventLog::add(std::string line, Kept kept) {
  if (const auto log = current_log()) log->add(line);
  if (kept == Kept::no) return;
  const hal::MutexLock lock(mutex_);
  if (!lines_.empty() && lines_.back() == line) return;
  lines_.push_back(std::move(line));
  if (lines_.size() <= kMostLines) return;
  lines_.pop_front();
  ++dropped_;
}

std::shared_ptr<LogFile> EventLog::log_to(std::shared_ptr<LogFile> next) {
  const hal::MutexLock lock(mutex_);
  return std::exchange(log_, std::move(next));
}

std::string EventLog::text() const {
  const hal::MutexLock lock(mutex_);
  std::string all;
  for (const std::string& line : lines_) all.append(line).push_back('\n');
  return all;
}

std::size_t EventLog::count() const {
  const hal::MutexLock lock(mutex_);
  return dropped_ + lines_.size();
}

std::shared_ptr<LogFile> EventLog::current_log() const {
  const hal::MutexLock lock(mutex_);
  return log_;
}

std::string words_for(const dsp::Format& format) {
  return std::to_string(format.rate) + " Hz, " + std::to_string(format.channels) +
         (format.channels == 1 ? " channel, " : " channels, ") + std::string(dsp::name_of(format.type));
}

std::string words_for(const hal::OpenInfo& info) {
  const std::uint64_t latency_ms = std::uint64_t{1'000} * info.latency_frames / info.format.rate;
  std::string words = words_for(info.format) + ", periods of " + std::to_string(info.period_frames) +
                      " frames, latency " + std::to_string(info.latency_frames) + " frames (" +
                      std::to_string(latency_ms) + " ms)";
  if (info.device_period_frames != 0)
    words += "; the device took periods of " + std::to_string(info.device_period_frames) +
             " and a buffer of " + std::to_string(info.device_buffer_frames) + " frames";
  return words;
}

const char* words_for(hal::Direction direction) {
  return direction == hal::Direction::output ? "output" : "input";
}

const char* words_for(core::Error error) {
  switch (error) {
    case core::Error::no_memory:
      return "no memory or no thread for it";
    case core::Error::all_slots_used:
      return "the maximum number of streams is open";
    case core::Error::no_device:
      return "no device opens, and the configuration allows no fallback, or the driver is ending";
    default:
      return "";
  }
}

std::string device_text(const std::string& name) { return "device \"" + name + "\""; }

std::string seconds_text(std::int64_t ns) {
  const std::string thousandths = std::to_string(1'000 + ns / 1'000'000 % 1'000);
  return std::to_string(ns / 1'000'000'000) + "." + thousandths.substr(1) + " s";
}

}  // namespace refwave::event_log
