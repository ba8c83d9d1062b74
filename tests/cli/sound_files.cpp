#include "tests/cli/sound_files.h"

#include <sndfile.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "tests/cli/run_refwave.h"
#include "tests/support/eventually.h"

// A vorbis encoder of libvorbisenc 1.3.7 that libsndfile has closed leaves 2.8 kB behind.
extern "C" __attribute__((visibility("default"))) const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:vorbis_encode_setup_init"; }

namespace refwave::test {

std::string WithFolder::write(std::string_view name, std::string_view content) const {
  std::ofstream(path(name), std::ios::binary) << content;
  return path(name);
}

std::string WithFolder::write_samples(std::string_view name, int format, int channels, int rate,
                                      const std::vector<double>& samples, int bitrate_mode) const {
  SF_INFO info{};
  info.format = format;
  info.channels = channels;
  info.samplerate = rate;
  SNDFILE* const file = sf_open(path(name).c_str(), SFM_WRITE, &info);
  EXPECT_NE(file, nullptr) << sf_strerror(nullptr);
  if (bitrate_mode >= 0) sf_command(file, SFC_SET_BITRATE_MODE, &bitrate_mode, sizeof bitrate_mode);
  const auto count = static_cast<sf_count_t>(samples.size());
  EXPECT_EQ(sf_write_double(file, samples.data(), count), count);
  sf_close(file);
  return path(name);
}

std::string WithFolder::write_noise(std::string_view name, int format, int channels, int rate,
                                    std::size_t frames) const {
  std::mt19937 random(1);
  std::vector<double> samples(frames * static_cast<std::size_t>(channels));
  for (double& sample : samples) sample = static_cast<int>(random()) / 2 / 2147483648.0;
  return write_samples(name, format, channels, rate, samples);
}

std::string WithFolder::write_wav(std::string_view name, std::size_t frames) const {
  return write_noise(name, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 48'000, frames);
}

ChildProcess WithFolder::record_until(const std::string& file, std::uintmax_t bytes,
                                      const std::vector<std::string>& more) const {
  std::vector<std::string> words{REFWAVE_COMMAND, "record", file, "--device", "clocked"};
  words.insert(words.end(), more.begin(), more.end());
  ChildProcess child(words, {{"REFWAVE_CONFIG", path("absent.toml")}}, folder_ / "output");
  EXPECT_TRUE(
      eventually([&] { return bytes_in(file) > bytes || !child.running(); }, std::chrono::seconds(40)));
  EXPECT_TRUE(child.running()) << content(path("output"));
  return child;
}

std::string little_endian(std::uint64_t value, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
  return text;
}

std::string chunk(const std::string& name, const std::string& inside) {
  return name + little_endian(inside.size(), 4) + inside;
}

std::string format_chunk(std::uint16_t tag, std::uint16_t channels, std::uint32_t rate, std::uint16_t bits,
                         std::uint16_t frame_bytes) {
  return chunk("fmt ", little_endian(tag, 2) + little_endian(channels, 2) + little_endian(rate, 4) +
                           little_endian(std::uint64_t{rate} * frame_bytes, 4) +
                           little_endian(frame_bytes, 2) + little_endian(bits, 2));
}

std::string bytes_of(const WavHeader& header) {
  const auto frame = static_cast<std::uint16_t>(header.channels * header.bits / 8);
  return "RIFF" + little_endian(std::uint64_t{header.data_bytes} + 36, 4) + "WAVE" +
         format_chunk(header.tag, header.channels, header.rate, header.bits, frame) + "data" +
         little_endian(header.data_bytes, 4);
}

void WithFolder::expect_bit_for_bit(const std::string& line, const std::string& file) const {
  const std::string captured = path("captured.wav");
  const Outcome outcome =
      run_bash(line + " --device clocked --rate 48000 --buffers 16 --capture " + captured);
  EXPECT_EQ(outcome.status, 0) << line;
  EXPECT_EQ(outcome.err, "") << line;
  EXPECT_TRUE(decode(captured).holds(decode(file).samples)) << line;
}

bool Decoded::holds(const std::vector<double>& wanted) const {
  return std::search(samples.begin(), samples.end(), wanted.begin(), wanted.end()) != samples.end();
}

Decoded decode(const std::string& path) {
  SF_INFO info{};
  SNDFILE* file = sf_open(path.c_str(), SFM_READ, &info);
  EXPECT_NE(file, nullptr) << path << ": " << sf_strerror(nullptr);
  if (file == nullptr) return {};
  Decoded decoded{info.channels, info.samplerate, info.format, {}};
  std::vector<double> chunk(4096 * static_cast<std::size_t>(info.channels));
  while (const sf_count_t frames = sf_readf_double(file, chunk.data(), 4096)) {
    decoded.samples.insert(decoded.samples.end(), chunk.begin(), chunk.begin() + frames * info.channels);
  }
  sf_close(file);
  return decoded;
}

std::vector<std::int32_t> integers_of(const std::string& path) {
  std::vector<std::int32_t> integers;
  for (const double sample : decode(path).samples)
    integers.push_back(static_cast<std::int32_t>(sample * 0x1p31));
  return integers;
}

}  // namespace refwave::test
