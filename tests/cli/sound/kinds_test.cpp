// Files of other programs: tags before the sound, chains, strange headers. Each is played to its end, at its
// loudness, from the right speakers.
#include <gmock/gmock.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "dsp/conversion.h"
#include "inf/cli/sound_file/sound_file.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

constexpr int kRate = 48'000;

std::string riff(const std::string& chunks) { return chunk("RIFF", "WAVE" + chunks); }

/// Returns: an ID3v2.3 tag that states `stated` bytes and has `bytes`.
std::string tag(std::uint32_t stated, std::size_t bytes) {
  std::string text("ID3\x03\0\0", 6);
  for (const int shift : {21, 14, 7, 0}) text += static_cast<char>(stated >> shift & 0x7F);
  return text + std::string(bytes, '\0');
}

/// A file as the command's reader decodes it.
struct Part {
  dsp::Format format;
  std::uint64_t stated = 0;
  std::vector<float> samples{};  // interleaved; 1 is full scale

  std::size_t frames() const { return samples.size() / format.channels; }
  double peak(std::size_t channel) const {
    float most = 0;
    for (std::size_t i = channel; i < samples.size(); i += format.channels)
      most = std::max(most, std::abs(samples[i]));
    return static_cast<double>(most);
  }
  /// Returns: the amplitude of a tone in the middle half.
  double level(std::size_t channel) const {
    double sum = 0;
    for (std::size_t frame = frames() / 4; frame < frames() * 3 / 4; ++frame)
      sum += std::pow(static_cast<double>(samples[frame * format.channels + channel]), 2);
    return std::sqrt(2 * sum / (static_cast<double>(frames()) / 2));
  }
};

Part read(const std::string& file) {
  const auto reader = cli::open_reader(file);
  Part part{.format = reader->format(), .stated = reader->frames()};
  std::vector<std::byte> block(4'096 * part.format.bytes_per_frame());
  std::vector<float> decoded(std::size_t{4'096} * part.format.channels);
  for (std::size_t frames = 4'096; frames == 4'096;) {
    frames = reader->read(block);
    dsp::decoder(part.format.type)(block.data(), decoded.data(), frames * part.format.channels);
    part.samples.insert(part.samples.end(), decoded.begin(),
                        decoded.begin() + static_cast<std::ptrdiff_t>(frames * part.format.channels));
  }
  return part;
}

class Kinds : public WithFolder {
 protected:
  Part read_from_pipe(const std::string& file) const {
    const std::string fifo = path("fifo");
    EXPECT_EQ(
        std::system(("rm -f " + fifo + "; mkfifo " + fifo + "; cat " + file + " >" + fifo + " &").c_str()),
        0);
    return read(fifo);
  }

  static constexpr const char* kClocked = " --device clocked --option clock=20 --buffers 64";

  /// Returns: the path of a tone in each channel, the first at half of full scale and each further one at
  /// 0.7 of the one before.
  std::string write_steps(const std::string& name, int format, int channels, int rate = kRate) const {
    std::vector<double> samples;
    for (int i = 0; i < rate; ++i)
      for (int channel = 0; channel < channels; ++channel)
        samples.push_back(level_of(channel) * std::sin(2 * 3.14159265 * 50 * i / rate));
    return write_samples(name, format, channels, rate, samples);
  }
  static double level_of(int channel) { return 0.5 * std::pow(0.7, channel); }
  /// Expects: channel i has the level of the channel `written[i]`.
  static void expect_order(const Part& part, const std::vector<int>& written, const std::string& what) {
    ASSERT_EQ(part.format.channels, written.size()) << what;
    for (std::size_t i = 0; i < written.size(); ++i)
      EXPECT_NEAR(part.level(i) / level_of(written[i]), 1, 0.2) << what << ", channel " << i;
  }
  /// Returns: an MP3 file of a second, all frames as long as the first, which counts them.
  std::string mp3() const {
    std::vector<double> samples(std::size_t{2} * kRate);
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = 0.5 * std::sin(0.05 * static_cast<double>(i / 2));
    return content(write_samples("all.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 2, kRate, samples,
                                 SF_BITRATE_MODE_CONSTANT));
  }
  /// Returns: the bytes of each of its frames.
  static std::size_t frame_bytes_of(const std::string& all) {
    const std::size_t first = all.find('\xFF');
    return all.find(all.substr(first, 2), first + 4) - first;
  }
  /// Returns: its bytes without the first frame.
  std::string plain_mp3() const {
    const std::string all = mp3();
    return all.substr(all.find('\xFF') + frame_bytes_of(all));
  }
};

TEST_F(Kinds, What_follows_a_tag_decides_the_kind) {
  for (const auto& [name, kind] : {std::pair{"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
                                   {"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16}}) {
    const std::string plain = write_noise(name, kind, 2, kRate, 10'007);
    for (const std::string& before : {tag(4'000, 4'000), tag(300'000, 300'000) + tag(20, 20)}) {
      const std::string file = write(std::string("tagged_") + name, before + content(plain));
      for (const std::string& line : both_ways(file)) expect_bit_for_bit(line, plain);
    }
  }
}

TEST_F(Kinds, A_chain_of_ogg_streams_is_played_to_its_end) {
  for (const int codec : {SF_FORMAT_VORBIS, SF_FORMAT_OPUS}) {
    const std::string first = content(write_steps("a.ogg", SF_FORMAT_OGG | codec, 2));
    const std::string second = content(write_steps("b.ogg", SF_FORMAT_OGG | codec, 2));
    const std::string file = write("chain.ogg", first + second);
    EXPECT_EQ(read(file).stated, 2U * kRate);
    expect_played(file, "0:02\\.000 of 48000 Hz, 2 channels");
  }
}

TEST_F(Kinds, A_chain_is_played_up_to_a_change_of_its_format_which_is_reported) {
  const std::string vorbis = content(write_steps("a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 2, 44'100)) +
                             content(write_steps("b.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 1, kRate));
  const std::string opus = content(write_steps("a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 2)) +
                           content(write_steps("b.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 6));
  for (const std::string& chain : {vorbis, opus}) {
    for (const std::string& line : both_ways(write("chain.ogg", chain))) {
      const Outcome outcome = run_bash(line + kClocked);
      expect_error(outcome, 1, HasSubstr("what follows a change of its rate or channels is not played"));
      EXPECT_THAT(outcome.out, ContainsRegex("0:01\\.000 of [0-9]* Hz, 2 channels")) << line;
    }
  }
}

/// "Vorbis I specification", 4.3.9, and the order of WAVEFORMATEXTENSIBLE's bits.
TEST_F(Kinds, Channels_of_vorbis_and_opus_come_in_the_order_of_wave) {
  const std::vector<std::vector<int>> kOrders = {{0},
                                                 {0, 1},
                                                 {0, 2, 1},
                                                 {0, 1, 2, 3},
                                                 {0, 2, 1, 3, 4},
                                                 {0, 2, 1, 5, 3, 4},
                                                 {0, 2, 1, 6, 5, 3, 4},
                                                 {0, 2, 1, 7, 5, 6, 3, 4}};
  for (const int codec : {SF_FORMAT_VORBIS, SF_FORMAT_OPUS}) {
    for (const auto& order : kOrders) {
      const auto channels = static_cast<int>(order.size());
      const std::string file = write_steps("a.ogg", SF_FORMAT_OGG | codec, channels);
      const Part part = read(file);
      // The tones are low, because the low-frequency channel holds no others.
      expect_order(part, order, std::to_string(codec) + " " + std::to_string(channels));
      EXPECT_EQ(part.format.channel_mask, channels == 7 ? 0x70FU : 0U);
    }
  }
}

TEST_F(Kinds, Seven_channels_of_flac_are_those_of_its_specification) {
  const Part part = read(write_steps("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 7));
  expect_order(part, {0, 1, 2, 3, 4, 5, 6}, "RFC 9639, 9.1.3");
  EXPECT_EQ(part.format.channel_mask, 0x70FU);  // FL FR FC LFE BC SL SR
}

TEST_F(Kinds, The_mask_of_a_wav_file_reaches_its_speakers) {
  const auto with_mask = [&](std::uint32_t mask, int channels) {
    std::string all = content(write_steps("a.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, channels));
    all.replace(all.find("fmt ") + 28, 4, little_endian(mask, 4));
    return write("mask.wav", all);
  };
  // Mono for the right speaker alone.
  run_bash("refwave play " + with_mask(0x2, 1) + kClocked + " --option channels=2 --capture " +
           path("out.wav"));
  EXPECT_EQ(read(path("out.wav")).peak(0), 0);
  EXPECT_NEAR(read(path("out.wav")).peak(1), level_of(0), 0.01);
  // The sides, on a device that has them: FL FR FC LFE BL BR SL SR.
  run_bash("refwave play " + with_mask(0x600, 2) + kClocked + " --option channels=8 --capture " +
           path("out.wav"));
  const Part eight = read(path("out.wav"));
  ASSERT_EQ(eight.format.channels, 8U);
  for (std::size_t i = 0; i < 8; ++i)
    EXPECT_NEAR(eight.peak(i), i < 6 ? 0 : level_of(static_cast<int>(i) - 6), 0.01) << i;
}

TEST_F(Kinds, Mp3_is_played_to_its_end_whatever_its_info_frame_counts) {
  const std::string all = mp3();
  const std::size_t info = std::min(all.find("Info"), all.find("Xing"));
  ASSERT_NE(info, std::string::npos);
  for (const std::string& count :
       {std::string("\0\0\0\x14", 4), std::string("\0\0\0\x60", 4), std::string(4, '\0')}) {
    std::string wrong = all;
    wrong.replace(info + 8, 4, count);
    expect_played(write("a.mp3", wrong), "0:01\\.0[0-9]* of 48000 Hz");
  }
}

TEST_F(Kinds, Mp3_is_played_whatever_is_around_its_frames) {
  const std::string sound = plain_mp3();
  const std::size_t half = sound.size() / 2 / frame_bytes_of(sound) * frame_bytes_of(sound);
  const std::string zeros(20'000, '\0');
  const std::string two_frames = std::string(2'999, 'y') + sound.substr(0, 2 * frame_bytes_of(sound));
  std::string free_format = sound;
  for (std::size_t at = 0; at + frame_bytes_of(sound) <= sound.size(); at += frame_bytes_of(sound))
    free_format[at + 2] = static_cast<char>(sound[at + 2] & 0x0F);  // states no bit rate
  const std::string extra = little_endian(12, 2) + std::string("\1\0\2\0\0\0\x80\1\1\0\0\0", 12);
  std::string in_wav = format_chunk(0x55, 2, kRate, 0, 1);
  in_wav.replace(4, 4, little_endian(16 + extra.size(), 4));
  for (const std::string& all :
       {zeros + sound, sound.substr(0, half) + zeros + sound.substr(half), sound + zeros,
        sound + "TAG" + std::string(125, 'x'), tag(1'000, 1'000) + sound, tag(100, 4'000) + sound,
        tag(200'000'000, 1'000) + sound, two_frames + std::string(3'000, 'y') + mp3(), free_format,
        riff(in_wav + extra + chunk("data", sound))})
    expect_played(write("a.mp3", all), "0:01\\.0[0-9]* of 48000 Hz");
  expect_played(write("a.mp3", sound.substr(0, 2 * frame_bytes_of(sound))), "0:00\\.0[0-9]* of 48000 Hz");
}

/// libsndfile alone would refuse these, cut them, or look for chunks behind the sound for ever.
TEST_F(Kinds, Unusual_files_are_played) {
  const std::string format = format_chunk(1, 2, kRate, 16, 4);
  const std::string sound = chunk("data", std::string(4 * kRate, 'a'));
  const std::string peak = chunk("PEAK", std::string(12, '\1'));
  const std::string rf64 = content(write_noise("a.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 2, kRate, kRate));
  const std::string second = "0:01\\.000 of 48000 Hz";
  for (const auto& [file, shown] : std::vector<std::pair<std::string, std::string>>{
           {write_noise("gsm.wav", SF_FORMAT_WAV | SF_FORMAT_GSM610, 1, 8'000, 8'000),
            "0:01\\.0[0-9]* of 8000 Hz"},
           {write("wrong_peak.wav", riff(format + peak + sound)), second},
           {write("peak_behind.wav", riff(format + sound + peak)), second},
           {write("big_chunk.wav", riff(chunk("JUNK", std::string(600'000, 'x')) + format + sound)), second},
           {write("bw64.wav", "BW64" + rf64.substr(4)), second},
           {write_noise("double.wav", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 2, kRate, kRate), second},
           {write_noise("short.8svx", SF_FORMAT_SVX | SF_FORMAT_PCM_S8, 1, kRate, 960), "0:00\\.020"},
           {write_noise("long.8svx", SF_FORMAT_SVX | SF_FORMAT_PCM_S8, 1, kRate, 96'000), "0:02\\.000"}})
    expect_played(file, shown);
}

TEST_F(Kinds, Wav_without_a_length_is_played_with_a_warning) {
  const std::string sound(4 * kRate, 'a');
  for (const auto& [whole, length] : {std::pair{0U, 0U},
                                      {192'036U, 0U},
                                      {2'000'000'036U, 2'000'000'000U},
                                      {0xFFFFFFFFU, 0xFFFFFFFFU},
                                      {0x7FFFF024U, 0x7FFFF000U}}) {
    std::string all = bytes_of({.data_bytes = length}) + sound;
    all.replace(4, 4, little_endian(whole, 4));
    const std::string file = write("a.wav", all);
    const Outcome outcome = run_bash("refwave play " + file + kClocked);
    EXPECT_EQ(outcome.status, 0) << whole;
    EXPECT_THAT(outcome.err, HasSubstr(file + ": its header states no length")) << whole << " " << length;
    EXPECT_THAT(outcome.out, HasSubstr("0:01.000 of 48000 Hz")) << whole << " " << length;
    EXPECT_THAT(run_bash("cat " + file + " | refwave play -" + kClocked).out,
                HasSubstr("0:01.000 of 48000 Hz"))
        << whole << " " << length;
  }
}

/// The specification allows a length of -1.
TEST_F(Kinds, Aiff_with_an_offset_and_caf_without_a_length_are_played) {
  const std::string plain = write_noise("a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 2, kRate, 10'007);
  std::string aiff = content(plain);
  const std::size_t chunk = aiff.find("SSND");
  aiff.replace(chunk + 4, 8, std::string("\0\0\xAC\x64\0\0\x10\0", 8)).insert(chunk + 16, 4'096, 'x');
  for (const std::string& line : both_ways(write("b.aiff", aiff))) expect_bit_for_bit(line, plain);
  const std::string caf = write_noise("a.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 2, kRate, 10'007);
  const std::string all = content(caf);
  const std::size_t sound = all.find("data") + 16;
  const std::string edit_count_alone("\0\0\0\0\0\0\0\4\0\0\0\0", 12);
  const std::string before = all.substr(0, sound - 12) + edit_count_alone;
  const std::string file = write("b.caf", std::string(all).replace(sound - 12, 8, 8, '\xFF'));
  for (const std::string& line : both_ways(file)) expect_bit_for_bit(line, caf);
  // As `sox -t caf - | …` writes it, but for a last header; and with 0.
  for (const std::string& open :
       {before + before + all.substr(sound), std::string(all).replace(sound - 12, 8, 8, '\0')})
    expect_played(write("b.caf", open), "0:00\\.208 of 48000 Hz", testing::_);
}

/// libsndfile decodes what is missing of a block of ADPCM or GSM as noise, and blocks behind the end of a
/// pipe.
TEST_F(Kinds, A_pipe_is_played_as_the_file_is_whole_or_cut) {
  const auto expect_both_alike = [this](const std::string& all, const std::string& what) {
    const Part part = read(write("a.snd", all));
    EXPECT_LT(part.peak(0), 0.7) << what;
    EXPECT_GT(part.frames(), kRate / 2) << what;
    EXPECT_EQ(read_from_pipe(path("a.snd")).samples, part.samples) << what;
  };
  constexpr int kAlac = SF_FORMAT_CAF | SF_FORMAT_ALAC_32;
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM, SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM,
                           SF_FORMAT_WAV | SF_FORMAT_GSM610, SF_FORMAT_WAV | SF_FORMAT_G721_32,
                           SF_FORMAT_WAV | SF_FORMAT_NMS_ADPCM_16, SF_FORMAT_AIFF | SF_FORMAT_IMA_ADPCM,
                           SF_FORMAT_AIFF | SF_FORMAT_GSM610, SF_FORMAT_W64 | SF_FORMAT_IMA_ADPCM,
                           SF_FORMAT_W64 | SF_FORMAT_MS_ADPCM, SF_FORMAT_AU | SF_FORMAT_G723_40, kAlac}) {
    const std::string all = content(write_steps("a.snd", format, 1));
    const std::string what = std::to_string(format);
    expect_both_alike(all, what);
    expect_both_alike(all.substr(0, all.size() * 6 / 10 + 13), what + ", cut");
    if ((format & SF_FORMAT_TYPEMASK) != SF_FORMAT_WAV) continue;
    for (const std::uint32_t length : {0U, 100'000'000U, 0x7FFF'F000U, 0xFFFF'FFFFU})
      expect_both_alike(std::string(all).replace(all.find("data") + 4, 4, little_endian(length, 4)),
                        what + ", length " + std::to_string(length));
  }
}

/// `arecord -f S24_LE` writes such files: the upper byte means nothing.
TEST_F(Kinds, Wav_of_24_bits_in_the_low_bytes_of_32_is_as_loud_as_it_is) {
  std::string sound;
  for (int i = 0; i < kRate; ++i) {
    const auto sample = static_cast<std::int32_t>(std::lround(4'194'304 * std::sin(0.05 * i)));
    for (int channel = 0; channel < 2; ++channel) {
      sound += little_endian(static_cast<std::uint32_t>(sample), 3);
      sound += '\x53';
    }
  }
  const Part part = read(write("a.wav", riff(format_chunk(1, 2, kRate, 24, 8) + chunk("data", sound))));
  EXPECT_EQ(part.format.type, dsp::SampleType::s24);
  EXPECT_EQ(part.frames(), std::size_t{kRate});
  EXPECT_NEAR(part.peak(0), 0.5, 1e-4);
  EXPECT_EQ(static_cast<double>(part.samples[200]),
            std::lround(4'194'304 * std::sin(0.05 * 100)) / 8'388'608.0);
}

/// A chunk behind the sound is not played.
TEST_F(Kinds, W64_ends_where_its_sound_ends) {
  std::string all = content(write_steps("a.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, 2));
  const std::string guid("list\x2f\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0", 16);
  all += guid + little_endian(24 + 80'000, 8) + std::string(80'000, '\x7F');
  expect_played(write("more.w64", all), "0:01\\.000 of 48000 Hz");
  EXPECT_NEAR(read(path("more.w64")).peak(0), level_of(0), 0.01);
}

}  // namespace
}  // namespace refwave::test
