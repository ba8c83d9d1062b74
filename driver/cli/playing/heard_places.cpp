#include "driver/cli/playing/heard_places.h"

#include <algorithm>
#include <string>
#include <utility>

#include "driver/cli/console/text.h"

namespace refwave::cli {

void HeardPlaces::note(std::uint64_t position, const std::string& device, bool is_heard) {
  if (!places_.empty() && places_.back().device == device && places_.back().is_heard == is_heard) return;
  // Nothing was played at the place before.
  if (!places_.empty() && places_.back().from == position) places_.pop_back();
  places_.push_back({position, device, is_heard});
}

void HeardPlaces::begin_anew() {
  if (places_.empty()) return;
  places_ = {std::move(places_.back())};
  places_.front().from = 0;
}

std::string HeardPlaces::text(std::uint64_t begin, std::uint64_t end, std::uint32_t rate) const {
  struct Share {
    const Place* place;
    std::uint64_t frames;
  };
  std::vector<Share> shares;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const std::uint64_t from = std::max(i == 0 ? 0 : places_[i].from, begin);
    const std::uint64_t to = i + 1 < places_.size() ? std::min(places_[i + 1].from, end) : end;
    if (from >= to) continue;
    const auto same = std::find_if(shares.begin(), shares.end(),
                                   [&](const Share& s) { return s.place->device == places_[i].device; });
    (same != shares.end() ? *same : shares.emplace_back(Share{&places_[i], 0})).frames += to - from;
  }
  if (shares.empty()) return places_.empty() ? "" : places_.back().device;
  if (shares.size() == 1) return shares.front().place->device;
  std::stable_partition(shares.begin(), shares.end(),
                        [](const Share& share) { return share.place->is_heard; });
  std::string text;
  for (const auto& [place, frames] : shares)
    text += (text.empty() ? "" : ", and ") + (place->is_heard ? place->device : "unheard") +
            formatted(" for %.2f s", static_cast<double>(frames) / rate);
  return text;
}

}  // namespace refwave::cli
