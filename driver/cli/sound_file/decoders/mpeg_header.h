// The headers of MPEG audio (ISO/IEC 11172-3 and 13818-3). Pure, but for what takes a path; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace refwave::cli {

/// Returns: whether a file with this beginning may be MPEG audio: its first frame, or a tag.
bool may_be_mpeg(std::string_view beginning);

/// Returns: whether the first frame of the file at `path` states the file's length ("Xing", "Info", "VBRI").
/// Many programs write no such frame, sox for one. The length is then a guess from the file's size.
bool states_its_length(const std::string& path);

/// Returns: whether the file at `path` is MPEG audio and does not state it.
bool is_mpeg_of_unknown_length(const std::string& path);

/// Returns: the length of the frame whose header `bytes` begins with; nothing if that is none, or a header
/// that does not say it.
std::optional<std::size_t> mpeg_frame_bytes(std::string_view bytes);

/// Returns: whether a file that ends with `tail`, which holds some frames, ends within a frame.
bool ends_within_frame(std::string_view tail);

}  // namespace refwave::cli
