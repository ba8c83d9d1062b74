// Sound files that are missing, broken or not supported: one line that names the file, never a crash or a
// hang. Only the files that are cut short are played.
#include <gmock/gmock.h>
#include <sndfile.h>

#include <memory>
#include <random>

#include "inf/cli/sound_file/decoders/decoders.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;

using Bad_file = WithFolder;

TEST_F(Bad_file, Is_refused_with_the_reason) {
  const std::string flac = write_noise("bad.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, 48000, 48000);
  std::filesystem::resize_file(flac, 20);
  const std::string m4a = std::string("\0\0\0\x20", 4) + "ftypM4A " + std::string(4000, 'x');
  const auto wav = [this](const char* name, WavHeader header) {
    header.data_bytes = 4000;
    return write(name, bytes_of(header) + std::string(4000, 'a'));
  };
  for (const auto& [file, reason] : std::vector<std::pair<std::string, const char*>>{
           {path("absent.wav"), "no such file"},
           {folder_.path().string(), "a folder"},
           {path("two\nlines.wav"), "no such file"},
           {"file:///absent.wav", "/absent.wav: no such file"},
           {"https://example.org/a.mp3", "an address; pipe what is there, as with `curl"},
           {"/dev/null", "neither a file nor a pipe"},
           {write("empty.wav", ""), "an empty file"},
           {write("silent.wav", bytes_of({})), "holds no audio"},
           {write("chunks.wav", chunk("RIFF", "WAVE" + format_chunk(1, 2, 48'000, 16, 4) + chunk("data", "") +
                                                  chunk("LIST", "INFO" + std::string(400, 'x')))),
            "holds no audio"},
           {write("text.wav", "This is not a sound file at all, whatever it is called."),
            "cannot be read as a sound"},
           {write("riff.wav", bytes_of({.data_bytes = 400}).substr(0, 20)), "cannot be read as a sound"},
           {flac, "its beginning is damaged"},
           {write("song.m4a", m4a), "`ffmpeg -i IN song.wav`"},
           {wav("none.wav", {.channels = 0}), "Channel count is zero"},
           {wav("twelve.wav", {.channels = 12}), "12 channels"},
           {wav("slow.wav", {.rate = 4000}), "4000 Hz"},
           {wav("strange.wav", {.tag = 0x7777}), "Malformed 'fmt ' chunk"}}) {
    const Outcome outcome = run_refwave({"play", file});
    expect_error(outcome, 1, HasSubstr(reason));
    EXPECT_THAT(outcome.out, IsEmpty());
  }
}

TEST_F(Bad_file, Address_of_a_file_is_played) {
  write_wav("a b%20.wav", 4'800);
  EXPECT_THAT(run_refwave({"play", "file://" + path("a%20b%2520.wav"), "--device", "clocked"}).out,
              HasSubstr("a b%20.wav: 0:00.100"));
}

/// Junk with two MP3 headers at the distance that they state, as any large file may have by chance.
std::string two_frames_in_junk() {
  constexpr std::size_t kFrame = 417;
  const std::string frame = std::string("\xFF\xFB\x90\0", 4) + std::string(kFrame - 4, 'x');
  return std::string(3'000, 'y') + frame + frame + std::string(3'000, 'z');
}

TEST_F(Bad_file, Of_another_kind_is_named_and_not_played_as_mp3) {
  const std::string zeros(600, '\0');
  const auto begun = [&](std::size_t at, const std::string& bytes) {
    return std::string(zeros).replace(at, bytes.size(), bytes);
  };
  const std::string packet = "G" + std::string(187, 'p');
  for (const auto& [start, reason] : std::vector<std::pair<std::string, const char*>>{
           {begun(4, "ftypM4A "), "this is an MP4 file"},
           {begun(0, "\x1A\x45\xDF\xA3"), "this is a Matroska or WebM file"},
           {begun(0, "\xFF\xF1\x50\x80"), "this is an AAC file"},
           {packet + packet + packet, "this is an MPEG transport stream"},
           {begun(257, "ustar"), "this is a tar archive"},
           {begun(0, "\177ELF\2\1\1"), "this is a program or library"},
           {begun(0, "OggS").replace(28, 5, "\177FLAC"), "this is FLAC in Ogg"},
           {"\xFF\xFB", "cannot be read as a sound file"},
           {"", "cannot be read as a sound file"}}) {
    expect_error(run_refwave({"play", write("a.bin", start + two_frames_in_junk()), "--device", "clocked"}),
                 1, testing::AllOf(HasSubstr(reason), HasSubstr("ffmpeg -i IN")));
  }
}

/// Tables of numbers, and compressed data, contain such runs by chance.
TEST_F(Bad_file, With_a_run_of_frames_is_not_played_as_mp3) {
  const std::string junk(300'000, 'y');
  const auto run = [&](int frames, const std::string& header, std::size_t bytes) {
    std::string all = junk;
    for (int i = 0; i < frames; ++i) all += header + std::string(bytes - header.size(), 'x');
    return all + junk;
  };
  for (const std::string& all :
       {run(15, std::string("\xFF\xFB\x90\0", 4), 417), run(1'000, std::string("\xFF\xFF\x02\x02", 4), 21)})
    expect_error(run_refwave({"play", write("a.bin", all), "--device", "clocked", "-O", "clock=50"}), 1,
                 HasSubstr("cannot be read as a sound file"));
}

/// Files that are cut short are played as far as they go, through the clocked device.
class Cut_file : public Bad_file {
 protected:
  static Outcome play(const std::string& line) {
    return run_bash(line + " --device clocked --option clock=50 --buffers 64",
                    {.environment = {"COLUMNS=300"}});
  }

  /// Returns: the file's bytes from its second frame on, which begins with the same two bytes as the first.
  static std::string without_first_mpeg_frame(const std::string& file) {
    const std::string all = content(file);
    const std::size_t first = all.find("\xFF");
    return all.substr(all.find(all.substr(first, 2), first + 4));
  }

  /// Returns: two seconds of noise and six of silence at 44.1 kHz, with a variable bit rate, and no first
  /// frame that states the length.
  std::string mp3_that_grows_quiet() const {
    std::mt19937 random(1);
    std::vector<double> samples(44'100 * 2 * 8);
    for (std::size_t i = 0; i < samples.size() / 4; ++i)
      samples[i] = static_cast<int>(random()) / 2 / 2147483648.0;
    return without_first_mpeg_frame(write_samples("with_length.mp3",
                                                  SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 2, 44'100,
                                                  samples, SF_BITRATE_MODE_VARIABLE));
  }
};

TEST_F(Cut_file, That_states_its_length_is_played_and_the_missing_rest_is_reported) {
  for (const auto& [name, container] : {std::pair{"cut.wav", SF_FORMAT_WAV},
                                        {"cut.aiff", SF_FORMAT_AIFF},
                                        {"cut.au", SF_FORMAT_AU},
                                        {"cut.caf", SF_FORMAT_CAF},
                                        {"cut.w64", SF_FORMAT_W64},
                                        {"cut.rf64", SF_FORMAT_RF64}}) {
    const std::string file = write_noise(name, container | SF_FORMAT_PCM_16, 2, 48000, 48000);
    for (const std::string& line : both_ways(file)) EXPECT_EQ(play(line).err, "") << line;
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1200);
    for (const std::string& line : both_ways(file)) {
      const Outcome outcome = play(line);
      expect_error(outcome, 1, HasSubstr(": cut short or damaged: 0.006 s of 1.000 s are missing"));
      EXPECT_THAT(outcome.out, ContainsRegex("played .*: 0:00.99")) << line;
    }
  }
}

TEST_F(Cut_file, Flac_is_played_and_the_missing_rest_is_reported) {
  const std::string file = write_noise("cut.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, 48000, 48000);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  for (const std::string& line : both_ways(file)) {
    const Outcome outcome = play(line);
    EXPECT_EQ(outcome.status, 1);
    // libFLAC 1.5 prints lines of its own before.
    EXPECT_THAT(outcome.err, ContainsRegex("refwave: .* of 1\\.000 s are missing; [^\n]*\n$"));
  }
}

/// The Info frame of an MP3 file and the pages of an Ogg file promise nothing: programs cut and join such
/// files.
TEST_F(Cut_file, Mp3_and_ogg_are_played_as_far_as_they_go) {
  for (const auto& [name, kind] : {std::pair{"a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III},
                                   {"a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
                                   {"a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS}}) {
    const std::string file = write_noise(name, kind, 2, 48000, 96000);
    EXPECT_THAT(play("refwave play " + file).out, ContainsRegex(": 0:02\\.0[0-9]+ of 48000 Hz"));
    std::filesystem::resize_file(file, std::filesystem::file_size(file) * 2 / 3);
    expect_played(file, ": 0:0(0\\.[89]|1\\.)[0-9]+ of 48000 Hz");
  }
}

TEST_F(Cut_file, Mp3_without_a_length_is_played_to_its_end) {
  const std::string file = write("a.mp3", mp3_that_grows_quiet());
  EXPECT_LT(decode(file).samples.size(), 6U * 44'100 * 2) << "libsndfile's guess is short";
  expect_played(file, ": 0:08\\.0[0-9]+ of 44100 Hz, 2 channels, f32");
}

/// Without libmpg123, as on Windows.
TEST_F(Cut_file, Mp3_without_a_length_is_read_to_its_end_by_libsndfile) {
  const auto input = std::make_shared<cli::Input>(write("a.mp3", mp3_that_grows_quiet()));
  const auto reader = cli::sndfile_reader(input, {});
  ASSERT_NE(reader, nullptr);
  EXPECT_EQ(reader->frames(), 0U);
  constexpr std::size_t kAtOnce = 4096;
  std::vector<std::byte> block(kAtOnce * reader->format().bytes_per_frame());
  std::size_t frames = 0;
  for (std::size_t got = 1; got > 0; frames += got) got = reader->read(block);
  EXPECT_GE(frames, 8U * 44'100);
  EXPECT_EQ(reader->complaint(), "");
}

}  // namespace
}  // namespace refwave::test
