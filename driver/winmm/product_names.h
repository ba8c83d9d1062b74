// What programs show people of a wave device: szPname, at most 31 units of UTF-16 and a zero. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace refwave::winmm {

/// `devices`: UTF-8, what the configuration calls the wave devices of one direction. Returns: the name of
/// that one. It is shortened to whole characters, and is numbered where an earlier device has the same, so no
/// two devices of the list have one name. Precondition: device < devices.size().
std::u16string product_name(std::string_view role, std::span<const std::string> devices, std::size_t device);

}  // namespace refwave::winmm
