#include "hal/portaudio/card_users_linux.h"

#include <glob.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <new>

namespace refwave::hal {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
  std::string line;
  std::ifstream stream(file);
  std::getline(stream, line);
  return line;
}

/// Effects: takes the number of the line of that form ("Tgid: %d"). Returns: whether the file has the line.
bool take_number(const fs::path& file, const char* form, int& number) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);)
    if (std::sscanf(line.c_str(), form, &number) == 1) return true;
  return false;
}

/// The kernel reports the thread that has opened the device. The program's name is that of its first thread.
std::string program_of(const fs::path& proc, int thread) {
  int process = thread;
  take_number(proc / std::to_string(thread) / "status", "Tgid: %d", process);
  // In another container the process has no number here.
  if (process <= 0) return "another program";
  const std::string name = first_line(proc / std::to_string(process) / "comm");
  return (name.empty() ? "a program" : name) + " (process " + std::to_string(process) + ")";
}

}  // namespace

std::vector<CardUser> card_users(const fs::path& proc, Direction direction) {
  const char* const pcms = direction == Direction::output ? "card*/pcm*p/sub*" : "card*/pcm*c/sub*";
  glob_t found{};
  const int failed = glob((proc / "asound" / pcms).c_str(), GLOB_NOSORT, nullptr, &found);
  const std::vector<std::string> parts(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  if (failed == GLOB_NOSPACE) throw std::bad_alloc();
  std::vector<CardUser> all;
  for (const fs::path part : parts) {
    CardUser user;
    int thread = 0;
    const fs::path card = part.parent_path().parent_path();
    if (std::sscanf(card.filename().c_str(), "card%d", &user.number) != 1 ||
        std::sscanf(part.parent_path().filename().c_str(), "pcm%d", &user.device) != 1 ||
        !take_number(part / "status", "owner_pid : %d", thread))
      continue;
    user.card = first_line(card / "id");
    user.program = program_of(proc, thread);
    all.push_back(std::move(user));
  }
  std::ranges::stable_sort(all, {}, [](const CardUser& user) { return std::pair(user.number, user.device); });
  return all;
}

bool CardUser::has(const std::string& in_card, const std::string& its_device) const {
  const bool is_card = in_card == card || (in_card.empty() ? "0" : in_card) == std::to_string(number);
  return is_card && its_device == std::to_string(device);
}

}  // namespace refwave::hal
