// The log that REFWAVE_LOG or the key `log` asks for: its lines, and that no thread waits for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/engine/engine_helpers.h"
#include "tests/support/temporary_folder.h"

namespace refwave::engine {
namespace {

using test::Client;
using test::device_in_use;
using test::eventually;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;

using Texts = std::vector<std::string>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Keeps what a log writes; stands still, or takes nothing, as long as it is told to.
struct Paper {
  std::mutex mutex;
  std::string text;
  std::atomic<bool> stands_still{false};
  std::atomic<bool> is_full{false};
  std::size_t room = 0;  // bytes that a full paper still takes
  std::atomic<int> writes{0};
  std::atomic<int> refusals{0};

  std::size_t write(std::string_view more) {
    ++writes;
    while (stands_still) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const std::lock_guard lock(mutex);
    // A line that is cut off stays so, and the next ones begin anew.
    const std::size_t taken = is_full ? std::min(more.size(), room) : more.size();
    room -= std::min(room, taken);
    text += more.substr(0, taken);
    if (taken == more.size()) return taken;
    if (taken != 0 && text.back() != '\n') text += '\n';
    ++refusals;
    return taken;
  }
  std::string read() {
    const std::lock_guard lock(mutex);
    return text;
  }
  std::vector<std::string> lines() {
    std::istringstream stream(read());
    std::vector<std::string> all;
    for (std::string line; std::getline(stream, line);) all.push_back(line);
    return all;
  }
  /// Returns: the lines without the time and the process.
  Texts texts() {
    Texts all = lines();
    for (std::string& line : all) {
      EXPECT_THAT(line.substr(0, kHeading.size()), EndsWith("Z 4711 "));
      line.erase(0, kHeading.size());
    }
    return all;
  }

  static constexpr std::string_view kHeading = "2026-11-21T07:31:22.123Z 4711 ";
};

std::string missing(int lines) {
  return std::to_string(lines) + " lines are missing here, because they could not be written in time";
}

/// Returns: where the first part of `text` ends that fits `pattern`, in which # stands for a number and ? for
/// a digit; npos if there is none.
std::size_t end_of(std::string_view pattern, std::string_view text) {
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    std::size_t at = begin;
    bool fits = true;
    for (const char wanted : pattern) {
      const std::size_t from = at;
      if (wanted == '#') {
        while (at < text.size() && is_digit(text[at])) ++at;
      } else if (at < text.size() && (wanted == '?' ? is_digit(text[at]) : text[at] == wanted)) {
        ++at;
      }
      fits = fits && at > from;
    }
    if (fits) return at;
  }
  return std::string_view::npos;
}

std::shared_ptr<journal::LogFile> log_on(const std::shared_ptr<Paper>& paper) {
  std::string problem;
  return journal::LogFile::start([paper](std::string_view text) { return paper->write(text); }, 4711,
                                 problem);
}

TEST(Log, Each_line_has_the_time_in_UTC_and_the_process) {
  const auto paper = std::make_shared<Paper>();
  const auto log = log_on(paper);
  log->add("one");
  log->add("two");
  log->end();
  ASSERT_THAT(paper->lines(), SizeIs(2));
  const std::string second = paper->lines()[1];
  constexpr std::string_view kMost = "9999-19-39T29:59:59.999Z";  // each digit, at most
  ASSERT_GT(second.size(), kMost.size());
  for (std::size_t i = 0; i < kMost.size(); ++i) {
    EXPECT_EQ(is_digit(second[i]), is_digit(kMost[i])) << second;
    if (is_digit(kMost[i]))
      EXPECT_LE(second[i], kMost[i]) << second;
    else
      EXPECT_EQ(second[i], kMost[i]) << second;
  }
  EXPECT_EQ(second.substr(kMost.size()), " 4711 two");
}

TEST(Log, A_line_that_is_too_long_is_cut_between_two_letters) {
  const auto paper = std::make_shared<Paper>();
  const auto log = log_on(paper);
  std::string line = "x";
  for (int i = 0; i < 3'000; ++i) line += "\u00e9";
  log->add(line);
  log->end();
  ASSERT_THAT(paper->texts(), SizeIs(1));
  EXPECT_EQ(paper->texts().front(), line.substr(0, 3'999));
}

TEST(Log, A_line_begins_with_the_time_at_which_it_was_added) {
  const auto paper = std::make_shared<Paper>();
  const auto log = log_on(paper);
  const auto before = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  log->add("now");
  log->end();
  const auto after = std::chrono::system_clock::now();
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int h = 0;
  int m = 0;
  int s = 0;
  ASSERT_EQ(std::sscanf(paper->read().c_str(), "%d-%u-%uT%d:%d:%d", &year, &month, &day, &h, &m, &s), 6);
  const auto told = std::chrono::sys_days(std::chrono::year(year) / month / day) + std::chrono::hours(h) +
                    std::chrono::minutes(m) + std::chrono::seconds(s);
  EXPECT_LE(before, told);
  EXPECT_GE(after, told);
}

TEST(Log, Control_characters_are_made_visible) {
  EXPECT_EQ(journal::escaped("a\nb\tc\x1b[2Jd\x7f"), "a\\nb\\tc\\x1b[2Jd\\x7f");
  EXPECT_EQ(journal::escaped("\xC2\x9B"), "\\x9b") << "what a terminal takes for ESC [";
  EXPECT_EQ(journal::escaped("Größe C:\\log"), "Größe C:\\log");
  EXPECT_EQ(journal::escaped(std::string_view("\0", 1)), "\\x00");
  for (const char* whole : {"\xC2\xA7", "\xC2", "\xC2 ", "\xC3\x9F"})
    EXPECT_EQ(journal::escaped(whole), whole);
}

TEST(Log, A_file_that_stands_still_holds_nobody_up_and_what_is_lost_is_counted) {
  const auto paper = std::make_shared<Paper>();
  const auto log = log_on(paper);
  paper->stands_still = true;
  log->add("first");
  ASSERT_TRUE(eventually([&] { return paper->writes == 1; }));
  for (std::size_t i = 0; i < journal::LogFile::kMostLines + 25; ++i) log->add("more");
  paper->stands_still = false;
  log->end();
  const std::vector<std::string> lines = paper->lines();
  EXPECT_THAT(lines, SizeIs(1 + journal::LogFile::kMostLines + 1));
  EXPECT_THAT(lines.back(), HasSubstr(" 25 lines are missing here"));
}

TEST(Log, A_file_that_never_goes_on_is_left_at_the_end) {
  const std::uint64_t before = hal::abandoned_threads();
  const auto paper = std::make_shared<Paper>();
  paper->stands_still = true;
  const auto log = log_on(paper);
  log->add("first");
  ASSERT_TRUE(eventually([&] { return paper->writes == 1; }));
  log->end(std::chrono::milliseconds(50));
  EXPECT_EQ(hal::abandoned_threads(), before + 1) << "so that the module stays loaded";
  paper->stands_still = false;
  EXPECT_TRUE(eventually([&] { return paper->lines().size() == 1; }));
}

TEST(Log, Lines_that_a_full_disk_does_not_take_are_counted_in_the_next_ones) {
  const auto paper = std::make_shared<Paper>();
  const auto log = log_on(paper);
  paper->is_full = true;
  log->add("lost");
  ASSERT_TRUE(eventually([&] { return paper->refusals == 1; }));
  paper->is_full = false;
  // The writer counts what it has lost before it takes the next line.
  log->add("kept");
  log->end();
  EXPECT_EQ(paper->texts(), (Texts{missing(1), "kept"}));
}

TEST(Log, Lines_that_a_full_disk_took_are_not_counted_as_missing) {
  constexpr std::size_t kHeading = Paper::kHeading.size();
  const auto paper = std::make_shared<Paper>();
  const auto log = log_on(paper);
  paper->stands_still = true;
  log->add("first");
  ASSERT_TRUE(eventually([&] { return paper->writes == 1; }));
  for (const char* line : {"two", "three", "cut off", "lost"}) log->add(line);
  paper->room = 3 * (kHeading + 1) + std::string_view("firsttwothree").size() + kHeading + 3;
  paper->is_full = true;
  paper->stands_still = false;
  ASSERT_TRUE(eventually([&] { return paper->refusals == 1; }));
  paper->is_full = false;
  log->add("kept");
  log->end();
  EXPECT_EQ(paper->texts(), (Texts{"first", "two", "three", "cut", missing(2), "kept"}));
}

TEST(Log, Losses_are_added_up_as_long_as_the_disk_is_full) {
  const auto paper = std::make_shared<Paper>();
  const auto log = log_on(paper);
  paper->is_full = true;
  for (int lost = 1; lost <= 2; ++lost) {
    log->add("lost");
    ASSERT_TRUE(eventually([&] { return paper->refusals == lost; }));
  }
  // Room for the line that tells of the losses, and no more.
  paper->room = Paper::kHeading.size() + missing(2).size() + 1;
  log->add("lost again");
  ASSERT_TRUE(eventually([&] { return paper->refusals == 3; }));
  paper->is_full = false;
  log->add("kept");
  log->end();
  EXPECT_EQ(paper->texts(), (Texts{missing(2), missing(1), "kept"}));
}

TEST(Journal, The_newest_two_hundred_lines_are_kept_and_a_repeated_one_once) {
  journal::Journal journal;
  for (int line = 0; line < 201; ++line) {
    journal.add("line " + std::to_string(line));
    journal.add("line " + std::to_string(line));
  }
  EXPECT_EQ(journal.count(), 201U);
  const std::string kept = journal.text();
  EXPECT_EQ(std::count(kept.begin(), kept.end(), '\n'), 200);
  EXPECT_TRUE(kept.starts_with("line 1\n")) << kept;
  EXPECT_TRUE(kept.ends_with("\nline 200\n")) << kept;
}

TEST(NewsLimit, Tells_the_first_at_once_and_later_ones_after_pauses_that_double) {
  constexpr std::int64_t kSecondNs = 1'000'000'000;
  journal::NewsLimit limit;
  EXPECT_TRUE(limit.is_told());
  std::vector<std::pair<int, std::uint32_t>> told;
  for (int second = 0; second < 60; ++second) {
    if (const auto held = limit.note(second * kSecondNs)) told.emplace_back(second, *held);
  }
  EXPECT_EQ(told, (std::vector<std::pair<int, std::uint32_t>>{{0, 0}, {5, 4}, {15, 9}, {35, 19}}));
  EXPECT_FALSE(limit.is_told());
  EXPECT_EQ(limit.note(200 * kSecondNs), 24U);
  EXPECT_EQ(limit.note(400 * kSecondNs), 0U);
  EXPECT_EQ(limit.note(405 * kSecondNs), 0U) << "the pause is short again";
}

TEST(Log, What_is_added_after_the_end_is_lost_and_harms_nothing) {
  const auto paper = std::make_shared<Paper>();
  const auto log = log_on(paper);
  log->end();
  log->add("late");
  log->end();
  EXPECT_THAT(paper->lines(), SizeIs(0));
}

class LogInAFile : public testing::Test {
 protected:
  std::shared_ptr<journal::LogFile> open(const std::filesystem::path& file) {
    return journal::LogFile::open(file.string(), 1, {}, problem);
  }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  test::TemporaryFolder folder;
  std::filesystem::path path = folder / "refwave.log";
  std::string problem;
};

TEST_F(LogInAFile, Is_added_to_what_is_there) {
  std::ofstream(path) << "of before\n";
  const auto log = open(path);
  ASSERT_TRUE(log) << problem;
  log->add("new");
  log->end();
  EXPECT_THAT(content(), AllOf(testing::StartsWith("of before\n"), EndsWith(" 1 new\n")));
}

TEST_F(LogInAFile, That_cannot_be_made_is_a_problem_with_its_reason) {
  EXPECT_FALSE(open(folder / "none" / "refwave.log"));
  EXPECT_FALSE(problem.empty());
  problem.clear();
  EXPECT_FALSE(open(folder.path())) << "a folder";
  EXPECT_FALSE(problem.empty());
}

TEST_F(LogInAFile, Makes_room_when_it_is_large_and_loses_no_line) {
  constexpr std::uint64_t kMost = 4'000;
  const auto open_small = [&] { return journal::LogFile::open(path.string(), 1, {}, problem, kMost); };
  // Two programs share it: what one has set aside the other notices.
  const auto log = open_small();
  const auto other = open_small();
  ASSERT_TRUE(log && other) << problem;
  const std::string much(600, 'x');
  const auto lines_in = [](const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::size_t count = 0;
    for (std::string line; std::getline(stream, line);) ++count;
    return count;
  };
  const std::filesystem::path aside = path.string() + ".1";
  std::size_t added = 0;
  while (!std::filesystem::exists(aside)) {
    ASSERT_LT(added, 100U) << "it grows without a bound";
    (added % 2 == 0 ? log : other)->add(much);
    ++added;
    ASSERT_TRUE(eventually([&] { return lines_in(path) + lines_in(aside) == added; }));
  }
  EXPECT_GT(std::filesystem::file_size(aside), kMost);
  EXPECT_LT(std::filesystem::file_size(aside), 2 * kMost);
  other->add("of the other");
  other->end();
  log->add("of the first");
  log->end();
  EXPECT_THAT(content(), AllOf(HasSubstr(" 1 of the other\n"), HasSubstr(" 1 of the first\n")));
}

// --- what the engine tells ---

TEST_F(LogInAFile, A_loss_and_a_return_stand_in_it_with_why_and_how_long) {
  Client client;
  auto broken = test::faults();
  broken->lost_after = 5;
  test::AssembledDriver driver(test::impatient(), 1, broken);
  driver.context.journal->log_to(open(path));
  ASSERT_EQ(driver.open(client), core::Error::none);
  broken->does_not_open = true;
  for (int i = 0; i < 400; ++i) driver.write(client, test::kPeriod);
  ASSERT_TRUE(eventually([&] { return broken->refusals >= 1; }));
  broken->lost_after = 0;
  broken->does_not_open = false;
  ASSERT_TRUE(eventually([&] { return device_in_use(driver) == "faulty"; }));
  ASSERT_TRUE(eventually([&] { return client.all_done(); }));
  ASSERT_EQ(driver.close(client), core::Error::none);
  driver.context.journal->log_to(nullptr)->end();
  const std::string text = content();
  const std::vector<std::string> in_this_order = {
      "device \"faulty\" opened for output, asked for as \"faulty\": 48000 Hz, 2 channels, s16, periods of "
      "480 frames, "
      "latency 480 frames (10 ms); the first stream asked for 48000 Hz",
      "stream 0 opened for output, 48000 Hz, 2 channels, s16",
      "device \"faulty\": its audio thread has a priority, in words",
      "device \"faulty\" has started, #.# s after it was needed",
      "device \"clocked\" opened for output, in place of \"faulty\": 48000 Hz",
      "device \"faulty\" was lost: the clocked device takes over",
      "device \"faulty\" was tried again: faulty does not open",
      "device \"faulty\" is back",
      "device \"faulty\" was away for #.??? s; it came back at attempt ?",
      "stream 0 closed: 400 blocks, 400 messages, 0 undelivered"};
  std::string_view rest = text;
  for (const std::string& each : in_this_order) {
    const std::size_t end = end_of(each, rest);
    ASSERT_NE(end, std::string_view::npos) << each << "\nis not in what follows in\n" << text;
    rest.remove_prefix(end);
  }
  for (const char* early : {"attempt 0", "attempt 1"}) EXPECT_THAT(text, testing::Not(HasSubstr(early)));
}

TEST_F(LogInAFile, A_device_that_falls_silent_is_told_with_its_silence) {
  Client client;
  auto broken = test::faults();
  test::AssembledDriver driver(test::impatient(), 1, broken);
  driver.context.journal->log_to(open(path));
  driver.open(client);
  for (int i = 0; i < 100; ++i) driver.write(client, test::kPeriod);
  ASSERT_TRUE(eventually([&] { return broken->periods > 0; }));
  broken->calls = false;
  ASSERT_TRUE(eventually([&] { return device_in_use(driver) == "clocked"; }));
  driver.context.journal->log_to(nullptr)->end();
  EXPECT_NE(end_of("\"faulty\": no callback for 0.# s; 0.200 s would be normal", content()),
            std::string_view::npos)
      << content();
}

TEST_F(LogInAFile, A_device_that_comes_is_told_before_it_is_tried) {
  Client client;
  auto device = test::faults();
  device->lost_after = 3;
  test::AssembledDriver driver(test::impatient(), 1, device);
  driver.context.journal->log_to(open(path));
  driver.open(client);
  for (int i = 0; i < 300; ++i) driver.write(client, test::kPeriod);
  ASSERT_TRUE(eventually([&] { return device_in_use(driver) == "clocked"; }));
  device->lost_after = 0;
  ++device->changes;
  ASSERT_TRUE(eventually([&] { return device_in_use(driver) == "faulty"; }));
  driver.context.journal->log_to(nullptr)->end();
  EXPECT_THAT(content(), HasSubstr("the devices have changed: \"faulty\" is tried again now"));
}

TEST_F(LogInAFile, A_device_that_opens_and_does_not_start_is_no_warning_at_each_attempt) {
  Client client;
  auto broken = test::faults();
  broken->nap_us = 10'000;
  test::AssembledDriver driver(test::impatient(), 1, broken);
  driver.context.journal->log_to(open(path));
  driver.open(client);
  for (int i = 0; i < 400; ++i) driver.write(client, test::kPeriod);
  ASSERT_TRUE(eventually([&] { return broken->periods > 2; }));
  broken->does_not_start = true;
  broken->unplugged = true;
  const std::uint32_t opens = broken->opens;
  ASSERT_TRUE(eventually([&] { return broken->opens >= opens + 3; }));
  driver.reset(client);
  driver.context.journal->log_to(nullptr)->end();
  const std::string text = content();
  const std::string problem = "faulty does not start";
  const std::size_t first = text.find("device \"faulty\" was tried again: " + problem);
  ASSERT_NE(first, std::string::npos) << text;
  EXPECT_EQ(text.find(problem), text.rfind(problem)) << text;
  EXPECT_THAT(driver.context.journal->text(), testing::Not(HasSubstr(problem)));
}

TEST_F(LogInAFile, A_stream_too_many_and_one_without_memory_are_told_with_the_reason) {
  Client none;
  std::deque<Client> clients;  // until the driver has closed their streams
  auto device = test::faults();
  test::AssembledDriver driver({}, 0, device);
  driver.context.journal->log_to(open(path));
  device->throws = true;
  ASSERT_EQ(driver.open(none), core::Error::no_memory);
  device->throws = false;
  core::Error answer = core::Error::none;
  while (answer == core::Error::none && clients.size() <= core::kSlots)
    answer = driver.open(clients.emplace_back());
  EXPECT_EQ(answer, core::Error::all_slots_used);
  driver.context.journal->log_to(nullptr)->end();
  EXPECT_THAT(content(), AllOf(HasSubstr("was refused: no memory or no thread for it"),
                               HasSubstr("was refused: the maximum number of streams is open")));
}

TEST_F(LogInAFile, A_refused_stream_is_told_with_the_reason) {
  configuration::Configuration strict;
  strict.fallback = configuration::Fallback::none;
  Client client;
  auto broken = test::faults();
  broken->does_not_open = true;
  test::AssembledDriver driver(strict, 1, broken);
  driver.context.journal->log_to(open(path));
  ASSERT_EQ(driver.open(client), core::Error::no_device);
  driver.context.journal->log_to(nullptr)->end();
  EXPECT_THAT(content(), AllOf(HasSubstr("faulty does not open"),
                               HasSubstr("a stream for output, 48000 Hz, 2 channels, s16 was refused: no "
                                         "device opens")));
}

}  // namespace
}  // namespace refwave::engine
