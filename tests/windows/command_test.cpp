// refwave.exe as a child process.
#include <gmock/gmock.h>
#include <windows.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr DWORD kPatienceMs = 60'000;

struct Outcome {
  DWORD status = ~DWORD{0};
  std::string out;
  std::string err;
};

/// One of a child's outputs.
struct Pipe {
  Pipe() {
    SECURITY_ATTRIBUTES inheritable{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    CreatePipe(&read_end, &write_end, &inheritable, 0);
    SetHandleInformation(read_end, HANDLE_FLAG_INHERIT, 0);
  }
  /// Returns: all that the child writes, with Unix' line ends.
  std::string read() const {
    std::string text;
    char buffer[4096];
    DWORD bytes = 0;
    while (ReadFile(read_end, buffer, sizeof(buffer), &bytes, nullptr) != FALSE && bytes > 0)
      text.append(buffer, bytes);
    std::erase(text, '\r');
    return text;
  }
  HANDLE read_end = nullptr;
  HANDLE write_end = nullptr;
};

/// `in`: standard input.
Outcome run_refwave(const std::wstring& arguments, const fs::path& command = "Z:" REFWAVE_COMMAND,
                    const std::string& in = "") {
  const Pipe input;
  const Pipe out;
  const Pipe err;
  SetHandleInformation(input.read_end, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  SetHandleInformation(input.write_end, HANDLE_FLAG_INHERIT, 0);
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = input.read_end;
  startup.hStdOutput = out.write_end;
  startup.hStdError = err.write_end;
  PROCESS_INFORMATION process{};
  std::wstring line = L"refwave " + arguments;
  SetEnvironmentVariableW(L"REFWAVE_CONFIG", L"");
  EXPECT_NE(CreateProcessW(command.c_str(), line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr,
                           &startup, &process),
            FALSE);
  CloseHandle(input.read_end);
  CloseHandle(out.write_end);
  CloseHandle(err.write_end);
  std::thread writer([&] {
    DWORD written = 0;
    if (!in.empty()) WriteFile(input.write_end, in.data(), static_cast<DWORD>(in.size()), &written, nullptr);
    CloseHandle(input.write_end);
  });
  Outcome outcome;
  std::thread reader([&] { outcome.err = err.read(); });
  outcome.out = out.read();
  reader.join();
  writer.join();
  EXPECT_EQ(WaitForSingleObject(process.hProcess, kPatienceMs), WAIT_OBJECT_0);
  GetExitCodeProcess(process.hProcess, &outcome.status);
  return outcome;
}

std::wstring quoted(const fs::path& path) { return L"\"" + path.wstring() + L"\" "; }

std::string utf8(const fs::path& path) {
  const std::u8string text = path.u8string();
  return {text.begin(), text.end()};
}

std::string noise(std::uint32_t frames) {
  const std::uint32_t bytes = frames * 4;
  std::string wav = "RIFF....WAVEfmt ";
  const auto put = [&wav](auto value) { wav.append(reinterpret_cast<const char*>(&value), sizeof(value)); };
  for (const std::uint32_t value : {16U, 0x0002'0001U, 48'000U, 192'000U, 0x0010'0004U}) put(value);
  wav += "data";
  put(bytes);
  for (std::uint32_t state = 1, i = 0; i < bytes / 2; ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    put(static_cast<std::int16_t>(state >> 16));
  }
  const auto length = static_cast<std::uint32_t>(wav.size() - 8);
  std::copy_n(reinterpret_cast<const char*>(&length), 4, wav.begin() + 4);
  return wav;
}

class Command : public testing::Test {
 protected:
  /// A report of a file is one line, however long the name.
  Command() { SetEnvironmentVariableW(L"COLUMNS", L"300"); }

  fs::path file(const wchar_t* name) const { return folder_.path() / name; }

  TemporaryFolder folder_;
};

TEST_F(Command, Plays_a_file_whose_name_no_code_page_has) {
  const fs::path path = file(L"t\u00F6n \u266A.wav");
  std::ofstream(path, std::ios::binary) << noise(4'800);
  const Outcome outcome = run_refwave(L"play --option device=clocked " + quoted(path));
  EXPECT_EQ(outcome.status, 0U) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("played " + utf8(path) +
                                      ": 0:00.100 of 48000 Hz, 2 channels, s16 on the clocked device"));
}

TEST_F(Command, Captures_what_it_plays_bit_for_bit) {
  const fs::path in = file(L"in.wav");
  const fs::path out = file(L"out.wav");
  const std::string wav = noise(10'007);
  std::ofstream(in, std::ios::binary) << wav;
  const Outcome outcome = run_refwave(
      L"play --option device=clocked --option format=s16 --option channels=2 --rate 48000 --capture " +
      quoted(out) + quoted(in));
  EXPECT_EQ(outcome.status, 0U) << outcome.err;
  EXPECT_THAT(contents_of(out), HasSubstr(wav.substr(44)));
}

TEST_F(Command, Plays_a_pipe_and_reports_an_empty_or_short_one) {
  const std::wstring play_wav = L"play - --option device=clocked --option clock=20";
  const Outcome empty = run_refwave(play_wav);
  EXPECT_EQ(empty.status, 1U);
  EXPECT_THAT(empty.err, StartsWith("refwave: -: nothing arrived"));
  const std::string wav = noise(48'000);
  const Outcome whole = run_refwave(play_wav, "Z:" REFWAVE_COMMAND, wav);
  EXPECT_EQ(whole.status, 0U) << whole.err;
  EXPECT_THAT(whole.out, StartsWith("played -: 0:01.000 of 48000 Hz"));
  const Outcome cut = run_refwave(play_wav, "Z:" REFWAVE_COMMAND, wav.substr(0, wav.size() / 2));
  EXPECT_EQ(cut.status, 1U);
  EXPECT_THAT(cut.err, HasSubstr("s of 1.000 s are missing"));
}

TEST_F(Command, Records_into_a_file_whose_name_no_code_page_has) {
  const fs::path path = file(L"\u266A.wav");
  const Outcome outcome = run_refwave(L"record --option device=clocked --seconds 0.25 " + quoted(path));
  EXPECT_EQ(outcome.status, 0U) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("recorded " + utf8(path) + ": 0:00.250 of 48000 Hz"));
  EXPECT_EQ(contents_of(path).size(), 80U + 12'000 * 4);
}

TEST_F(Command, Watches_a_program_that_it_starts) {
  const std::wstring words = L"watch -- \"Z:" REFWAVE_COMMAND "\" ";
  const Outcome outcome = run_refwave(words + L"latency --device clocked --seconds 1");
  EXPECT_EQ(outcome.status, 0U) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("buffer done on the clocked device"));
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("bare wake"), HasSubstr("plays on \"clocked\", 48000 Hz")));
  const Outcome nothing = run_refwave(L"watch -- cmd /c \"echo one& exit 7\"");
  EXPECT_EQ(nothing.status, 7U);
  EXPECT_EQ(nothing.out, "one\n");
  EXPECT_EQ(run_refwave(L"watch -- none.exe").status, 127U);
}

/// Other faults of this machine do not fail the test.
TEST_F(Command, Says_what_is_right_here) {
  const Outcome outcome = run_refwave(L"doctor --option device=clocked");
  EXPECT_LE(outcome.status, 1U);
  EXPECT_EQ(outcome.status == 1, outcome.out.find("  !!  ") != std::string::npos);
  EXPECT_THAT(outcome.out,
              AllOf(StartsWith("refwave doctor"), HasSubstr("ok  MMCSS, task Pro Audio, is granted"),
                    HasSubstr("plays * clocked"), HasSubstr(" blocks done: p50 ")));
  EXPECT_THAT(outcome.err, Not(HasSubstr("refwave:")));
}

TEST_F(Command, Says_in_one_line_what_is_wrong) {
  const fs::path missing = file(L"\u266A\u266A.wav");
  const Outcome none = run_refwave(L"play " + quoted(missing));
  EXPECT_EQ(none.status, 1U);
  EXPECT_EQ(none.err, "refwave: " + utf8(missing) + ": no such file; check the name\n");
  EXPECT_THAT(none.out, IsEmpty());
  const Outcome wrong = run_refwave(L"play /no-such-option --no-such-option");
  EXPECT_EQ(wrong.status, 2U);
  EXPECT_THAT(wrong.err, StartsWith("refwave: "));
}

/// Only refwave.exe was taken out of the zip.
TEST_F(Command, Alone_says_that_the_rest_of_the_archive_belongs_beside_it) {
  const fs::path alone = file(L"refwave.exe");
  fs::copy_file("Z:" REFWAVE_COMMAND, alone);
  const fs::path wav = file(L"a.wav");
  std::ofstream(wav, std::ios::binary) << noise(480);
  for (const std::wstring& command : {L"play " + quoted(wav), std::wstring(L"devices")}) {
    const Outcome outcome = run_refwave(command, alone);
    EXPECT_EQ(outcome.status, 1U);
    EXPECT_THAT(outcome.err, HasSubstr("unpack refwave's whole archive"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("build")));
  }
}

/// The library's licence demands that another build of it can take its place.
TEST_F(Command, Reads_sound_files_with_the_DLL_that_lies_beside_it) {
  const fs::path there = file(L"refwave.exe");
  const fs::path folder = fs::path("Z:" REFWAVE_COMMAND).parent_path();
  fs::copy_file("Z:" REFWAVE_COMMAND, there);
  fs::copy_file(folder / "refwave.drv", file(L"refwave.drv"));
  const fs::path wav = file(L"a.wav");
  std::ofstream(wav, std::ios::binary) << noise(480);
  const std::wstring play = L"play --option device=clocked " + quoted(wav);
  EXPECT_THAT(run_refwave(play, there).err, HasSubstr("sndfile.dll"));
  fs::copy_file(folder / "sndfile.dll", file(L"sndfile.dll"));
  const Outcome outcome = run_refwave(play, there);
  EXPECT_EQ(outcome.status, 0U) << outcome.err;
}

/// Two seconds of silent frames: MPEG-1, layer III, 128 kbit/s, 44.1 kHz.
std::string silent_mp3() {
  std::string frames;
  for (int i = 0; i < 80; ++i) frames += std::string("\xFF\xFB\x90\x00", 4) + std::string(413, '\0');
  return frames;
}

TEST_F(Command, Plays_FLAC_and_Ogg_that_it_recorded_and_MP3) {
  const fs::path mp3 = file(L"a.mp3");
  std::ofstream(mp3, std::ios::binary) << silent_mp3();
  for (const wchar_t* name : {L"a.flac", L"a.ogg", L"a.mp3"}) {
    const std::wstring path = quoted(file(name));
    if (file(name) != mp3) {
      const Outcome recorded = run_refwave(L"record --option device=clocked --seconds 0.2 " + path);
      EXPECT_EQ(recorded.status, 0U) << recorded.err;
    }
    const Outcome played = run_refwave(L"play --option device=clocked --option clock=100 " + path);
    EXPECT_EQ(played.status, 0U) << played.err;
  }
}

}  // namespace
}  // namespace refwave::test
