#include "bench/latency/report/over_time.h"

#include <algorithm>

namespace refwave::latency {

void OverTime::add(std::int64_t at_ns, std::uint64_t ns) {
  const std::int64_t at = std::max<std::int64_t>(at_ns, 0);
  while (static_cast<std::size_t>(at / span_ns_) >= kSpans) halve();
  const auto index = static_cast<std::size_t>(at / span_ns_);
  if (index >= spans_.size()) spans_.resize(index + 1);
  spans_[index] = std::max(spans_[index], ns);
}

void OverTime::halve() {
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    const std::uint64_t ns = spans_[i];
    spans_[i] = 0;
    spans_[i / 2] = std::max(spans_[i / 2], ns);
  }
  spans_.resize((spans_.size() + 1) / 2);
  span_ns_ *= 2;
}

}  // namespace refwave::latency
