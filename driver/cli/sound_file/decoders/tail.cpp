#include "driver/cli/sound_file/decoders/tail.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace refwave::cli {

std::string tail_of(Input& input, std::size_t most) {
  const std::int64_t size = input.seek(0, SEEK_END);
  input.seek(std::max<std::int64_t>(size - static_cast<std::int64_t>(most), 0), SEEK_SET);
  std::string bytes(most, '\0');
  std::size_t done = 0;
  for (std::ptrdiff_t got = 1; got > 0 && done < most; done += static_cast<std::size_t>(got))
    got = std::max<std::ptrdiff_t>(input.read(bytes.data() + done, most - done), 0);
  bytes.resize(done);
  return bytes;
}

}  // namespace refwave::cli
