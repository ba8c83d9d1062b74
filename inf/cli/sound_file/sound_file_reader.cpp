#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <numeric>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/text.h"
#include "inf/cli/sound_file/decoders/decoders.h"
#include "inf/cli/sound_file/raw_format.h"
#include "inf/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

void check_is_readable(const std::string& path) {
  using std::filesystem::file_type;
  const bool is_standard = path == kStandardStream;
  if (is_standard && is_at_terminal(SFM_READ))
    throw Failure("-: standard input is a terminal; pipe a sound file into it");
  std::error_code error;
  const std::filesystem::path place = to_path(is_standard ? "/dev/stdin" : path);
  const file_type type = std::filesystem::status(place, error).type();
  if (type == file_type::directory) throw Failure(path + ": a folder; name the files in it");
  if (is_standard || type == file_type::fifo) return;
  if (type == file_type::not_found)
    throw Failure(path + (path.find("://") == std::string::npos
                              ? ": no such file; check the name"
                              : ": an address; pipe what is there, as with `curl -sL URL | refwave play -`"));
  if (type != file_type::regular && type != file_type::none)
    throw Failure(path + ": neither a file nor a pipe; save it as a file first");
  if (std::filesystem::file_size(place, error) == 0)
    throw Failure(path + ": an empty file; download or create it again");
}

/// Effects: permutes each frame's channels by `order`.
void reorder(std::span<std::byte> bytes, const dsp::Format& format, const std::vector<std::size_t>& order) {
  const std::size_t width = dsp::bytes_per_sample(format.type);
  std::array<std::byte, dsp::kMaxChannels * sizeof(double)> frame;
  for (; !bytes.empty(); bytes = bytes.subspan(format.bytes_per_frame())) {
    std::ranges::copy(bytes.first(format.bytes_per_frame()), frame.begin());
    for (std::size_t i = 0; i < order.size(); ++i)
      std::memcpy(&bytes[i * width], &frame[order[i] * width], width);
  }
}

Hints hints_of(const RawFormat& raw) {
  SF_INFO info{};
  info.format = raw.encoding;
  info.channels = raw.format.channels;
  info.samplerate = static_cast<int>(raw.format.rate);
  return {.raw = info};
}

struct OtherKind {
  const char* name;
  std::size_t at;
  std::string_view bytes;
};
/// The beginnings of files that are not played, some of which contain what looks like MP3.
constexpr OtherKind kOtherKinds[] = {{"an MP4 file (M4A, MOV)", 4, "ftyp"},
                                     {"a QuickTime file", 4, "moov"},
                                     {"a Matroska or WebM file", 0, "\x1A\x45\xDF\xA3"},
                                     {"an AAC file", 0, "\xFF\xF1"},
                                     {"an AAC file", 0, "\xFF\xF9"},
                                     {"an MPEG transport stream", 188, "G"},
                                     {"an MPEG program stream", 0, {"\0\0\1\xBA", 4}},
                                     {"a NUT file", 0, "nut/"},
                                     {"an AVI file", 8, "AVI "},
                                     {"FLAC in Ogg", 28, "\177FLAC"},
                                     {"a tar archive", 257, "ustar"},
                                     {"a ZIP archive", 0, "PK\3\4"},
                                     {"a program or library", 0, "\177ELF"},
                                     {"a program or library", 0, "MZ"}};

/// Throws: Failure, if the file is of such a kind.
void check_kind(Input& input) {
  const std::string start = input.read_at(0, 512);
  for (const auto& [name, at, bytes] : kOtherKinds) {
    const bool is_packet = bytes == "G";  // the second one; the first begins with a G, too
    if (start.size() > at && start.substr(at).starts_with(bytes) && (!is_packet || start[0] == 'G'))
      refuse(input, std::string("this is ") + name);
  }
}

std::string conversion(const Input& input) {
  if (input.is_pipe())
    return "convert it first, as with `ffmpeg -i IN -f wav - | refwave play -` or `sox IN -t wav -`";
  std::filesystem::path wav = to_path(input.path()).filename();
  if (wav.extension() == ".wav") wav = std::filesystem::path("new-") += wav;
  wav.replace_extension(".wav");
  return "convert it, as with `ffmpeg -i IN " + path_text(wav) + "` or sox, or download it again";
}

}  // namespace

bool sndfile_has(int container) {
  int count = 0;
  sf_command(nullptr, SFC_GET_FORMAT_MAJOR_COUNT, &count, sizeof(count));
  for (int i = 0; i < count; ++i) {
    SF_FORMAT_INFO known{};
    known.format = i;
    sf_command(nullptr, SFC_GET_FORMAT_MAJOR, &known, sizeof(known));
    if (known.format == container) return true;
  }
  return false;
}

void refuse(const Input& input, const std::string& reason) {
  throw Failure(input.path() + ": cannot be read as a sound file: " + reason + "; " + conversion(input));
}

std::string reason_of(SNDFILE* file) {
  constexpr std::string_view kPrefix = "Error : ";
  std::string why = sf_strerror(file);
  if (why.starts_with(kPrefix)) why.erase(0, kPrefix.size());
  while (why.ends_with('.') || why.ends_with('\n')) why.pop_back();
  return why;
}

std::unique_ptr<SoundFileReader> open_reader(const std::string& path, const std::optional<RawFormat>& raw) {
  check_is_readable(path);
  load_sndfile();
  const auto input = std::make_shared<Input>(path);
  if (input->read_at(0, 1).empty())
    throw Failure(path + ": nothing arrived; see why the program at the other end wrote nothing");
  const Hints hints = raw ? hints_of(*raw) : read_headers(*input);
  if (!raw) check_kind(*input);
  const bool is_flac = input->read_at(0, 4) == "fLaC";
  std::unique_ptr<SoundFileReader> reader = hints.is_ogg    ? ogg_reader(input, hints)
                                            : hints.is_mpeg ? mpeg_reader(input, hints)
                                                            : sndfile_reader(input, hints);
  std::string reason = reason_of(nullptr);
  if (is_flac)
    reason = sndfile_has(SF_FORMAT_FLAC) ? "its beginning is damaged or cut short"
                                         : "this libsndfile reads no FLAC";
  if (hints.is_ogg) reason = "it holds no Vorbis or Opus";
  // MP3 after zeros, or after a tag of a wrong length.
  if (!reader && !raw && !hints.is_mpeg && !hints.is_ogg) reader = mpeg_reader(input, hints);
  if (!reader) refuse(*input, hints.is_mpeg ? "no MP3 frames follow each other" : reason);
  input->finish_opening();
  return reader;
}

void SoundFileReader::begin(dsp::SampleType type, std::int64_t rate, std::int64_t channels) {
  if (channels < 1 || channels > dsp::kMaxChannels) {
    throw Failure(input_->path() + ": " + std::to_string(channels) +
                  " channels, and 1 to 8 can be played; mix it down, as with `sox IN OUT channels 2`");
  }
  if (rate < dsp::kMinRate || rate > dsp::kMaxRate) {
    throw Failure(input_->path() + ": " + std::to_string(rate) +
                  " Hz, and 8000 to 192000 Hz can be played; convert it, as with `sox IN -r 48000 OUT`");
  }
  format_ = {type, static_cast<std::uint16_t>(channels), static_cast<std::uint32_t>(rate)};
}

/// Follows: "Vorbis I specification", 4.3.9.
void SoundFileReader::set_vorbis_order() {
  const std::uint32_t mask =
      format_.channels == 7 ? kMaskOfSeven : dsp::default_channel_mask(format_.channels);
  std::vector<int> speakers;
  for (const int speaker : {0, 2, 1, 9, 10, 4, 5, 8, 3})  // FL, FC, FR, SL, SR, BL, BR, BC, LFE
    if ((mask >> speaker & 1) != 0) speakers.push_back(speaker);
  set_order(speakers);
}

void SoundFileReader::set_sndfile_order(SNDFILE* file) {
  constexpr int kSpeakers[] = {-1, 2, 0, 1, 2, 0, 1, 2, 8, 4, 5, 3, 6, 7, 9, 10, 11, 12, 14, 13, 15, 17, 16};
  std::vector<int> speakers(format_.channels);
  const auto bytes = static_cast<int>(speakers.size() * sizeof(int));
  if (sf_command(file, SFC_GET_CHANNEL_MAP_INFO, speakers.data(), bytes) == SF_FALSE) return;
  for (int& channel : speakers)
    channel = channel >= 0 && channel < std::ssize(kSpeakers) ? kSpeakers[channel] : -1;
  set_order(speakers);
}

void SoundFileReader::set_order(std::span<const int> speakers) {
  std::uint32_t mask = 0;
  for (const int speaker : speakers) {
    const std::uint32_t bit = speaker >= 0 && speaker < 18 ? std::uint32_t{1} << speaker : 0;
    if (bit == 0 || (mask & bit) != 0) return;
    mask |= bit;
  }
  format_.channel_mask = mask == dsp::default_channel_mask(format_.channels) ? 0 : mask;
  order_.resize(speakers.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::ranges::sort(order_, {}, [&](std::size_t channel) { return speakers[channel]; });
  if (std::ranges::is_sorted(order_)) order_.clear();
}

bool SoundFileReader::seek(std::uint64_t frame) {
  if (!input_->is_seekable() || !go_to(frame)) return false;
  position_ = frame;
  return true;
}

bool SoundFileReader::skip_to(std::uint64_t frame) {
  if (length_ != Length::guessed && frames_ != 0 && frame >= frames_) return false;
  if (seek(frame)) return true;
  constexpr std::size_t kAtOnce = 4096;
  std::vector<std::byte> block(kAtOnce * format().bytes_per_frame());
  while (position_ < frame) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kAtOnce, frame - position_));
    if (read(std::span(block).first(wanted * format().bytes_per_frame())) < wanted) return false;
  }
  return true;
}

std::size_t SoundFileReader::read(std::span<std::byte> block) {
  const std::size_t frame_bytes = format().bytes_per_frame();
  const std::size_t wanted = block.size() / frame_bytes;
  std::size_t done = 0;
  damage_.clear();
  while (done < wanted) {
    const std::size_t frames = decode(block.data() + done * frame_bytes, wanted - done);
    if (frames == 0) break;
    done += frames;
    position_ += frames;
  }
  if (!order_.empty()) reorder(block.first(done * frame_bytes), format_, order_);
  return done;
}

std::string SoundFileReader::complaint() const {
  const std::string remedy = "; all else was played; convert it, or download it again";
  if (const std::string& failure = input_->failure(); !failure.empty())
    return input_->path() + ": " + failure + remedy;
  const auto lacking = static_cast<std::int64_t>(frames_ - position_);
  if (length_ == Length::promised && lacking > 0 && !lacks_too_much(lacking)) {
    const double missing = static_cast<double>(lacking) / format_.rate;
    return input_->path() +
           formatted(": cut short or damaged: %.3f s of %.3f s are missing", missing,
                     static_cast<double>(frames_) / format_.rate) +
           remedy;
  }
  return damage_.empty() ? "" : input_->path() + ": " + damage_ + remedy;
}

}  // namespace refwave::cli
