// Ogg by libvorbisfile and libopusfile. A file may be a chain of streams, which they call links, and each may
// have another format: then it is as many parts.
#include <opusfile.h>
#include <vorbis/vorbisfile.h>

#include <algorithm>
#include <cstring>

#include "driver/cli/sound_file/decoders/decoders.h"

namespace refwave::cli {
namespace {

static_assert(OV_HOLE == OP_HOLE);

/// Both libraries take what fread(), fseek() and ftell() return.
std::size_t read_input(void* bytes, std::size_t size, std::size_t count, void* input) {
  return static_cast<Input*>(input)->read(bytes, size * count) / size;
}
int seek_input(void* input, std::int64_t offset, int whence) {
  return static_cast<Input*>(input)->seek_in_file(offset, whence) < 0 ? -1 : 0;
}
template <class Place>
Place tell_input(void* input) {
  return static_cast<Place>(static_cast<Input*>(input)->position());
}

struct Link {
  std::int64_t rate = 0;
  int channels = 0;
  bool has_speakers = true;
  bool operator==(const Link&) const = default;
};

struct Vorbis {
  Vorbis() = default;
  ~Vorbis() {
    if (is_open) ov_clear(&file);
  }
  bool open(Input* input) {
    is_open =
        ov_open_callbacks(input, &file, nullptr, 0, {read_input, seek_input, nullptr, tell_input<long>}) == 0;
    // libvorbisfile 1.3.7 passes over a first stream of a single page, unless it is told to begin there.
    return is_open && (ov_seekable(&file) == 0 || seek(0));
  }
  long decode(std::vector<float>& floats, int& number) {
    float** planes = nullptr;
    const long frames = ov_read_float(&file, &planes, kAtOnce, &number);
    if (frames <= 0) return frames;
    const auto channels = static_cast<std::size_t>(link(number).channels);
    floats.resize(static_cast<std::size_t>(frames) * channels);
    for (std::size_t i = 0; i < floats.size(); ++i) floats[i] = planes[i % channels][i / channels];
    return frames;
  }
  Link link(int number) {
    const vorbis_info* const info = ov_info(&file, ov_seekable(&file) != 0 ? number : -1);
    return {info->rate, info->channels};
  }
  int links() { return static_cast<int>(ov_streams(&file)); }
  std::int64_t frames_of(int number) { return ov_pcm_total(&file, number); }
  bool seek(std::int64_t frame) { return ov_pcm_seek(&file, frame) == 0; }

  static constexpr int kAtOnce = 4'096;  // frames
  OggVorbis_File file{};
  bool is_open = false;
};

struct Opus {
  struct Free {
    void operator()(OggOpusFile* open) const { op_free(open); }
  };
  bool open(Input* input) {
    const auto read = [](void* from, unsigned char* bytes, int count) {
      return static_cast<int>(read_input(bytes, 1, static_cast<std::size_t>(count), from));
    };
    const OpusFileCallbacks calls{read, seek_input, tell_input<opus_int64>, nullptr};
    file.reset(op_open_callbacks(input, &calls, nullptr, 0, nullptr));
    return file != nullptr;
  }
  long decode(std::vector<float>& floats, int& number) {
    floats.resize(kAtOnce);
    return op_read_float(file.get(), floats.data(), kAtOnce, &number);
  }
  Link link(int number) {
    constexpr int kRate = 48'000;
    constexpr int kLastKnownFamily = 1;  // others have no speakers (RFC 7845, 5.1.1)
    const OpusHead* const head = op_head(file.get(), number);
    return {kRate, head->channel_count, head->mapping_family <= kLastKnownFamily};
  }
  int links() { return op_link_count(file.get()); }
  std::int64_t frames_of(int number) { return op_pcm_total(file.get(), number); }
  bool seek(std::int64_t frame) { return op_pcm_seek(file.get(), frame) == 0; }

  static constexpr int kAtOnce = 5'760 * dsp::kMaxChannels;  // samples, the most that a packet holds
  std::unique_ptr<OggOpusFile, Free> file;
};

/// Returns: the speakers of Vorbis ("Vorbis I specification", 4.3.9), which are those of Opus, too.
std::span<const int> speakers_of(std::size_t channels) {
  // FL 0, FR 1, FC 2, LFE 3, BL 4, BR 5, BC 8, SL 9, SR 10
  static constexpr int kOrders[][8] = {{2},
                                       {0, 1},
                                       {0, 2, 1},
                                       {0, 1, 4, 5},
                                       {0, 2, 1, 4, 5},
                                       {0, 2, 1, 4, 5, 3},
                                       {0, 2, 1, 9, 10, 8, 3},
                                       {0, 2, 1, 9, 10, 4, 5, 3}};
  return std::span(kOrders[channels - 1]).first(channels);
}

template <class Library>
class OggReader : public SoundFileReader {
 public:
  using SoundFileReader::SoundFileReader;

  /// Returns: whether there is any sound.
  bool open() {
    if (!library_.open(input_.get()) || !fill()) return false;
    begin_part();
    return true;
  }
  bool has_next_part() const override { return at_ < floats_.size() && link_ != part_; }
  void begin_next_part() override {
    if (has_next_part()) begin_part();
  }

 private:
  void begin_part() {
    part_ = link_;
    begin(dsp::SampleType::f32, part_.rate, part_.channels);
    if (part_.has_speakers) set_order(speakers_of(format_.channels));
    has_hole_ = has_failed_ = false;
    part_begin_ = 0;
    if (!input_->is_seekable()) return;
    for (int i = 0; i < number_; ++i) part_begin_ += library_.frames_of(i);
    for (int i = number_; i < library_.links() && library_.link(i) == part_; ++i)
      frames_ += static_cast<std::uint64_t>(std::max<std::int64_t>(library_.frames_of(i), 0));
  }

  std::size_t decode(std::byte* bytes, std::size_t frames) override {
    if ((at_ == floats_.size() && !fill()) || link_ != part_) return 0;
    const std::size_t count = std::min(frames, (floats_.size() - at_) / format_.channels);
    std::memcpy(bytes, &floats_[at_], count * format_.bytes_per_frame());
    at_ += count * format_.channels;
    return count;
  }

  /// Returns: false at the end.
  bool fill() {
    long frames = library_.decode(floats_, number_);
    while (frames == OV_HOLE) {
      has_hole_ = true;
      frames = library_.decode(floats_, number_);
    }
    has_failed_ = frames < 0;
    link_ = library_.link(number_);
    floats_.resize(static_cast<std::size_t>(std::max(frames, 0L) * link_.channels));
    at_ = 0;
    return !floats_.empty();
  }

  bool go_to(std::uint64_t frame) override {
    if (!library_.seek(part_begin_ + static_cast<std::int64_t>(frame))) return false;
    at_ = floats_.size();
    return true;
  }

  /// Between two links there may be a hole where nothing is missing.
  std::string damage() const override {
    return has_failed_ || (has_hole_ && position_ < frames_) ? "damaged: parts of it cannot be decoded" : "";
  }

  Library library_;
  std::vector<float> floats_;  // decoded, and not read yet from at_ on
  std::size_t at_ = 0;
  int number_ = 0;  // of their link
  Link link_;
  Link part_;
  std::int64_t part_begin_ = 0;  // frames of the chain before this part
  bool has_hole_ = false;
  bool has_failed_ = false;  // it ended so
};

}  // namespace

std::unique_ptr<SoundFileReader> vorbis_reader(const std::shared_ptr<Input>& input) {
  return opened_by<OggReader<Vorbis>>(input);
}
std::unique_ptr<SoundFileReader> opus_reader(const std::shared_ptr<Input>& input) {
  return opened_by<OggReader<Opus>>(input);
}

}  // namespace refwave::cli
