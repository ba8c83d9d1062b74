// refwave.exe as a child process.
#include <gmock/gmock.h>
#include <windows.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/child_process.h"
#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

struct Outcome {
  int status;
  std::string out;
  std::string err;
};

std::string utf8(const fs::path& path) {
  const std::u8string text = path.u8string();
  return {text.begin(), text.end()};
}

/// Returns: a tenth of a second of noise as a WAV file: 16 bits, stereo, 48 kHz.
std::string noise() {
  constexpr std::uint32_t kBytes = 4'800 * 4;
  const std::uint32_t header[] = {0x4646'4952, 36 + kBytes, 0x4556'4157, 0x2074'6D66, 16,    0x0002'0001,
                                  48'000,      192'000,     0x0010'0004, 0x6174'6164, kBytes};
  std::string wav(reinterpret_cast<const char*>(header), sizeof header);
  for (std::uint32_t state = 1, i = 0; i < kBytes; ++i)
    wav += static_cast<char>((state = state * 1'664'525 + 1'013'904'223) >> 24);
  return wav;
}

const fs::path kCommand = "Z:" REFWAVE_COMMAND;

class Command : public testing::Test {
 protected:
  Command() {
    SetEnvironmentVariableW(L"COLUMNS", L"300");  // a report of a file is one line, however long the name
    SetEnvironmentVariableW(L"REFWAVE_CONFIG", L"");
  }

  fs::path file(const std::wstring& name, const std::string& bytes = {}) const {
    const fs::path path = folder_.path() / name;
    if (!bytes.empty()) std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  /// Returns: how it ended, and its output with Unix' line ends. `arguments`: of refwave, or of `program`.
  /// `input`: what it reads.
  Outcome run(std::vector<std::string> arguments, const fs::path& program = kCommand,
              const fs::path& input = {}) {
    arguments.insert(arguments.begin(), utf8(program));
    const fs::path out = file(L"out" + std::to_wstring(++runs_));
    const fs::path err = file(L"err" + std::to_wstring(runs_));
    ChildProcess child(arguments, {}, {out, err, input});
    EXPECT_TRUE(eventually([&] { return !child.running(); }, std::chrono::seconds(60))) << arguments[1];
    Outcome outcome{child.end(), contents_of(out), contents_of(err)};
    for (std::string* text : {&outcome.out, &outcome.err}) std::erase(*text, '\r');
    return outcome;
  }
  Outcome play(const fs::path& sound, const fs::path& program = kCommand) {
    return run({"play", "--option", "device=clocked", "--option", "clock=20", utf8(sound)}, program);
  }

  TemporaryFolder folder_;
  int runs_ = 0;
};

TEST_F(Command, Plays_a_file_whose_name_no_code_page_has_and_captures_it_bit_for_bit) {
  const std::string wav = noise();
  const fs::path path = file(L"t\u00F6n \u266A.wav", wav);
  const fs::path captured = file(L"\u266A out.wav");
  const Outcome outcome = run({"play", "--option", "device=clocked", "--option", "format=s16", "--option",
                               "channels=2", "--rate", "48000", "--capture", utf8(captured), utf8(path)});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("played " + utf8(path) +
                                      ": 0:00.100 of 48000 Hz, 2 channels, s16 on the clocked device"));
  EXPECT_THAT(contents_of(captured), HasSubstr(wav.substr(44)));
}

TEST_F(Command, Plays_a_pipe_and_reports_an_empty_or_short_one) {
  const auto play_pipe = [&](const std::string& bytes) {
    const fs::path path = L"\\\\.\\pipe\\refwave-test-" + std::to_wstring(GetCurrentProcessId());
    const HANDLE pipe =
        CreateNamedPipeW(path.c_str(), PIPE_ACCESS_OUTBOUND, PIPE_TYPE_BYTE, 1, 65'536, 0, 0, nullptr);
    std::thread writer([&] {
      DWORD written = 0;
      ConnectNamedPipe(pipe, nullptr);
      WriteFile(pipe, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr);
      CloseHandle(pipe);
    });
    const Outcome outcome =
        run({"play", "-", "--option", "device=clocked", "--option", "clock=20"}, kCommand, path);
    writer.join();
    return outcome;
  };
  const std::string wav = noise();
  const Outcome empty = play_pipe("");
  EXPECT_EQ(empty.status, 1);
  EXPECT_THAT(empty.err, StartsWith("refwave: -: nothing arrived"));
  const Outcome whole = play_pipe(wav);
  EXPECT_EQ(whole.status, 0) << whole.err;
  EXPECT_THAT(whole.out, StartsWith("played -: 0:00.100 of 48000 Hz"));
  const Outcome cut = play_pipe(wav.substr(0, wav.size() / 2));
  EXPECT_EQ(cut.status, 1);
  EXPECT_THAT(cut.err, HasSubstr("s of 0.100 s are missing"));
}

TEST_F(Command, Watches_a_program_that_it_starts) {
  const Outcome outcome =
      run({"watch", "--", utf8(kCommand), "latency", "--device", "clocked", "--seconds", "1"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("buffer done on the clocked device"));
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("bare wake"), HasSubstr("plays on \"clocked\", 48000 Hz")));
  const Outcome nothing = run({"watch", "--", "cmd", "/c", "echo one& exit 7"});
  EXPECT_EQ(nothing.status, 7);
  EXPECT_EQ(nothing.out, "one\n");
  EXPECT_EQ(run({"watch", "--", "none.exe"}).status, 127);
}

/// Other faults of this machine do not fail the test.
TEST_F(Command, Says_what_is_right_here) {
  const Outcome outcome = run({"doctor", "--option", "device=clocked"});
  EXPECT_LE(outcome.status, 1);
  EXPECT_EQ(outcome.status == 1, outcome.out.find("  !!  ") != std::string::npos);
  EXPECT_THAT(outcome.out,
              AllOf(StartsWith("refwave doctor"), HasSubstr("ok  MMCSS, task Pro Audio, is granted"),
                    HasSubstr("plays * clocked"), HasSubstr(" blocks done: p50 ")));
  EXPECT_THAT(outcome.err, Not(HasSubstr("refwave:")));
}

TEST_F(Command, Says_in_one_line_what_is_wrong) {
  const fs::path missing = file(L"\u266A\u266A.wav");
  const Outcome none = play(missing);
  EXPECT_EQ(none.status, 1);
  EXPECT_EQ(none.err, "refwave: " + utf8(missing) + ": no such file; check the name\n");
  EXPECT_THAT(none.out, IsEmpty());
  EXPECT_EQ(run({"play", "/no-such-option", "--no-such-option"}).status, 2);
}

/// The library's licence demands that another build of its DLL can take its place.
TEST_F(Command, Alone_says_what_of_the_archive_belongs_beside_it) {
  const fs::path alone = file(L"refwave.exe");
  const fs::path wav = file(L"a.wav", noise());
  fs::copy_file(kCommand, alone);
  for (const Outcome& outcome : {play(wav, alone), run({"devices"}, alone)}) {
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("unpack refwave's whole archive"), Not(HasSubstr("build"))));
  }
  fs::copy_file(kCommand.parent_path() / "refwave.drv", file(L"refwave.drv"));
  EXPECT_THAT(play(wav, alone).err, HasSubstr("sndfile.dll"));
  fs::copy_file(file(L"refwave.drv"), file(L"sndfile.dll"));
  EXPECT_THAT(play(wav, alone).err, HasSubstr("sndfile.dll has no sf_close; put refwave's own"));
  fs::copy_file(kCommand.parent_path() / "sndfile.dll", file(L"sndfile.dll"),
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(play(wav, alone).status, 0);
}

/// Two seconds of silent frames: MPEG-1, layer III, 128 kbit/s, 44.1 kHz.
std::string silent_mp3() {
  std::string frames;
  for (int i = 0; i < 80; ++i) frames += std::string("\xFF\xFB\x90\x00", 4) + std::string(413, '\0');
  return frames;
}

TEST_F(Command, Plays_FLAC_and_Ogg_that_it_recorded_and_MP3) {
  const fs::path mp3 = file(L"a.mp3", silent_mp3());
  for (const fs::path& path : {file(L"a.flac"), file(L"a.ogg"), mp3}) {
    if (path != mp3) {
      const Outcome recorded = run({"record", "--option", "device=clocked", "--seconds", "0.2", utf8(path)});
      EXPECT_EQ(recorded.status, 0) << recorded.err;
    }
    const Outcome played = play(path);
    EXPECT_EQ(played.status, 0) << played.err;
  }
}

}  // namespace
}  // namespace refwave::test
