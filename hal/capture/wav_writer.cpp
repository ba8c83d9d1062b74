#include "hal/capture/wav_writer.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace refwave::hal {
namespace {

constexpr std::uint16_t kPcm = 1;
constexpr std::uint16_t kIeeeFloat = 3;
constexpr std::uint16_t kExtensible = 0xFFFE;
constexpr std::uint32_t kLookInDs64 = 0xFFFFFFFF;

/// The part of KSDATAFORMAT_SUBTYPE_* after the two bytes that repeat the plain tag.
constexpr std::array<std::uint8_t, 14> kSubtypeTail = {0, 0, 0,    0, 0x10, 0,    0x80,
                                                       0, 0, 0xAA, 0, 0x38, 0x9B, 0x71};

class Bytes {
 public:
  void text(std::string_view value) {
    for (const char letter : value) out_.push_back(static_cast<std::byte>(letter));
  }
  template <class Integer>
  void number(Integer value) {
    for (std::size_t i = 0; i < sizeof value; ++i) {
      out_.push_back(static_cast<std::byte>((static_cast<std::uint64_t>(value) >> (8 * i)) & 0xFF));
    }
  }
  std::vector<std::byte> take() { return std::move(out_); }

 private:
  std::vector<std::byte> out_;
};

bool is_float(dsp::SampleType type) { return type == dsp::SampleType::f32 || type == dsp::SampleType::f64; }

bool is_extensible(const dsp::Format& format) {
  return format.channels > 2 || format.type == dsp::SampleType::s24 || format.type == dsp::SampleType::s32;
}

void put_format(Bytes& out, const dsp::Format& format) {
  const std::uint16_t plain_tag = is_float(format.type) ? kIeeeFloat : kPcm;
  const auto bits = static_cast<std::uint16_t>(8 * bytes_per_sample(format.type));
  const bool extensible = is_extensible(format);
  out.text("fmt ");
  out.number<std::uint32_t>(extensible ? 40 : is_float(format.type) ? 18 : 16);
  out.number<std::uint16_t>(extensible ? kExtensible : plain_tag);
  out.number(format.channels);
  out.number(format.rate);
  out.number(static_cast<std::uint32_t>(format.rate * format.bytes_per_frame()));
  out.number(static_cast<std::uint16_t>(format.bytes_per_frame()));
  out.number(bits);
  if (extensible) {
    out.number<std::uint16_t>(22);
    // Valid bits.
    out.number(bits);
    out.number(format.channel_mask != 0 ? format.channel_mask : dsp::default_channel_mask(format.channels));
    out.number(plain_tag);
    for (const std::uint8_t byte : kSubtypeTail) out.number(byte);
  } else if (is_float(format.type)) {
    out.number<std::uint16_t>(0);
  }
}

std::uint32_t narrow(std::uint64_t value) {
  return value < kLookInDs64 ? static_cast<std::uint32_t>(value) : kLookInDs64;
}

}  // namespace

std::vector<std::byte> wav_header(const dsp::Format& format, std::uint64_t data_bytes,
                                  std::uint64_t most_riff_bytes) {
  const std::uint64_t frames = data_bytes / format.bytes_per_frame();
  const std::size_t format_bytes = is_extensible(format) ? 48 : is_float(format.type) ? 26 : 24;
  const std::uint64_t riff_bytes =
      4 + 36 + format_bytes + (is_float(format.type) ? 12 : 0) + 8 + data_bytes + data_bytes % 2;
  const bool large = riff_bytes > most_riff_bytes;

  Bytes out;
  out.text(large ? "RF64" : "RIFF");
  out.number(narrow(large ? kLookInDs64 : riff_bytes));
  out.text("WAVE");
  out.text(large ? "ds64" : "JUNK");
  out.number<std::uint32_t>(28);
  out.number<std::uint64_t>(large ? riff_bytes : 0);
  out.number<std::uint64_t>(large ? data_bytes : 0);
  out.number<std::uint64_t>(large ? frames : 0);
  // No further chunk has a size of 64 bits.
  out.number<std::uint32_t>(0);
  put_format(out, format);
  if (is_float(format.type)) {
    out.text("fact");
    out.number<std::uint32_t>(4);
    out.number(narrow(frames));
  }
  out.text("data");
  out.number(large ? kLookInDs64 : narrow(data_bytes));
  return out.take();
}

std::vector<std::byte> wav_header_of_open_length(const dsp::Format& format) {
  // What sox writes into a pipe, and every reader accepts.
  constexpr std::uint32_t kOpenLength = 0x7FFF'F000;
  Bytes out;
  out.text("RIFF");
  out.number(kOpenLength + 36);
  out.text("WAVE");
  put_format(out, format);
  out.text("data");
  out.number(kOpenLength);
  return out.take();
}

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
  } catch (const std::bad_alloc&) {  // the length of the last publish() is kept
  }
  if (!is_open(file_)) return;
  const std::uint64_t whole_bytes = frames() * format_.bytes_per_frame();
  // Chunks have even lengths.
  const std::uint64_t padded_bytes = header_bytes_ + whole_bytes + whole_bytes % 2;
  resize_file(file_.get(), padded_bytes);
}

bool WavWriter::append(std::span<const std::byte> frames) noexcept {
  if (failure_ == 0 && !is_open(file_)) failure_ = EBADF;
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
  if (!is_open(file_)) return;
  const bool is_written =
      seek_file(file_.get(), 0) && std::fwrite(header.data(), 1, header.size(), file_.get()) == header.size();
  // Without the second seek, the next frames would overwrite the first ones.
  const bool is_at_end = seek_file(file_.get(), header_bytes_ + data_bytes_);
  if ((!is_written || !is_at_end) && failure_ == 0) failure_ = errno;
}

std::string WavWriter::error() const {
  return failure_ == 0 ? std::string{} : "cannot write " + path_ + ": " + std::strerror(failure_);
}

}  // namespace refwave::hal
