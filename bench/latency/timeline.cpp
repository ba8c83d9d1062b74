#include "bench/latency/timeline.h"

#include <algorithm>
#include <cmath>

namespace refwave::measure {
namespace {

struct Corner {
  double x, y;
};

/// Returns: whether `b` lies above the line from `a` to `c`, or on it.
bool is_above(const Corner& a, const Corner& b, const Corner& c) {
  return (b.x - a.x) * (c.y - a.y) <= (c.x - a.x) * (b.y - a.y);
}

/// Returns: the corners of the lower hull of the points, from left to right.
std::vector<Corner> lower_hull(std::span<const std::int64_t> ys) {
  std::vector<Corner> hull;
  for (std::size_t i = 0; i < ys.size(); ++i) {
    const Corner next{static_cast<double>(i), static_cast<double>(ys[i] - ys[0])};
    while (hull.size() >= 2 && is_above(hull[hull.size() - 2], hull.back(), next)) hull.pop_back();
    hull.push_back(next);
  }
  return hull;
}

}  // namespace

/// The sum of distances is least for the edge of the hull that spans the middle block.
Line line_under(std::span<const std::int64_t> reports_ns) {
  if (reports_ns.empty()) return {};
  const std::vector<Corner> hull = lower_hull(reports_ns);
  const auto first = static_cast<double>(reports_ns[0]);
  if (hull.size() < 2) return {first, 0};
  const double middle = static_cast<double>(reports_ns.size() - 1) / 2;
  const auto right = std::ranges::find_if(hull.begin() + 1, hull.end(),
                                          [&](const Corner& corner) { return corner.x >= middle; });
  const Corner& a = *(right - 1);
  const double slope = (right->y - a.y) / (right->x - a.x);
  return {first + a.y - slope * a.x, slope};
}

std::vector<std::uint64_t> lateness_ns(std::span<const std::int64_t> reports_ns, const Line& line) {
  std::vector<std::uint64_t> lateness;
  for (std::size_t i = 0; i < reports_ns.size(); ++i) {
    const double ns = static_cast<double>(reports_ns[i]) - line.at(i);
    lateness.push_back(static_cast<std::uint64_t>(std::llround(std::max(ns, 0.0))));
  }
  return lateness;
}

}  // namespace refwave::measure
