#include "tests/support/recording.h"

#include <sndfile.h>

#include <array>
#include <ostream>
#include <stdexcept>
#include <utility>

#include "tests/support/eventually.h"

namespace refwave::test {
namespace {

constexpr std::size_t kChannels = 2;
using Frame = std::array<std::int32_t, kChannels>;

std::vector<Frame> frames_of(const std::vector<std::int32_t>& samples) {
  std::vector<Frame> frames(samples.size() / kChannels);
  for (std::size_t i = 0; i < frames.size(); ++i) frames[i] = {samples[2 * i], samples[2 * i + 1]};
  return frames;
}

}  // namespace

std::vector<std::int32_t> RecordingFile::samples() const {
  std::vector<std::int32_t> all(frames() * kChannels);
  std::ifstream file(path, std::ios::binary);
  file.seekg(header_bytes);
  file.read(reinterpret_cast<char*>(all.data()),
            static_cast<std::streamsize>(all.size() * sizeof(std::int32_t)));
  return all;
}

std::vector<std::int32_t> wait_for_frames(const std::filesystem::path& path, std::streamoff header_bytes,
                                          std::size_t frames, std::uint32_t rate) {
  std::vector<std::int32_t> samples;
  eventually([&] {
    samples = RecordingFile{path, header_bytes}.samples();
    samples.erase(samples.begin(),
                  std::find_if(samples.begin(), samples.end(), [](auto sample) { return sample != 0; }));
    return samples.size() >= (frames + rate / 10) * kChannels;
  });
  return samples;
}

std::ostream& operator<<(std::ostream& out, const Arrival& arrival) {
  return out << arrival.same << " frames the same, " << arrival.gaps << " gaps, " << arrival.other
             << " other frames";
}

Arrival compare(const std::vector<std::int32_t>& sent, const std::vector<std::int32_t>& received,
                std::int32_t lead) {
  std::vector<std::pair<Frame, std::size_t>> places;  // in order of frames, then of places
  for (const Frame& frame : frames_of(sent)) places.emplace_back(frame, places.size());
  const std::size_t sent_frames = places.size();
  std::ranges::sort(places);
  // The first place of the frame from `from` on, or sent_frames.
  const auto place_of = [&](const Frame& frame, std::size_t from) {
    const auto found = std::ranges::lower_bound(places, std::pair(frame, from));
    return found != places.end() && found->first == frame ? found->second : sent_frames;
  };
  Arrival arrival;
  std::size_t expected = 0;
  bool follows = true;  // the frame before was the one expected then
  for (const Frame& frame : frames_of(received)) {
    if (expected == sent_frames) break;
    if (const std::size_t place = place_of(frame, expected); place != sent_frames) {
      ++arrival.same;
      arrival.gaps += place != expected || !follows;
      expected = place + 1;
      follows = true;
      continue;
    }
    const bool is_silent =
        std::ranges::all_of(frame, [&](auto sample) { return sample == 0 || sample == lead; });
    const bool is_older = place_of(frame, 0) != sent_frames;
    arrival.other += !is_silent && !is_older;
    follows = arrival.same == 0;
  }
  arrival.gaps += expected != sent_frames;
  return arrival;
}

void write_wav(const std::filesystem::path& path, const std::vector<std::int32_t>& samples,
               std::uint32_t rate) {
  SF_INFO info{};
  info.samplerate = static_cast<int>(rate);
  info.channels = static_cast<int>(kChannels);
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_32;
  SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) throw std::runtime_error("cannot write " + path.string());
  // Players drop the rest of their last period.
  const std::vector<std::int32_t> silence(rate / 5 * kChannels);
  for (const auto* part : {&samples, &silence})
    sf_write_int(file, part->data(), static_cast<sf_count_t>(part->size()));
  sf_close(file);
}

}  // namespace refwave::test
