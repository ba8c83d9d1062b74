// The log (REFWAVE_LOG, or the key `log`): its lines, and that no thread waits for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <regex>
#include <sstream>

#include "tests/engine/engine_helpers.h"

namespace refwave::engine {
namespace {

using test::Client;
using test::eventually;
using testing::HasSubstr;
using testing::SizeIs;

/// A log's file, which blocks while a test says so.
struct Paper {
  std::mutex mutex;
  std::string text;
  std::atomic<bool> is_blocked{false};
  std::atomic<int> writes{0};

  std::size_t write(std::string_view more) {
    ++writes;
    while (is_blocked) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const std::lock_guard lock(mutex);
    text += more;
    return more.size();
  }
  std::string read() {
    const std::lock_guard lock(mutex);
    return text;
  }
  /// Returns: the lines without time and process.
  std::vector<std::string> lines() {
    std::istringstream stream(read());
    std::vector<std::string> all;
    for (std::string line; std::getline(stream, line);) {
      EXPECT_EQ(line.substr(23, 7), "Z 4711 ");
      all.push_back(line.substr(30));
    }
    return all;
  }
};

class Log : public testing::Test {
 protected:
  static std::shared_ptr<event_log::LogFile> log_on(const std::shared_ptr<Paper>& paper) {
    std::string problem;
    return event_log::LogFile::start([paper](std::string_view text) { return paper->write(text); }, 4711,
                                     problem);
  }
  /// Effects: adds a line, in whose write the file blocks.
  void block_with(const std::string& line) {
    paper->is_blocked = true;
    log->add(line);
    ASSERT_TRUE(eventually([&] { return paper->writes == 1; }));
  }

  const std::shared_ptr<Paper> paper = std::make_shared<Paper>();
  const std::shared_ptr<event_log::LogFile> log = log_on(paper);
};

TEST_F(Log, A_line_that_is_too_long_is_cut_between_two_letters) {
  std::string line = "x";
  for (int i = 0; i < 3'000; ++i) line += "\u00e9";
  log->add(line);
  log->end();
  ASSERT_THAT(paper->lines(), SizeIs(1));
  EXPECT_EQ(paper->lines().front(), line.substr(0, 3'999));
}

TEST_F(Log, A_blocked_file_holds_no_thread_up_and_lost_lines_are_counted) {
  block_with("first");
  for (std::size_t i = 0; i < event_log::LogFile::kMostLines + 25; ++i) log->add("more");
  paper->is_blocked = false;
  log->end();
  const std::vector<std::string> lines = paper->lines();
  EXPECT_THAT(lines, SizeIs(1 + event_log::LogFile::kMostLines + 1));
  EXPECT_THAT(lines.back(), testing::StartsWith("25 lines are missing here"));
}

TEST_F(Log, A_file_that_stays_blocked_is_abandoned_at_the_end) {
  const std::uint64_t before = hal::abandoned_threads();
  block_with("first");
  log->end(std::chrono::milliseconds(50));
  EXPECT_EQ(hal::abandoned_threads(), before + 1) << "so that the module stays loaded";
  paper->is_blocked = false;
  EXPECT_TRUE(eventually([&] { return paper->lines().size() == 1; }));
}

TEST(EventLog, The_newest_two_hundred_lines_are_kept_and_a_repeated_one_once) {
  event_log::EventLog event_log;
  for (int line = 0; line < 201; ++line) {
    event_log.add("line " + std::to_string(line));
    event_log.add("line " + std::to_string(line));
  }
  EXPECT_EQ(event_log.count(), 201U);
  const std::string kept = event_log.text();
  EXPECT_EQ(std::count(kept.begin(), kept.end(), '\n'), 200);
  EXPECT_TRUE(kept.starts_with("line 1\n")) << kept;
  EXPECT_TRUE(kept.ends_with("\nline 200\n")) << kept;
}

TEST(NewsLimit, Reports_the_first_immediately_and_later_ones_after_pauses_that_double) {
  constexpr std::int64_t kSecondNs = 1'000'000'000;
  event_log::NewsLimit limit;
  EXPECT_EQ(limit.newest(), event_log::EventLog::Kept::yes);
  std::vector<std::pair<int, std::uint32_t>> told;
  for (int second = 0; second < 60; ++second) {
    if (const auto held = limit.note(second * kSecondNs)) told.emplace_back(second, *held);
  }
  EXPECT_EQ(told, (std::vector<std::pair<int, std::uint32_t>>{{0, 0}, {5, 4}, {15, 9}, {35, 19}}));
  EXPECT_EQ(limit.newest(), event_log::EventLog::Kept::no);
  EXPECT_EQ(limit.note(200 * kSecondNs), 24U);
  EXPECT_EQ(limit.note(400 * kSecondNs), 0U);
  EXPECT_EQ(limit.note(405 * kSecondNs), 0U) << "the pause is short again";
}

// --- the engine's lines ---

/// Returns: whether the log has what matches these, one behind the other.
testing::AssertionResult has_in_order(const std::string& text, const std::vector<std::string>& patterns) {
  auto rest = text.begin();
  for (const std::string& each : patterns) {
    std::smatch found;
    if (!std::regex_search(rest, text.end(), found, std::regex(each)))
      return testing::AssertionFailure() << each << "\nis not in what follows in\n" << text;
    rest = found[0].second;
  }
  return testing::AssertionSuccess();
}

class EngineLog : public test::EngineTest {
 protected:
  void log_driver(const configuration::Configuration& configuration = test::impatient()) {
    std::string problem;
    driver.emplace(configuration, 1, device);
    driver->context.event_log->log_to(event_log::LogFile::start(
        [paper = paper](std::string_view more) { return paper->write(more); }, 4711, problem));
  }
  std::string log() {
    driver->context.event_log->log_to(nullptr)->end();
    return paper->read();
  }

  const std::shared_ptr<Paper> paper = std::make_shared<Paper>();
};

TEST_F(EngineLog, A_loss_and_a_return_stand_in_it_with_why_and_how_long) {
  device->lost_after = 5;
  log_driver();
  ASSERT_EQ(driver->open(client), core::Error::none);
  device->does_not_open = true;
  write(400);
  ASSERT_TRUE(eventually([&] { return device->refusals >= 1; }));
  device->lost_after = 0;
  device->does_not_open = false;
  ASSERT_TRUE(is_in_use("faulty"));
  ASSERT_TRUE(completes());
  ASSERT_EQ(driver->close(client), core::Error::none);
  const std::string text = log();
  EXPECT_TRUE(has_in_order(
      text,
      {"device \"faulty\" opened for output, asked for as \"faulty\": 48000 Hz, 2 channels, s16, periods "
       "of 480 frames, latency 480 frames [(]10 ms[)]; the first stream asked for 48000 Hz",
       "stream 0 opened for output, 48000 Hz, 2 channels, s16",
       "device \"faulty\": its audio thread has a priority, in words",
       "device \"faulty\" has started, [0-9.]+ s after it was needed",
       "device \"clocked\" opened for output, in place of \"faulty\": 48000 Hz",
       "device \"faulty\" was lost: the clocked device takes over",
       "device \"faulty\" was tried again: faulty does not open", "device \"faulty\" is back",
       "device \"faulty\" was away for [0-9]+[.][0-9]{3} s; it came back at attempt [0-9]",
       "stream 0 closed: 400 blocks, 400 messages, 0 undelivered"}));
  for (const char* early : {"attempt 0", "attempt 1"}) EXPECT_THAT(text, Not(HasSubstr(early)));
}

TEST_F(EngineLog, A_resting_device_whose_server_does_not_answer_is_replaced_for_that_reason) {
  device->pause_ms = 60'000;
  device->nap_us = 10'000;
  device->answer = hal::ServerAnswer::silent;
  log_driver();
  ASSERT_EQ(driver->open(client), core::Error::none);
  write(100);
  ASSERT_TRUE(is_notified_of(6));
  fall_silent();
  EXPECT_TRUE(completes());
  EXPECT_THAT(event_log(), HasSubstr("has stopped calling"));
  EXPECT_TRUE(
      has_in_order(log(), {"\"faulty\": no callback for [0-9.]+ s; [0-9.]+ s would be normal, and its "
                           "server does not answer"}));
}

TEST_F(EngineLog, A_refused_stream_is_logged_with_the_reason_and_takes_no_slot) {
  std::deque<Client> clients;
  configuration::Configuration configuration;
  configuration.fallback = configuration::Fallback::none;
  log_driver(configuration);
  device->does_not_open = true;
  ASSERT_EQ(driver->open(client), core::Error::no_device);
  device->does_not_open = false;
  device->throws = true;
  ASSERT_EQ(driver->open(client), core::Error::no_memory);
  device->throws = false;
  core::Error answer = core::Error::none;
  while (answer == core::Error::none && clients.size() <= core::kSlots)
    answer = driver->open(clients.emplace_back());
  EXPECT_EQ(answer, core::Error::all_slots_used);
  EXPECT_EQ(client.opened, 0U);
  EXPECT_EQ(clients.size(), core::kSlots + 1);
  const std::string text = log();
  driver.reset();  // before its clients
  EXPECT_TRUE(has_in_order(
      text,
      {"faulty does not open", "a stream for output, 48000 Hz, 2 channels, s16 was refused: no device opens",
       "was refused: no memory or no thread for it", "was refused: the maximum number of streams is open"}));
}

}  // namespace
}  // namespace refwave::engine
