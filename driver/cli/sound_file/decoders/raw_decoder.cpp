// Samples without a header.
#include <algorithm>
#include <cstdio>

#include "driver/cli/sound_file/decoders/decoder.h"
#include "driver/cli/sound_file/sample_bytes.h"

namespace refwave::cli {
namespace {

class RawDecoder : public Decoder {
 public:
  RawDecoder(std::unique_ptr<Input> input, const RawFormat& raw) : input_(std::move(input)), raw_(raw) {
    stated_.format = raw.format;
    if (!input_->is_seekable()) return;
    begin_ = input_->seek(0, SEEK_CUR);
    const std::int64_t end = input_->seek(0, SEEK_END);
    input_->seek(begin_, SEEK_SET);
    stated_.frames = static_cast<std::uint64_t>(std::max<std::int64_t>(end - begin_, 0)) / frame_bytes();
  }

  std::size_t read(std::byte* bytes, std::size_t frames, float& peak) override {
    std::size_t done = 0;
    std::ptrdiff_t got = 1;
    // A pipe gives what it has, which may end within a frame.
    while (got > 0 && (done == 0 || done % frame_bytes() != 0)) {
      got = input_->read(bytes + done, frames * frame_bytes() - done);
      done += static_cast<std::size_t>(std::max<std::ptrdiff_t>(got, 0));
    }
    bytes_over_ += done % frame_bytes();
    done -= done % frame_bytes();
    const auto samples = std::span(bytes, done);
    turn(samples, raw_);
    peak = std::max(peak, peak_of(samples, raw_.format.type));
    return done / frame_bytes();
  }

  bool seek(std::uint64_t frame) override {
    return input_->seek(begin_ + static_cast<std::int64_t>(frame * frame_bytes()), SEEK_SET) >= 0;
  }

  std::string damage() const override {
    return bytes_over_ == 0
               ? ""
               : "cut short: its last " + std::to_string(bytes_over_) + " bytes are not a whole frame";
  }

 private:
  std::size_t frame_bytes() const { return raw_.format.bytes_per_frame(); }

  std::unique_ptr<Input> input_;
  RawFormat raw_;
  std::int64_t begin_ = 0;
  std::size_t bytes_over_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> raw_decoder(std::unique_ptr<Input> input, const RawFormat& raw) {
  return std::make_unique<RawDecoder>(std::move(input), raw);
}

}  // namespace refwave::cli
