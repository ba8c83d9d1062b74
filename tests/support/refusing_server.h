// A PulseAudio that refuses every client for lack of its cookie. A real one always admits its own user.
#pragma once

#include <array>
#include <atomic>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/silent_server.h"

namespace refwave::test {

class RefusingServer : public SilentServer {
 public:
  explicit RefusingServer(const std::filesystem::path& path)
      : SilentServer(path, 8), thread_([this] { serve(); }) {}
  ~RefusingServer() {
    ends_ = true;
    thread_.join();
  }

 private:
  /// Each client asks to be admitted first, and numbers that question 0.
  void serve() const {
    using namespace std::string_view_literals;
    constexpr auto kRefusal =
        "\0\0\0\017\377\377\377\377\0\0\0\0\0\0\0\0\0\0\0\0"  // 15 bytes, of no stream
        "L\0\0\0\0L\0\0\0\0L\0\0\0\001"sv;                    // an error, of question 0: no access
    std::vector<int> clients;
    for (; !ends_; std::this_thread::sleep_for(std::chrono::milliseconds(1))) {
      if (!is_asked()) continue;
      clients.push_back(accept(descriptor(), nullptr, nullptr));
      std::array<char, 1> first{};
      if (recv(clients.back(), first.data(), first.size(), MSG_PEEK) > 0)
        send(clients.back(), kRefusal.data(), kRefusal.size(), MSG_NOSIGNAL);
    }
    for (const int client : clients) close(client);
  }

  std::atomic<bool> ends_{false};
  std::thread thread_;
};

}  // namespace refwave::test
