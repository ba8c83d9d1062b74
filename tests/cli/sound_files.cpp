#include "tests/cli/sound_files.h"

#include <sndfile.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

namespace refwave::test {
namespace {

template <class T>
void append(std::string& text, T value) {
  for (std::size_t i = 0; i < sizeof value; ++i) text += static_cast<char>(value >> 8 * i);
}

}  // namespace

WithFolder::WithFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "refwave-cli-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
}

WithFolder::~WithFolder() {
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

std::string WithFolder::write(std::string_view name, std::string_view content) const {
  std::ofstream(folder_ / name, std::ios::binary) << content;
  return path(name);
}

std::string WithFolder::write_noise(std::string_view name, int format, int channels, int rate,
                                    std::size_t frames) const {
  SF_INFO info{};
  info.format = format;
  info.channels = channels;
  info.samplerate = rate;
  SNDFILE* file = sf_open(path(name).c_str(), SFM_WRITE, &info);
  EXPECT_NE(file, nullptr) << sf_strerror(nullptr);
  std::mt19937 random(1);
  std::vector<int> samples(frames * static_cast<std::size_t>(channels));
  for (int& sample : samples) sample = static_cast<int>(random()) / 2;
  EXPECT_EQ(sf_writef_int(file, samples.data(), static_cast<sf_count_t>(frames)),
            static_cast<sf_count_t>(frames));
  sf_close(file);
  return path(name);
}

std::string WithFolder::content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool WithFolder::is_longer(const std::string& path, std::uintmax_t bytes) {
  std::error_code none;
  const std::uintmax_t size = std::filesystem::file_size(path, none);
  return !none && size > bytes;
}

void WithFolder::cut(std::string_view name, std::uintmax_t bytes) const {
  std::filesystem::resize_file(folder_ / name, bytes);
}

std::string bytes_of(const WavHeader& header) {
  const auto frame = static_cast<std::uint16_t>(header.channels * header.bits / 8);
  std::string text = "RIFF";
  append(text, header.data_bytes + 36);
  text += "WAVEfmt ";
  append(text, std::uint32_t{16});
  append(text, header.tag);
  append(text, header.channels);
  append(text, header.rate);
  append(text, header.rate * frame);
  append(text, frame);
  append(text, header.bits);
  text += "data";
  append(text, header.data_bytes);
  return text;
}

bool Decoded::holds(const std::vector<double>& wanted) const {
  return std::ranges::search(samples, wanted).begin() != samples.end();
}

Decoded decode(const std::string& path) {
  SF_INFO info{};
  SNDFILE* file = sf_open(path.c_str(), SFM_READ, &info);
  EXPECT_NE(file, nullptr) << path << ": " << sf_strerror(nullptr);
  if (file == nullptr) return {};
  Decoded decoded{info.channels, info.samplerate, {}};
  std::vector<double> chunk(4096 * static_cast<std::size_t>(info.channels));
  while (const sf_count_t frames = sf_readf_double(file, chunk.data(), 4096)) {
    decoded.samples.insert(decoded.samples.end(), chunk.begin(), chunk.begin() + frames * info.channels);
  }
  sf_close(file);
  return decoded;
}

}  // namespace refwave::test
