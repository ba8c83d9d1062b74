#include "hal/capture/wav_writer.h"

#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace refwave::hal {

std::unique_ptr<WavWriter> WavWriter::create(const std::string& path, const dsp::Format& format,
                                             std::string& error, std::uint64_t most_riff_bytes) {
  std::string reason;
  File file = create_file(path, reason);
  if (!file) {
    error = "cannot create " + path + ": " + reason;
    return nullptr;
  }
  // Unbuffered: if the process is killed, nothing is lost in a buffer.
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  std::unique_ptr<WavWriter> writer(new WavWriter(path, format, most_riff_bytes, std::move(file)));
  writer->publish();
  error = writer->error();
  if (!error.empty()) return nullptr;
  return writer;
}

WavWriter::WavWriter(std::string path, const dsp::Format& format, std::uint64_t most_riff_bytes, File file)
    : path_(std::move(path)), format_(format), most_riff_bytes_(most_riff_bytes), file_(std::move(file)) {}

WavWriter::~WavWriter() {
  try {
    publish();
  } catch (const std::bad_alloc&) {  // the length of the last publish() stays
  }
  const std::uint64_t whole_bytes = frames() * format_.bytes_per_frame();
  // Chunks have even lengths.
  const std::uint64_t padded_bytes = header_bytes_ + whole_bytes + whole_bytes % 2;
  resize_file(file_.get(), padded_bytes);
}

bool WavWriter::append(std::span<const std::byte> frames) noexcept {
  if (failure_ != 0) return false;
  const std::size_t done = std::fwrite(frames.data(), 1, frames.size(), file_.get());
  data_bytes_ += done;
  if (done == frames.size()) return true;
  failure_ = errno;
  return false;
}

void WavWriter::publish() {
  const auto header = wav_header(format_, frames() * format_.bytes_per_frame(), most_riff_bytes_);
  header_bytes_ = header.size();
  std::fseek(file_.get(), 0, SEEK_SET);
  if (std::fwrite(header.data(), 1, header.size(), file_.get()) != header.size() && failure_ == 0)
    failure_ = errno;
  std::fseek(file_.get(), 0, SEEK_END);
}

std::string WavWriter::error() const {
  return failure_ == 0 ? std::string{} : "cannot write " + path_ + ": " + std::strerror(failure_);
}

}  // namespace refwave::hal
