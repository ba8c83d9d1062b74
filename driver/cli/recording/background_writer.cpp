#include "driver/cli/recording/background_writer.h"

#include <new>
#include <system_error>
#include <utility>

#include "driver/cli/console/failure.h"

namespace refwave::cli {

BackgroundWriter::BackgroundWriter(SoundFileWriter file, std::size_t most_bytes)
    : file_(std::move(file)), most_bytes_(most_bytes) {
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    throw Failure("there is no thread to write the file; end other programs, and try again");
  }
}

BackgroundWriter::~BackgroundWriter() {
  end();
  thread_.join();
}

bool BackgroundWriter::write(std::span<const std::byte> frames) {
  check();
  const std::lock_guard lock(mutex_);
  if (frames.size() > most_bytes_ - waiting_bytes_) return false;
  try {
    waiting_.emplace_back(frames.begin(), frames.end());
  } catch (const std::bad_alloc&) {
    return false;
  }
  waiting_bytes_ += frames.size();
  to_writer_.notify_one();
  return true;
}

void BackgroundWriter::end() {
  const std::lock_guard lock(mutex_);
  is_ending_ = true;
  to_writer_.notify_one();
}

bool BackgroundWriter::has_ended(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return from_writer_.wait_for(lock, patience, [this] { return has_ended_; });
}

void BackgroundWriter::check() {
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

std::size_t BackgroundWriter::waiting_bytes() {
  const std::lock_guard lock(mutex_);
  return waiting_bytes_;
}

void BackgroundWriter::run() {
  std::exception_ptr failure;
  try {
    write_all();
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  failure_ = failure;
  has_ended_ = true;
  from_writer_.notify_one();
}

void BackgroundWriter::write_all() {
  std::vector<std::byte> frames;
  while (take_next(frames)) file_.write(frames);
  file_.close();
}

/// Effects: counts `frames` as written, and waits for the next ones. Returns: whether there are any.
bool BackgroundWriter::take_next(std::vector<std::byte>& frames) {
  std::unique_lock lock(mutex_);
  waiting_bytes_ -= frames.size();
  frames.clear();
  to_writer_.wait(lock, [this] { return is_ending_ || !waiting_.empty(); });
  if (waiting_.empty()) return false;
  frames = std::move(waiting_.front());
  waiting_.pop_front();
  return true;
}

}  // namespace refwave::cli
