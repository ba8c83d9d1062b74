// Whether an Ogg file (RFC 3533) was cut: its last page says that it is the last.
#pragma once

#include <string>
#include <string_view>

namespace refwave::cli {

/// Returns: whether the file at `path` is an Ogg file that lacks its end.
bool lacks_ogg_end(const std::string& path);

/// The same for a file that ends with `tail`, of a whole page's length at least, if the file has so much.
bool lacks_last_page(std::string_view tail);

}  // namespace refwave::cli
