// Test code in a child process, which may give up rights and change limits.
#pragma once

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

namespace refwave::test {

inline bool has_capability(unsigned capability) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  syscall(SYS_capget, &header, sets.data());
  return (sets[capability / 32].effective & 1U << (capability % 32)) != 0;
}

/// Effects: the calling thread, and those that it starts, may no longer choose a priority.
inline void give_up_the_right_to_priority() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  syscall(SYS_capget, &header, sets.data());
  sets[0].effective &= ~(1U << CAP_SYS_NICE);
  syscall(SYS_capset, &header, sets.data());
}

/// Effects: runs `body` in a child process. Returns: the text that it returns.
template <class Body>
std::string in_child(Body body) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string text = body();
    _exit(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  std::array<char, 512> some{};
  for (ssize_t got = 0; (got = read(ends[0], some.data(), some.size())) > 0;)
    text.append(some.data(), static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << text;
  return text;
}

}  // namespace refwave::test
