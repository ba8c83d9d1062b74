// libsndfile's formats, as integers or floats like the file's. Headers that it misreads are replaced first.
#include <algorithm>
#include <cstring>
#include <map>

#include "inf/cli/console/failure.h"
#include "inf/cli/sound_file/decoders/decoders.h"

namespace refwave::cli {
namespace {

/// Returns: the little-endian number at that place; 0 if it is missing.
std::int64_t number(std::string_view text, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  if (at + bytes <= text.size()) std::memcpy(&value, &text[at], bytes);
  return static_cast<std::int64_t>(std::min<std::uint64_t>(value, Input::kUnknown));
}

/// Returns: whether that looks like a chunk, rather than sound.
bool is_chunk(const std::string& start, std::int64_t bytes_there) {
  const bool is_name = std::ranges::all_of(start.substr(0, 4), [](char c) { return c >= ' ' && c <= '~'; });
  return start.size() == 8 && is_name && number(start, 4, 4) < std::min(bytes_there, kNeverThere);
}

/// Effects: has 24-bit samples in 32 bits read as 32-bit ones.
void read_format(std::string& format, Hints& hints) {
  constexpr std::int64_t kPcm = 1;
  const std::int64_t tag = number(format, 0, 2);
  hints.is_mpeg = tag == 0x50 || tag == 0x55;
  const std::int64_t frame_bytes = 4 * number(format, 2, 2);
  hints.is_low_24 = tag == kPcm && number(format, 14, 2) == 24 && number(format, 12, 2) == frame_bytes &&
                    number(format, 8, 4) == frame_bytes * number(format, 4, 4);
  if (hints.is_low_24) format[14] = 32;
  format.resize(format.size() + format.size() % 2);
}

/// Effects: reduces a WAV file to its format and sound, with lengths by which libsndfile reads all of it.
void read_wav(Input& input, Hints& hints) {
  constexpr std::int64_t kMostRiff = 0xFFFF'FFFF;
  constexpr std::int64_t kOpenPipe = 0x7F00'0000;  // sox writes this one, others up to 0xFFFFFFFF
  constexpr std::int64_t kMostRead = 254;          // bytes of a chunk
  std::map<std::string, std::string> chunks;       // how each begins
  std::int64_t place = 12;
  std::int64_t length = 0;
  for (;;) {
    const std::string header = input.read_at(place, 8);
    if (header.size() < 8 || header[0] == 0) return;
    length = number(header, 4, 4);
    place += 8;
    if (header.starts_with("data")) break;
    chunks[header.substr(0, 4)] = input.read_at(place, static_cast<std::size_t>(std::min(length, kMostRead)));
    place += length + length % 2;
  }
  std::string& format = chunks["fmt "];
  read_format(format, hints);
  const std::string& sizes = chunks["ds64"];  // in 64 bits
  if (!sizes.empty() && length == kMostRiff) length = number(sizes, 8, 8);
  const std::int64_t there = input.size() - place;
  const std::string start = length == 0 ? input.read_at(place, 8) : "";
  const bool is_too_long = input.is_seekable() ? there >= kMostRiff : length >= kOpenPipe;
  // The writer crashed, wrote into a pipe, or beyond RIFF's 4 GiB.
  hints.is_open = (!start.empty() && !is_chunk(start, there)) || (sizes.empty() && is_too_long);
  if (hints.is_open) length = there;
  const std::string before = std::string("RIFF\x08\0\0\0WAVEfmt ", 16) + static_cast<char>(format.size()) +
                             std::string(3, '\0') + format + std::string("data\0\0\0\0", 8);
  input.begin_at(place, before, length);
}

/// Effects: states the length of a CAF file whose sound extends to its end; libsndfile 1.2.0 refuses it
/// without one ("Apple Core Audio Format Specification", "Audio Data Chunk"). Into a pipe, libsndfile itself
/// writes the header twice, and each time no length but that of the chunk's edit count.
void read_caf(Input& input, Hints& hints) {
  constexpr std::int64_t kFileHeader = 8;
  constexpr std::int64_t kChunkHeader = 12;
  constexpr std::int64_t kEditCount = 4;
  std::int64_t place = kFileHeader;
  for (;;) {
    const std::string header = input.read_at(place, kChunkHeader);
    if (header.size() < kChunkHeader) return;
    std::int64_t length = 0;
    for (const char byte : header.substr(4)) length = length << 8 | static_cast<unsigned char>(byte);
    place += kChunkHeader;
    if (header.starts_with("data")) {
      if (length == kEditCount && input.read_at(place + kEditCount, 4) == "caff") {
        hints.is_open = true;
        input.begin_at(place + kEditCount);
        place = kFileHeader;
        continue;
      }
      hints.is_open = length == 0 || (length == kEditCount && hints.is_open);
      if (!hints.is_open && length != -1) return;
      std::string before = input.read_at(0, static_cast<std::size_t>(place));
      auto there = static_cast<std::uint64_t>(input.size() - place);
      for (std::size_t i = 1; i <= 8; ++i, there >>= 8) before[before.size() - i] = static_cast<char>(there);
      return input.begin_at(place, before);
    }
    if (length < 0 || length > kNeverThere) return;
    place += length;
  }
}

/// Returns: whether that is a header of MPEG layers I to III, not AAC's.
bool is_mpeg_frame(const std::string& start) {
  return start.size() > 1 && start[0] == '\xFF' && (start[1] & 0xE0) == 0xE0 && (start[1] & 0x06) != 0;
}

/// Effects: skips ID3v2 tags, because what follows decides the format. A tag's length, four bytes of seven
/// bits, may be wrong.
void skip_tags(Input& input) {
  constexpr std::int64_t kHeader = 10;
  for (;;) {
    const std::string tag = input.read_at(0, kHeader);
    if (tag.size() < kHeader || !tag.starts_with("ID3")) return;
    std::int64_t bytes = 0;
    for (const char part : tag.substr(6)) bytes = bytes << 7 | (part & 0x7F);
    input.begin_at(input.read_at(kHeader + bytes, 1).empty() ? kHeader : kHeader + bytes);
  }
}

/// Containers that state their length, which libsndfile silently clips to the file.
constexpr int kExact[] = {SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_W64, SF_FORMAT_AIFF,
                          SF_FORMAT_AU,  SF_FORMAT_CAF,   SF_FORMAT_FLAC};
constexpr int kMpeg = 0x230000;  // SF_FORMAT_MPEG, which libsndfile has since 1.1

constexpr std::int64_t kMostInBlocks = 1 << 29;  // bytes: libsndfile counts their samples in 31 bits
constexpr sf_count_t kUnknownFrames = sf_count_t{1} << 48;  // and more: the length is left open

class SndfileReader : public SoundFileReader {
 public:
  using SoundFileReader::SoundFileReader;

  /// Throws: Failure, if it cannot be played.
  bool open(const Hints& hints) {
    hints_ = hints;
    // Chunks after the sound are not read from a pipe.
    for (const std::int64_t reach : {std::int64_t{64} << 10, Input::kUnknown}) {
      // ALAC's table of packets is such a chunk.
      if (file_ != nullptr && encoding() < SF_FORMAT_ALAC_16) break;
      input_->set_reach(reach);
      open_until(hints.is_ogg ? input_->size() : input_->stated_end());
    }
    if (container() == SF_FORMAT_W64) end_w64();
    if (!input_->is_seekable() && (file_ == nullptr || has_blocks()))
      open_until(std::min(input_->stated_end(), kMostInBlocks));
    // Without a size libsndfile trusts the container.
    stated_ = info_.frames;
    // libsndfile ends MPEG at its guess.
    if (input_->is_seekable() && container() != kMpeg) open_until(input_->size());
    // A CAF file that was cut opens only without a size.
    if (file_ == nullptr && stated_ > 0) open_until(input_->stated_end());
    if (file_ == nullptr) return false;
    if (info_.frames <= 0) throw Failure(input_->path() + ": holds no audio; download or create it again");
    begin(hints.is_low_24 ? dsp::SampleType::s24 : type_of(encoding()), info_.samplerate, info_.channels);
    find_length();
    set_sndfile_order(file_.get());
    if (container() == SF_FORMAT_FLAC && format_.channels == 7) format_.channel_mask = kMaskOfSeven;
    is_cut_ = false;
    return true;
  }

 private:
  void open_until(std::int64_t end) {
    SF_VIRTUAL_IO calls{
        [](void* self) -> sf_count_t { return of(self).end_; },
        [](sf_count_t offset, int whence, void* self) -> sf_count_t { return of(self).seek(offset, whence); },
        [](void* bytes, sf_count_t count, void* self) { return of(self).read_input(bytes, count); }, nullptr,
        [](void* self) -> sf_count_t { return of(self).place(); }};
    file_.reset();
    input_->seek(0);
    end_ = end;
    info_ = hints_.raw;
    file_.reset(sf_open_virtual(&calls, SFM_READ, &info_, this));
  }
  sf_count_t seek(sf_count_t offset, int whence) {
    return whence == SEEK_END ? input_->seek(offset + end_) : input_->seek(offset, whence);
  }
  sf_count_t read_input(void* bytes, sf_count_t count) {
    // libmpg123 within libsndfile looks for a tag at the end that open_until() pretends. Without one it plays
    // on to the file's own end; without an answer it would end at its guess.
    constexpr std::int64_t kTag = 128;
    if (input_->is_seekable() && input_->position() > input_->size() && end_ - input_->position() <= kTag) {
      std::memset(bytes, 0, static_cast<std::size_t>(count));
      input_->seek(count, SEEK_CUR);
      return count;
    }
    const auto done = static_cast<sf_count_t>(input_->read(bytes, static_cast<std::size_t>(count)));
    is_cut_ = is_cut_ || done < count;
    return done;
  }
  /// Effects: ends the input with the sound, as libsndfile does not.
  void end_w64() {
    const std::string before = input_->read_at(0, static_cast<std::size_t>(input_->position()));
    const std::size_t chunk = before.find("data\xF3\xAC\xD3\x11");  // and its length at 16
    const std::int64_t length = chunk == std::string::npos ? 0 : number(before, chunk + 16, 8);
    if (length > 0) input_->begin_at(0, {}, static_cast<std::int64_t>(chunk) + length);
    open_until(input_->stated_end());
  }

  /// Opening 8SVX, libsndfile reads forever, unless it reaches the stated end.
  sf_count_t place() const { return input_->is_at_end() && file_ == nullptr ? end_ : input_->position(); }
  static SndfileReader& of(void* self) { return *static_cast<SndfileReader*>(self); }

  int encoding() const { return info_.format & SF_FORMAT_SUBMASK; }
  int container() const { return info_.format & SF_FORMAT_TYPEMASK; }
  /// Returns: whether it is ADPCM, GSM, or the like.
  bool has_blocks() const { return encoding() > SF_FORMAT_ALAW && encoding() < SF_FORMAT_DWVW_12; }

  void find_length() {
    const bool is_exact = std::ranges::find(kExact, container()) != std::end(kExact);
    const bool is_beyond = input_->is_seekable() && lacks_too_much(stated_ - info_.frames);
    const bool is_open = hints_.is_open || stated_ >= kUnknownFrames || is_beyond;
    if (is_exact && stated_ > 0 && !is_open) {
      length_ = Length::promised;
      frames_ = static_cast<std::uint64_t>(stated_);
    } else if (input_->is_seekable() && info_.frames < kUnknownFrames) {
      frames_ = static_cast<std::uint64_t>(info_.frames);
    }
    if (is_exact && is_open && frames_ != 0)
      print_error(input_->path() +
                  ": its header states no length that can be right, as of a writer that was stopped or wrote "
                  "into a pipe; all that is there is played");
  }

  std::size_t decode(std::byte* bytes, std::size_t frames) override {
    const auto wanted = static_cast<sf_count_t>(frames);
    sf_count_t count = 0;
    if (has_blocks()) {
      count = decode_from_blocks(reinterpret_cast<float*>(bytes), wanted);
    } else if (format_.type == dsp::SampleType::f32) {
      count = sf_readf_float(file_.get(), reinterpret_cast<float*>(bytes), wanted);
    } else if (format_.type == dsp::SampleType::f64) {
      count = sf_readf_double(file_.get(), reinterpret_cast<double*>(bytes), wanted);
    } else {
      integers_.resize(frames * format_.channels);
      count = sf_readf_int(file_.get(), integers_.data(), wanted);
      integers_.resize(static_cast<std::size_t>(count) * format_.channels);
      if (hints_.is_low_24)
        for (int& sample : integers_) sample = static_cast<int>(static_cast<unsigned>(sample) << 8);
      pack(integers_, format_.type, bytes);
    }
    if (count == 0) damage_ = damage();
    return static_cast<std::size_t>(count);
  }

  /// Effects: reads frame by frame, because libsndfile decodes the missing part of a block as noise, and
  /// further blocks beyond the end of a pipe.
  sf_count_t decode_from_blocks(float* samples, sf_count_t frames) {
    sf_count_t count = 0;
    for (; count < frames; ++count) {
      if (is_cut_ || sf_readf_float(file_.get(), samples + count * format_.channels, 1) != 1) break;
      if (is_cut_) break;
    }
    return count;
  }

  bool go_to(std::uint64_t frame) override {
    return container() != kMpeg && sf_seek(file_.get(), static_cast<sf_count_t>(frame), SEEK_SET) >= 0;
  }

  std::string damage() const {
    if (sf_error(file_.get()) != SF_ERR_NO_ERROR) return "damaged: " + reason_of(file_.get());
    if (container() != SF_FORMAT_RAW || encoding() > SF_FORMAT_DOUBLE) return "";
    const std::int64_t end = input_->is_seekable() ? input_->size() : input_->position();
    const std::int64_t over = end % static_cast<std::int64_t>(format_.bytes_per_frame());
    return over == 0 ? "" : "cut short: its last " + std::to_string(over) + " bytes are not a whole frame";
  }

  Hints hints_;
  SF_INFO info_{};
  sf_count_t stated_ = 0;  // the frames of the container, whether they are there or not
  std::int64_t end_ = 0;   // of the input, as libsndfile is told
  bool is_cut_ = false;    // a read has found the end
  SoundFileHandle file_;
  std::vector<std::int32_t> integers_;  // scratch
};

}  // namespace

Hints read_headers(Input& input) {
  skip_tags(input);
  const std::string start = input.read_at(0, 12);
  Hints hints{.is_mpeg = is_mpeg_frame(start), .is_ogg = start.starts_with("OggS")};
  if (start.starts_with("caff")) read_caf(input, hints);
  const bool is_wav = start.starts_with("RIFF") || start.starts_with("RF64") || start.starts_with("BW64");
  if (is_wav && start.ends_with("WAVE")) read_wav(input, hints);
  return hints;
}

std::unique_ptr<SoundFileReader> sndfile_reader(const std::shared_ptr<Input>& input, const Hints& hints) {
  auto reader = std::make_unique<SndfileReader>(input);
  return reader->open(hints) ? std::move(reader) : nullptr;
}

}  // namespace refwave::cli
