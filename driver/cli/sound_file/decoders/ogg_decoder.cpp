// Ogg by libvorbisfile and libopusfile. A file may be a chain of streams, and each may have another format:
// then it is as many parts.
#include <opusfile.h>
#include <vorbis/vorbisfile.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "driver/cli/sound_file/decoders/channel_order.h"
#include "driver/cli/sound_file/decoders/decoder.h"
#include "driver/cli/sound_file/sample_bytes.h"

namespace refwave::cli {
namespace {

constexpr int kAtOnce = 5'760;  // frames, the most that an Opus packet holds

/// Both libraries want fseek() and ftell().
int seek_input(void* self, std::int64_t offset, int whence) {
  auto* const input = static_cast<Input*>(self);
  if (!input->is_seekable()) return -1;
  const std::int64_t from = whence == SEEK_END ? input->size() : whence == SEEK_CUR ? input->position() : 0;
  return input->seek(from + offset) < 0 ? -1 : 0;
}

class OggDecoder : public Decoder {
 public:
  using Decoder::Decoder;

  std::size_t read(std::byte* bytes, std::size_t frames, float& peak) override {
    if (at_ == floats_.size() && !fill()) return 0;
    if (next_ != stated_.format) return 0;
    const std::size_t channels = next_.channels;
    const std::size_t count = std::min(frames, (floats_.size() - at_) / channels);
    const auto samples = std::span(floats_).subspan(at_, count * channels);
    std::memcpy(bytes, samples.data(), samples.size_bytes());
    order_of(link_).reorder(bytes, count, next_);
    peak = std::max(peak, peak_of(samples));
    at_ += samples.size();
    position_ += count;
    return count;
  }

  bool seek(std::uint64_t frame) override {
    if (!input_->is_seekable() || !seek_all(part_begin_ + static_cast<std::int64_t>(frame))) return false;
    floats_.clear();
    at_ = 0;
    position_ = frame;
    return true;
  }

  /// Between two streams of a chain there may be a hole where nothing is missing.
  std::string damage() const override {
    return has_hole_ && position_ < stated_.frames ? "damaged: parts of it cannot be decoded" : "";
  }
  bool has_next_part() const override { return at_ < floats_.size() && next_ != stated_.format; }
  void begin_next_part() override {
    check_is_playable(input_->path(), next_.rate, next_.channels);
    stated_ = {.format = next_};
    position_ = 0;
    has_hole_ = false;
    part_begin_ = 0;
    if (!input_->is_seekable()) return;
    for (int link = 0; link < link_; ++link) part_begin_ += frames_of(link);
    for (int link = link_; link < links() && format_of(link) == next_; ++link)
      stated_.frames += static_cast<std::uint64_t>(std::max<std::int64_t>(frames_of(link), 0));
  }

 protected:
  /// Effects: decodes to `floats`, and sets `link` to that of the chain. Returns: frames; 0 at the end, -1
  /// where data is missing.
  virtual long decode(std::vector<float>& floats, int& link) = 0;
  virtual dsp::Format format_of(int link) const = 0;
  virtual ChannelOrder order_of(int link) const = 0;
  virtual int links() const = 0;
  virtual std::int64_t frames_of(int link) const = 0;
  virtual bool seek_all(std::int64_t frame) = 0;

  /// Returns: whether there is any sound. Effects: states the first part.
  bool begin() {
    if (!fill()) return false;
    begin_next_part();
    return true;
  }

 private:
  /// Returns: false at the end.
  bool fill() {
    long frames = -1;
    while (frames < 0) {
      frames = decode(floats_, link_);
      has_hole_ |= frames < 0;
    }
    at_ = 0;
    next_ = format_of(link_);
    floats_.resize(static_cast<std::size_t>(frames) * next_.channels);
    return frames > 0;
  }

  std::vector<float> floats_;  // decoded, and not read yet from at_ on
  std::size_t at_ = 0;
  dsp::Format next_;  // of these
  int link_ = 0;
  std::uint64_t position_ = 0;   // of the frame that is read next, in this part
  std::int64_t part_begin_ = 0;  // frames of the chain before this part
  bool has_hole_ = false;
};

class VorbisDecoder : public OggDecoder {
 public:
  using OggDecoder::OggDecoder;
  ~VorbisDecoder() override {
    if (is_open_) ov_clear(&file_);
  }

  bool open() {
    const ov_callbacks calls{read_input, seek_input, nullptr, tell_input};
    is_open_ = ov_open_callbacks(input_.get(), &file_, nullptr, 0, calls) == 0;
    // libvorbisfile 1.3.7 passes over a first stream of a single page, unless it is told to begin there.
    return is_open_ && (!input_->is_seekable() || seek_all(0)) && begin();
  }

 private:
  static std::size_t read_input(void* bytes, std::size_t size, std::size_t count, void* input) {
    return static_cast<Input*>(input)->read(bytes, size * count) / size;
  }
  static long tell_input(void* input) { return static_cast<long>(static_cast<Input*>(input)->position()); }

  long decode(std::vector<float>& floats, int& link) override {
    float** planes = nullptr;
    const long frames = ov_read_float(&file_, &planes, kAtOnce, &link);
    if (frames < 0) return frames == OV_HOLE ? -1 : 0;
    const std::size_t channels = format_of(link).channels;
    floats.resize(static_cast<std::size_t>(frames) * channels);
    for (std::size_t i = 0; i < floats.size(); ++i) floats[i] = planes[i % channels][i / channels];
    return frames;
  }
  dsp::Format format_of(int link) const override {
    const vorbis_info* const info = ov_info(file(), input_->is_seekable() ? link : -1);
    const auto channels = static_cast<std::uint16_t>(info->channels);
    return {dsp::SampleType::f32, channels, static_cast<std::uint32_t>(info->rate),
            vorbis_order(channels).mask()};
  }
  ChannelOrder order_of(int link) const override { return vorbis_order(format_of(link).channels); }
  int links() const override { return static_cast<int>(ov_streams(file())); }
  std::int64_t frames_of(int link) const override { return ov_pcm_total(file(), link); }
  bool seek_all(std::int64_t frame) override { return ov_pcm_seek(&file_, frame) == 0; }
  /// The library asks for a file that may change, even where it does not change it.
  OggVorbis_File* file() const { return const_cast<OggVorbis_File*>(&file_); }

  OggVorbis_File file_{};
  bool is_open_ = false;
};

struct DeleteOpus {
  void operator()(OggOpusFile* file) const { op_free(file); }
};

class OpusDecoder : public OggDecoder {
 public:
  using OggDecoder::OggDecoder;

  bool open() {
    const OpusFileCallbacks calls{read_input, seek_input, tell_input, nullptr};
    file_.reset(op_open_callbacks(input_.get(), &calls, nullptr, 0, nullptr));
    return file_ != nullptr && begin();
  }

 private:
  static int read_input(void* input, unsigned char* bytes, int count) {
    return static_cast<int>(static_cast<Input*>(input)->read(bytes, static_cast<std::size_t>(count)));
  }
  static opus_int64 tell_input(void* input) { return static_cast<Input*>(input)->position(); }

  long decode(std::vector<float>& floats, int& link) override {
    floats.resize(std::size_t{kAtOnce} * dsp::kMaxChannels);
    const int frames = op_read_float(file_.get(), floats.data(), static_cast<int>(floats.size()), &link);
    return frames < 0 ? (frames == OP_HOLE ? -1 : 0) : frames;
  }
  dsp::Format format_of(int link) const override {
    constexpr std::uint32_t kRate = 48'000;
    return {dsp::SampleType::f32, static_cast<std::uint16_t>(op_channel_count(file_.get(), link)), kRate,
            order_of(link).mask()};
  }
  ChannelOrder order_of(int link) const override {
    constexpr int kLastKnownFamily = 1;  // others have no speakers (RFC 7845, 5.1.1)
    const OpusHead* const head = op_head(file_.get(), link);
    return head->mapping_family <= kLastKnownFamily
               ? vorbis_order(static_cast<std::size_t>(head->channel_count))
               : ChannelOrder();
  }
  int links() const override { return op_link_count(file_.get()); }
  std::int64_t frames_of(int link) const override { return op_pcm_total(file_.get(), link); }
  bool seek_all(std::int64_t frame) override { return op_pcm_seek(file_.get(), frame) == 0; }

  std::unique_ptr<OggOpusFile, DeleteOpus> file_;
};

}  // namespace

std::unique_ptr<Decoder> vorbis_decoder(std::unique_ptr<Input>& input) {
  return opened_by<VorbisDecoder>(input);
}
std::unique_ptr<Decoder> opus_decoder(std::unique_ptr<Input>& input) { return opened_by<OpusDecoder>(input); }

}  // namespace refwave::cli
