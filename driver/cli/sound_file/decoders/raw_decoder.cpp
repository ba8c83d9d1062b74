// Samples without a header.
#include <algorithm>
#include <cstdio>

#include "driver/cli/sound_file/decoders/decoder.h"
#include "driver/cli/sound_file/sample_bytes.h"

namespace refwave::cli {
namespace {

class RawDecoder : public Decoder {
 public:
  RawDecoder(std::unique_ptr<Input> input, const RawFormat& raw) : Decoder(std::move(input)), raw_(raw) {
    stated_.format = raw.format;
    input_->finish_opening();
    if (!input_->is_seekable()) return;
    stated_.frames = static_cast<std::uint64_t>(std::max<std::int64_t>(input_->size(), 0)) / frame_bytes();
  }

  std::size_t read(std::byte* bytes, std::size_t frames, float& peak) override {
    std::size_t done = input_->read(bytes, frames * frame_bytes());
    bytes_over_ += done % frame_bytes();
    done -= done % frame_bytes();
    const auto samples = std::span(bytes, done);
    turn(samples, raw_);
    peak = std::max(peak, peak_of(samples, raw_.format.type));
    return done / frame_bytes();
  }

  bool seek(std::uint64_t frame) override {
    return input_->is_seekable() && input_->seek(static_cast<std::int64_t>(frame * frame_bytes())) >= 0;
  }

  std::string damage() const override {
    return bytes_over_ == 0
               ? ""
               : "cut short: its last " + std::to_string(bytes_over_) + " bytes are not a whole frame";
  }

 private:
  std::size_t frame_bytes() const { return raw_.format.bytes_per_frame(); }

  RawFormat raw_;
  std::size_t bytes_over_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> raw_decoder(std::unique_ptr<Input> input, const RawFormat& raw) {
  return std::make_unique<RawDecoder>(std::move(input), raw);
}

}  // namespace refwave::cli
