#include "driver/cli/sound_file/wav_pipe.h"

#include <cstdint>

namespace refwave::cli {
namespace {

constexpr std::uint32_t kPipeLength = 0x7FFF'F000;  // what sox writes into a pipe, and everybody understands

void append(std::string& text, std::size_t bytes, std::uint64_t value) {
  for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
}

}  // namespace

std::string wav_header_of_open_length(const dsp::Format& format) {
  constexpr std::uint16_t kPcm = 1;
  constexpr std::uint16_t kFloat = 3;
  const bool is_float = format.type == dsp::SampleType::f32 || format.type == dsp::SampleType::f64;
  std::string header = "RIFF";
  append(header, 4, kPipeLength + 36);
  header += "WAVEfmt ";
  append(header, 4, 16);
  append(header, 2, is_float ? kFloat : kPcm);
  append(header, 2, format.channels);
  append(header, 4, format.rate);
  append(header, 4, format.rate * format.bytes_per_frame());
  append(header, 2, format.bytes_per_frame());
  append(header, 2, 8 * dsp::bytes_per_sample(format.type));
  header += "data";
  append(header, 4, kPipeLength);
  return header;
}

bool write_all(std::FILE* pipe, std::span<const std::byte> bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), pipe) == bytes.size() && std::fflush(pipe) == 0;
}

}  // namespace refwave::cli
