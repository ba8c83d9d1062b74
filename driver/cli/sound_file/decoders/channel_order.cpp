#include "driver/cli/sound_file/decoders/channel_order.h"

#include <algorithm>
#include <cstring>

namespace refwave::cli {

ChannelOrder::ChannelOrder(std::span<const int> speakers) {
  std::uint32_t mask = 0;
  for (const int speaker : speakers) {
    const std::uint32_t bit = speaker >= 0 && speaker < 18 ? std::uint32_t{1} << speaker : 0;
    if (speakers.size() > from_.size() || bit == 0 || (mask & bit) != 0) return;
    mask |= bit;
  }
  for (std::size_t i = 0; i < speakers.size(); ++i) from_[i] = static_cast<std::uint8_t>(i);
  const auto moved = std::span(from_).first(speakers.size());
  std::ranges::sort(moved, {}, [&](std::uint8_t channel) { return speakers[channel]; });
  is_moved_ = !std::ranges::is_sorted(moved);
  if (mask != dsp::default_channel_mask(static_cast<std::uint16_t>(speakers.size()))) mask_ = mask;
}

void ChannelOrder::reorder(std::byte* bytes, std::size_t frames, const dsp::Format& format) const {
  if (!is_moved_) return;
  const std::size_t width = dsp::bytes_per_sample(format.type);
  std::array<std::byte, dsp::kMaxChannels * sizeof(double)> frame;
  for (; frames > 0; --frames, bytes += format.bytes_per_frame()) {
    std::memcpy(frame.data(), bytes, format.bytes_per_frame());
    for (std::size_t i = 0; i < format.channels; ++i)
      std::memcpy(bytes + i * width, frame.data() + from_[i] * width, width);
  }
}

ChannelOrder vorbis_order(std::size_t channels) {
  // FL 0, FR 1, FC 2, LFE 3, BL 4, BR 5, BC 8, SL 9, SR 10
  static constexpr int kOrders[][8] = {{2},
                                       {0, 1},
                                       {0, 2, 1},
                                       {0, 1, 4, 5},
                                       {0, 2, 1, 4, 5},
                                       {0, 2, 1, 4, 5, 3},
                                       {0, 2, 1, 9, 10, 8, 3},
                                       {0, 2, 1, 9, 10, 4, 5, 3}};
  if (channels < 1 || channels > std::size(kOrders)) return {};
  return ChannelOrder(std::span(kOrders[channels - 1]).first(channels));
}

}  // namespace refwave::cli
