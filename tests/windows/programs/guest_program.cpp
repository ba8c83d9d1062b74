#include "tests/windows/programs/guest_program.h"

#include <sndfile.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>

#include "tests/support/eventually.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;

}  // namespace

GuestProgram::GuestProgram(const std::string& name) : name_(name + ".exe") {
  const fs::path unpacked = REFWAVE_UNPACKED;
  fs::copy_file((name == "refwave" ? unpacked : fs::path(REFWAVE_PROGRAMS)) / name_, folder_ / name_);
  for (const char* file : {"winmm.dll", "refwave.drv", "sndfile.dll"})
    fs::copy_file(unpacked / file, folder_ / file);
  // Some latency avoids gaps on a busy machine.
  std::ofstream(folder_ / "refwave.toml") << "latency_ms = 60\n";
}

void GuestProgram::start(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{(folder_ / name_).string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  process_ =
      ChildProcess(words, {{"REFWAVE_CONFIG", (folder_ / "refwave.toml").string()}}, folder_ / "output.txt");
}

int GuestProgram::wait() {
  const bool has_ended = eventually([&] { return !process_.running(); }, std::chrono::seconds(60));
  return has_ended ? process_.end() : kHung;
}

std::string GuestProgram::output() const { return contents_of(folder_ / "output.txt"); }

std::vector<std::int16_t> noise(std::size_t frames, std::size_t silent_frames) {
  std::mt19937 random(1);
  std::vector<std::int16_t> samples((frames + silent_frames) * 2);
  for (std::size_t i = 0; i < frames * 2; ++i) samples[i] = static_cast<std::int16_t>(random() | 1);
  return samples;
}

void write_wav(const std::filesystem::path& path, const std::vector<std::int16_t>& samples) {
  SF_INFO info{};
  info.samplerate = static_cast<int>(Recording::kRate);
  info.channels = 2;
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  SNDFILE* const file = sf_open(path.string().c_str(), SFM_WRITE, &info);
  if (file == nullptr) return;
  sf_write_short(file, samples.data(), static_cast<sf_count_t>(samples.size()));
  sf_close(file);
}

std::vector<std::int16_t> audible(const Recording& recording) {
  std::vector<std::int16_t> samples;
  for (std::size_t i = 0; i < recording.left.size(); ++i) {
    if (recording.left[i] == 0 && recording.right[i] == 0) continue;
    samples.push_back(static_cast<std::int16_t>(recording.left[i] * 0x1p15F));
    samples.push_back(static_cast<std::int16_t>(recording.right[i] * 0x1p15F));
  }
  return samples;
}

std::vector<Sound> sounds(const Recording& recording, double silence_seconds) {
  const auto silence = static_cast<std::size_t>(silence_seconds * Recording::kRate);
  std::vector<Sound> found;
  for (std::size_t i = 0; i < recording.left.size(); ++i) {
    if (recording.left[i] == 0 && recording.right[i] == 0) continue;
    if (found.empty() || i - (found.back().first + found.back().frames) >= silence) found.push_back({i, 0});
    found.back().frames = i + 1 - found.back().first;
  }
  return found;
}

double heard_seconds(const Recording& recording) {
  std::size_t frames = 0;
  for (std::size_t i = 0; i < recording.left.size(); ++i) {
    frames += recording.left[i] != 0 || recording.right[i] != 0;
  }
  return static_cast<double>(frames) / Recording::kRate;
}

double frequency(const std::vector<float>& channel, const Sound& sound) {
  std::vector<double> periods;
  double last = 0;
  for (std::size_t i = sound.first + 1; i < sound.first + sound.frames; ++i) {
    if (channel[i - 1] >= 0 || channel[i] < 0) continue;
    const double crossing = static_cast<double>(i) - channel[i] / (channel[i] - channel[i - 1]);
    if (last != 0) periods.push_back(crossing - last);
    last = crossing;
  }
  if (periods.empty()) return 0;
  std::sort(periods.begin(), periods.end());
  return Recording::kRate / periods[periods.size() / 2];
}

Recording wait_for_recording() {
  const fs::path path = std::getenv("REFWAVE_RECORDING");
  constexpr auto kSecondBytes = static_cast<std::uintmax_t>(Recording::kRate) * 2 * sizeof(std::int32_t);
  const auto enough = fs::file_size(path) + kSecondBytes;
  eventually([&] { return fs::file_size(path) >= enough; }, std::chrono::seconds(30));
  Recording recording;
  std::ifstream file(path, std::ios::binary);
  for (std::int32_t frame[2]; file.read(reinterpret_cast<char*>(frame), sizeof frame);) {
    recording.left.push_back(static_cast<float>(frame[0]) / 0x1p31F);
    recording.right.push_back(static_cast<float>(frame[1]) / 0x1p31F);
  }
  return recording;
}

}  // namespace refwave::test
