// Where a record cannot be had, and records that are not a living process's.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

#include "bench/watch/reader.h"
#include "driver/control/driver.h"
#include "driver/watch/folder_linux.h"
#include "driver/watch/place.h"
#include "tests/stream/assembled_driver.h"
#include "tests/support/child_process.h"
#include "tests/support/shell.h"
#include "tests/watch/runtime_folder.h"

namespace {
std::atomic<bool> folder_hangs{false};
}

/// As the system's, but while the folder hangs.
extern "C" __attribute__((visibility("default"))) ssize_t pwrite(int file, const void* bytes, size_t count,
                                                                 off_t at) {
  folder_hangs.wait(true);
  return ::syscall(SYS_pwrite64, file, bytes, count, at);
}

namespace refwave::watch {
namespace {

namespace fs = std::filesystem;

using test::eventually;
using test::RuntimeFolder;
using test::TemporaryFolder;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using watching::Process;
using watching::processes;

std::vector<Process> all() { return processes(); }

std::string write(Place& place) {
  const Record record;
  return place.write(0, std::as_bytes(std::span(&record, 1)));
}

TEST(Place, That_cannot_be_had_has_a_reason) {
  const auto reason_in = [](const char* home) {
    home != nullptr ? ::setenv("XDG_RUNTIME_DIR", home, 1) : ::unsetenv("XDG_RUNTIME_DIR");
    std::string reason;
    EXPECT_FALSE(make_place(reason));
    return reason;
  };
  EXPECT_THAT(reason_in(nullptr), HasSubstr("XDG_RUNTIME_DIR names no folder"));
  EXPECT_THAT(reason_in(""), HasSubstr("XDG_RUNTIME_DIR names no folder"));
  EXPECT_THAT(reason_in("/no/such/folder"), HasSubstr("/no/such/folder/refwave: No such file or directory"));
  // Not even root may write there.
  EXPECT_THAT(reason_in("/proc/self"), HasSubstr("/proc/self/refwave: "));
  const TemporaryFolder folder;
  const fs::path records = folder / "refwave";
  fs::create_directory(records);
  fs::permissions(records, fs::perms::all);
  EXPECT_THAT(reason_in(folder.path().c_str()), HasSubstr("refwave is open to other users"));
  fs::remove_all(records);
  std::ofstream(records) << "a file";
  EXPECT_THAT(reason_in(folder.path().c_str()), HasSubstr("Not a directory"));
}

TEST(Place, Is_not_missed_where_there_is_no_room) {
  const RuntimeFolder folder;
  const std::string log = (folder.records().parent_path() / "a.log").string();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit little{.rlim_cur = 4'096, .rlim_max = before.rlim_max};  // less than a record
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
  control::Driver driver;
  driver.configure(std::string(test::kClocked) + "; log = \"" + log + "\"");
  test::Client client;
  EXPECT_EQ(open(driver, client), core::Error::none);
  EXPECT_TRUE(
      eventually([&] { return test::contents_of(log).find("watch: no record: ") != std::string::npos; }));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(write(driver, client), core::Error::none);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(driver.end());
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_THAT(test::contents_of(log), HasSubstr(": No space left on device"));
  EXPECT_TRUE(fs::is_empty(folder.records()));
}

TEST(Place, That_hangs_delays_no_header_and_the_end_no_longer_than_it_may) {
  const RuntimeFolder folder;
  folder_hangs = true;
  test::Client client;
  control::Driver driver;
  driver.configure(test::kClocked);
  ASSERT_EQ(open(driver, client), core::Error::none);
  ASSERT_TRUE(eventually([&] { return fs::exists(folder.records() / own_record_name()); }));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(write(driver, client), core::Error::none);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_EQ(close(driver, client), core::Error::none);
  EXPECT_FALSE(driver.end(hal::Patience(std::chrono::milliseconds(100)))) << "its thread is abandoned";
  folder_hangs = false;
  folder_hangs.notify_all();
  EXPECT_TRUE(eventually([&] { return fs::is_empty(folder.records()); })) << "as soon as it can";
}

TEST(Place, Is_for_this_user_alone) {
  const RuntimeFolder folder;
  std::string reason;
  const fs::path file = folder.records() / own_record_name();
  make_place(reason);
  std::ofstream(file).flush();  // a process of this number was killed before it had written anything
  const auto place = make_place(reason);
  ASSERT_TRUE(place) << reason;
  EXPECT_EQ(fs::status(folder.records()).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_FALSE(make_place(reason)) << "one a process";
  EXPECT_THAT(reason, HasSubstr("another driver of this process has it"));
}

TEST(Place, Leaves_no_file_and_no_descriptor_after_a_hundred_lives) {
  const RuntimeFolder folder;
  const auto open_files = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = open_files();
  std::string reason;
  for (int life = 0; life < 100; ++life) {
    const auto place = make_place(reason);
    ASSERT_TRUE(place) << reason;
    EXPECT_THAT(all(), IsEmpty()) << "nothing is written";
    EXPECT_THAT(write(*place), IsEmpty());
    EXPECT_THAT(all(), SizeIs(1));
  }
  EXPECT_TRUE(fs::is_empty(folder.records()));
  EXPECT_EQ(open_files(), before);
}

TEST(Place, Of_a_driver_that_has_ended_has_its_last_gap_for_one_who_has_it_open) {
  const RuntimeFolder folder;
  test::Client client;
  control::Driver driver;
  driver.configure("output = clocked; clock = 0");
  ASSERT_EQ(open(driver, client), core::Error::none);
  std::vector<Process> found;
  ASSERT_TRUE(eventually([&] { return !(found = all()).empty() && found[0].streams.size() == 1; }));
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(write(driver, client), core::Error::none);
    driver.step(2);
  }
  EXPECT_TRUE(driver.end());
  EXPECT_THAT(all(), IsEmpty());
  Process last = watching::read_record(found[0].number, found[0].read);
  EXPECT_EQ(last.problem, "");
  EXPECT_FALSE(last.has_open_device());
  std::erase_if(last.gaps, [](const core::Gap& gap) { return gap.kind != core::Gap::Kind::stream; });
  EXPECT_THAT(last.gaps, SizeIs(1));
}

TEST(Place, Is_not_given_to_a_program_with_more_rights_than_its_user) {
  const RuntimeFolder folder;
  const TemporaryFolder programs;
  struct statvfs system {};
  ASSERT_EQ(::statvfs(programs.path().c_str(), &system), 0);
  if (::geteuid() != 0 || (system.f_flag & ST_NOSUID) != 0)
    GTEST_SKIP() << "making such a program needs root, and a file system that allows it";
  EXPECT_EQ(test::text_of(REFWAVE_PLACE), "a record");
  const fs::path program = programs / "place";
  fs::copy_file(REFWAVE_PLACE, program);
  ASSERT_EQ(::chown(program.c_str(), 65'534, 65'534), 0);
  ASSERT_EQ(::chmod(program.c_str(), 04755), 0);
  fs::permissions(programs.path(), fs::perms::all);
  EXPECT_THAT(test::text_of(program.string()), HasSubstr("more rights than its user"));
}

TEST(Place, Of_a_process_that_was_killed_is_swept_by_the_next_reader_and_by_the_next_writer) {
  for (const bool by_a_reader : {true, false}) {
    const RuntimeFolder folder;
    const TemporaryFolder output;
    test::ChildProcess program({REFWAVE_COMMAND, "latency", "--device", "clocked", "--seconds", "60"}, {},
                               output / "log");
    std::vector<Process> found;
    ASSERT_TRUE(eventually([&] { return !(found = all()).empty() && !found.front().streams.empty(); }));
    EXPECT_THAT(found, SizeIs(1));
    EXPECT_STREQ(found.front().head.program, "refwave");
    EXPECT_EQ(found.front().head.process, found.front().number);
    program.end(SIGKILL);
    EXPECT_FALSE(fs::is_empty(folder.records()));
    std::string reason;
    if (by_a_reader) {
      EXPECT_THAT(all(), IsEmpty());
    } else {
      EXPECT_TRUE(make_place(reason)) << reason;
    }
    EXPECT_TRUE(fs::is_empty(folder.records()));
  }
}

/// A record that a living process has locked, with whatever is in it.
class Locked {
 public:
  explicit Locked(const fs::path& path) : file_(::open(path.c_str(), O_RDWR | O_CREAT, 0600)) {
    EXPECT_EQ(::flock(file_, LOCK_EX), 0);
  }
  ~Locked() { ::close(file_); }
  int operator*() const { return file_; }

 private:
  int file_;
};

TEST(Place, With_rubbish_in_it_is_refused_by_a_reader) {
  const RuntimeFolder folder;
  fs::create_directory(folder.records());
  fs::permissions(folder.records(), fs::perms::owner_all);
  const std::string here = "-" + pid_namespace();
  const Locked rubbish(folder.records() / ("11" + here));
  ASSERT_EQ(::write(*rubbish, "rubbish", 7), 7);
  const Locked large(folder.records() / ("12" + here));
  ASSERT_EQ(::ftruncate(*large, std::int64_t{1} << 40), 0);
  ASSERT_EQ(::mkfifo((folder.records() / "13").c_str(), 0600), 0);
  fs::create_symlink("11" + here, folder.records() / ("14" + here));
  fs::create_directory(folder.records() / "15");
  std::ofstream(folder.records() / "notes") << "not a process";
  const Locked cut(folder.records() / ("16" + here));
  Record record;
  ASSERT_EQ(::write(*cut, &record, sizeof record), static_cast<ssize_t>(sizeof record));
  ASSERT_EQ(::ftruncate(*cut, 1'000), 0);
  std::vector<std::uint32_t> numbers;
  for (const Process& process : all()) {
    numbers.push_back(process.number);
    EXPECT_NE(process.problem, "") << process.number;
  }
  EXPECT_THAT(numbers, testing::ElementsAre(11, 12, 13, 15, 16));
  EXPECT_TRUE(fs::exists(folder.records() / "notes"));
}

TEST(Place, Of_another_user_is_refused_by_a_reader) {
  if (::geteuid() != 0) GTEST_SKIP() << "giving a file to somebody needs root";
  const RuntimeFolder folder;
  fs::create_directory(folder.records());
  fs::permissions(folder.records(), fs::perms::owner_all);
  const Locked other(folder.records() / "11");
  ASSERT_EQ(::write(*other, "x", 1), 1);
  ASSERT_EQ(::fchown(*other, 65'534, 65'534), 0);
  ASSERT_THAT(all(), SizeIs(1));
  EXPECT_THAT(all().front().problem, HasSubstr("another user's"));
}

/// As a program does that becomes a daemon, or starts another.
TEST(Place, Whose_descriptor_the_program_has_closed_writes_into_no_file_of_its_own) {
  const RuntimeFolder folder;
  std::string reason;
  auto place = make_place(reason);
  ASSERT_TRUE(place) << reason;
  const fs::path record = folder.records() / own_record_name();
  const auto number_of_record = [&] {
    for (const auto& one : fs::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      if (fs::equivalent(one, record, gone)) return std::stoi(one.path().filename().string());
    }
    return -1;
  };
  const int number = number_of_record();
  ASSERT_GE(number, 0);
  const fs::path own = folder.records().parent_path() / "own";
  const int file = ::open(own.c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_EQ(::dup2(file, number), number);
  EXPECT_THAT(write(*place), HasSubstr("has closed it"));
  EXPECT_EQ(fs::file_size(own), 0U);
  place.reset();
  EXPECT_EQ(::write(number, "x", 1), 1) << "it is the program's";
  EXPECT_FALSE(fs::exists(record));
  ::close(number);
  ::close(file);
}

}  // namespace
}  // namespace refwave::watch
