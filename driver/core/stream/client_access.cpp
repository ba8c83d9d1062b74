#include "driver/core/stream/client_access.h"

#include <atomic>

namespace refwave::core {
namespace {

constexpr std::size_t kPageBytes = 4096;

/// A compare-exchange with its own value, so that no write of the client's is lost.
void write_in_place(std::byte& byte) {
  const std::atomic_ref<std::byte> cell(byte);
  std::byte value = cell.load(std::memory_order_relaxed);
  cell.compare_exchange_strong(value, value, std::memory_order_relaxed);
}

void read_in_place(const std::byte& byte) {
  static_cast<void>(*static_cast<const volatile std::byte*>(&byte));
}

/// Effects: brings the data's pages into memory, so that the audio thread meets no page fault. For a
/// recording they are written to, because an unwritten page may be the system's shared page of zeros.
void touch_pages(const ClientHeader& header, hal::Direction direction) {
  if (header.data == nullptr || header.length == 0) return;
  const auto touch = [&](std::byte& byte) {
    direction == hal::Direction::input ? write_in_place(byte) : read_in_place(byte);
  };
  for (std::size_t at = 0; at < header.length; at += kPageBytes) touch(header.data[at]);
  // The last byte may lie on one more page.
  touch(header.data[header.length - 1]);
}

}  // namespace

void prepare_header(ClientHeader& header, hal::Direction direction) {
  std::uint32_t flags = load_flags(header);
  if ((flags & kPrepared) != 0) return;
  touch_pages(header, direction);
  while ((flags & kPrepared) == 0) {
    if (change_flags(header, flags, (flags | kPrepared) & ~(kDone | kInQueue))) return;
  }
}

Error unprepare_header(ClientHeader& header) {
  std::uint32_t flags = load_flags(header);
  for (;;) {
    if ((flags & kInQueue) != 0) return Error::still_playing;
    if ((flags & kPrepared) == 0) return Error::none;
    if (change_flags(header, flags, flags & ~kPrepared)) return Error::none;
  }
}

Error Submission::begin(ClientHeader& header, hal::Direction direction, std::size_t bytes_per_frame) {
  const auto problem_of = [&](std::uint32_t flags) {
    if ((flags & kInQueue) != 0) return Error::still_playing;
    return (flags & kPrepared) == 0 || header.data == nullptr ? Error::unprepared : Error::none;
  };
  flags_ = load_flags(header);
  Error problem = problem_of(flags_);
  if (problem != Error::none) return problem;
  touch_pages(header, direction);
  while (!change_flags(header, flags_, (flags_ & ~kDone) | kInQueue)) {
    problem = problem_of(flags_);
    if (problem != Error::none) return problem;
  }
  const bool output = direction == hal::Direction::output;
  block_ = {.header = &header,
            .data = header.data,
            .frames = static_cast<std::uint32_t>(header.length / bytes_per_frame),
            .done_flags = (flags_ & ~kInQueue) | kDone,
            .loops = header.loops,
            .begins_loop = output && (flags_ & kBeginLoop) != 0,
            .ends_loop = output && (flags_ & kEndLoop) != 0};
  bytes_recorded_ = header.bytes_recorded;
  if (!output) header.bytes_recorded = 0;
  return Error::none;
}

void Submission::undo() {
  block_.header->bytes_recorded = bytes_recorded_;
  store_flags(*block_.header, flags_);
}

}  // namespace refwave::core
