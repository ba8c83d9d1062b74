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
           {wav("fast.wav", {.rate = 4'000'000'000}), "SF_INFO struct incomplete"},
           {wav("still.wav", {.rate = 0}), "SF_INFO struct incomplete"},
           {wav("odd.wav", {.bits = 48}), "unimplemented format"},
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
           {begun(4, "moov"), "this is a QuickTime file"},
           {begun(0, "\x1A\x45\xDF\xA3"), "this is a Matroska or WebM file"},
           {begun(0, "\xFF\xF1\x50\x80"), "this is an AAC file"},
           {packet + packet + packet, "this is an MPEG transport stream"},
           {begun(0, {"\0\0\1\xBA", 4}), "this is an MPEG program stream"},
           {begun(0, "nut/multimedia container"), "this is a NUT file"},
           {begun(0, "RIFF\1\1\1\1AVI LIST"), "this is an AVI file"},
           {begun(257, "ustar"), "this is a tar archive"},
           {begun(0, "PK\3\4"), "this is a ZIP archive"},
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

/// Returns: an Ogg page with its checksum ("RFC 3533", section 6, 7).
std::string summed(std::string page) {
  std::uint32_t sum = 0;
  page.replace(22, 4, 4, '\0');
  for (const char byte : page) {
    sum ^= std::uint32_t{static_cast<unsigned char>(byte)} << 24;
    for (int bit = 0; bit < 8; ++bit) sum = sum << 1 ^ (sum >> 31 != 0 ? 0x04C11DB7U : 0U);
  }
  return page.replace(22, 4, little_endian(sum, 4));
}

TEST_F(Bad_file, Opus_whose_channels_have_no_speakers_is_named) {
  if (REFWAVE_CODECS == 0) GTEST_SKIP() << "built without libopusfile";
  std::string all = content(write_noise("a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 4, 48000, 48000));
  const std::size_t second = all.find("OggS", 1);
  std::string page = all.substr(0, second);
  page[page.find("OpusHead") + 18] = '\xFF';
  const std::string file = write("b.opus", all.replace(0, second, summed(page)));
  expect_error(run_refwave({"play", file, "--device", "clocked"}), 1, HasSubstr("mapping family 255"));
}

/// Some recorders write such files. libopusfile alone refuses them.
TEST_F(Bad_file, Opus_with_impossible_times_is_named) {
  if (REFWAVE_CODECS == 0) GTEST_SKIP() << "built without libopusfile";
  std::string all = content(write_noise("a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 2, 48000, 96000));
  const std::size_t third = all.find("OggS", all.find("OggS", 1) + 1);
  std::string page = all.substr(third, all.find("OggS", third + 1) - third);
  page.replace(6, 8, 8, '\0');
  const std::string file = write("b.opus", all.replace(third, page.size(), summed(page)));
  expect_error(run_refwave({"play", file, "--device", "clocked"}), 1, HasSubstr("impossible times"));
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
    Outcome outcome = play(line);
    const std::size_t own = outcome.err.find("refwave: ");
    ASSERT_NE(own, std::string::npos) << outcome.err;
    // libFLAC 1.5 prints lines of its own.
    EXPECT_THAT(outcome.err.substr(0, own),
                testing::AnyOf(IsEmpty(), testing::StartsWith("Rewinding, seeking")));
    outcome.err.erase(0, own);
    expect_error(outcome, 1, HasSubstr("of 1.000 s are missing"));
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

TEST_F(Cut_file, An_ogg_stream_that_cannot_be_decoded_is_reported_when_a_pipe_reaches_it) {
  if (REFWAVE_CODECS == 0) GTEST_SKIP() << "built without libvorbisfile";
  const int kind = SF_FORMAT_OGG | SF_FORMAT_VORBIS;
  std::string damaged = content(write_noise("a.ogg", kind, 1, 44100, 44100));
  damaged.replace(damaged.find("\5vorbis") + 40, 20, 20, '\0');
  const std::string file = write("b.ogg", content(write_noise("c.ogg", kind, 2, 48000, 48000)) + damaged);
  const Outcome outcome = run_bash("cat " + file + " | refwave play - --device clocked --option clock=50");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("-: damaged: parts of it cannot be decoded"));
  EXPECT_THAT(outcome.out, HasSubstr("played -: 0:01.000"));
}

/// A recorder that was killed may leave such a file.
TEST_F(Cut_file, An_ogg_file_without_its_sound_is_refused) {
  for (const int codec : {SF_FORMAT_VORBIS, SF_FORMAT_OPUS}) {
    const std::string whole = content(write_noise("a.ogg", SF_FORMAT_OGG | codec, 2, 48000, 48000));
    const std::size_t second = whole.find("OggS", 1);
    const std::string file = write("b.ogg", whole.substr(0, whole.find("OggS", second + 1)));
    expect_error(run_refwave({"play", file, "--device", "clocked"}), 1, HasSubstr("download"));
  }
}

TEST_F(Cut_file, Mp3_without_a_length_is_played_to_its_end) {
  const std::string file = write("a.mp3", mp3_that_grows_quiet());
  EXPECT_LT(decode(file).samples.size(), 6U * 44'100 * 2) << "libsndfile's guess is short";
  expect_played(file, ": 0:08\\.0[0-9]+ of 44100 Hz, 2 channels, f32");
}

TEST_F(Cut_file, Mp3_without_a_length_shows_its_length_as_a_guess) {
  if (REFWAVE_CODECS == 0) GTEST_SKIP() << "built without libmpg123";
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  const std::string file = write("a.mp3", mp3_that_grows_quiet());
  const Outcome outcome =
      run_refwave({"play", file, "--device", "clocked", "--option", "clock=8"}, {.stderr_is_terminal = true});
  EXPECT_THAT(outcome.err, HasSubstr(" / about 0:0"));
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
