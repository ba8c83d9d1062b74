// The outcome of an action that has no other result: it succeeded, or there is a reason why not.
#pragma once

#include <string>
#include <utility>

namespace refwave::hal {

class Status {
 public:
  Status() = default;
  /// `reason`: one line for the log or the user.
  static Status failure(std::string reason) {
    Status status;
    status.ok_ = false;
    status.reason_ = std::move(reason);
    return status;
  }

  bool ok() const noexcept { return ok_; }
  /// Returns: why the action failed; an empty text after a success.
  const std::string& reason() const noexcept { return reason_; }

 private:
  bool ok_ = true;
  std::string reason_;
};

}  // namespace refwave::hal
