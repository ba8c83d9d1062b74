#include "bench/measure/axis.h"

#include <algorithm>
#include <cmath>

namespace refwave::measure {

LogAxis::LogAxis(std::uint64_t least_ns, std::uint64_t most_ns)
    : from_(std::log10(static_cast<double>(std::max<std::uint64_t>(least_ns, 1)))),
      to_(std::log10(static_cast<double>(std::max<std::uint64_t>(most_ns, 1)))) {
  const double margin = std::max(0.03 * (to_ - from_), (1 - (to_ - from_)) / 2);
  from_ = std::max(from_ - margin, 0.0);
  to_ = std::max(to_ + margin, from_ + 1);
}

double LogAxis::at(double ns) const {
  return std::clamp((std::log10(std::max(ns, 1.0)) - from_) / (to_ - from_), 0.0, 1.0);
}

std::vector<Tick> LogAxis::ticks() const {
  constexpr double kLong = 3;  // factors of ten
  std::vector<Tick> ticks;
  for (double ten = std::pow(10, std::floor(from_)); std::log10(ten) <= to_; ten *= 10) {
    for (const double times : {1, 2, 5}) {
      const double exponent = std::log10(ten * times);
      if (exponent < from_ || exponent > to_ || (times > 1 && to_ - from_ > kLong)) continue;
      ticks.push_back({at(ten * times), round_duration_text(ten * times), times == 1 || to_ - from_ < 1.5});
    }
  }
  return ticks;
}

double LinearAxis::at(double value) const { return std::clamp(value / most_, 0.0, 1.0); }

std::vector<Tick> LinearAxis::ticks() const {
  constexpr int kMost = 8;
  double step = std::pow(10, std::floor(std::log10(most_)) - 1);
  for (int i = 0; most_ / step > kMost - 1; ++i) step *= i % 3 == 1 ? 2.5 : 2;  // 1, 2, 5, 10
  std::vector<Tick> ticks;
  for (int i = 0; i * step <= most_ * 1.000001; ++i)
    ticks.push_back({at(i * step), cli::formatted("%.3g %%", i * step), i % 2 == 0});
  return ticks;
}

}  // namespace refwave::measure
