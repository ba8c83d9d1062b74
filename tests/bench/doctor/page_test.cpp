// The doctor's page for made-up machines. A good machine has no wrong line; each fault has its line and its
// advice. A report leaves out the user's name and home folder.
#include "bench/doctor/page/page.h"

#include <gmock/gmock.h>

#include <functional>
#include <vector>

namespace refwave::test {
namespace {

using namespace doctor;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

Device card(bool is_input) {
  return {{"ALSA/card", "ALSA", is_input, 1, 2, 48'000, REFWAVE_RATE_44100 | REFWAVE_RATE_48000, ""}, true};
}

/// A card of eight channels that takes no rate, and is not configured.
Device without_rates(const char* name) {
  Device device{{"", "ALSA", 0, 0, 8, 0, 0, ""}, false};
  std::ranges::copy(std::string_view(name), device.listed.szName);
  return device;
}

SelfTest of_blocks(std::uint64_t count) {
  SelfTest test;
  test.device = "\"ALSA/card\"";
  test.seconds = 1;
  test.block_ns = 10'000'000;
  test.done.record(30'000, count - 1);
  test.done.record(120'000);
  return test;
}

/// Returns: a made-up machine without a fault. A test adds one.
Facts good_linux() {
  Facts facts;
  facts.system = System::linux_like;
  facts.version = "1.2.3";
  facts.began = "2026-11-20 15:04:05 UTC";
  facts.machine = "Linux 6.1.0-13-amd64";
  facts.processor = "AMD Ryzen 7";
  facts.drivers.found = {{"/h/ann/.config/refwave/system.ini:2: wave", "/opt/refwave/refwave.drv", "", true}};
  facts.drivers.beside = "/opt/refwave/refwave.drv";
  facts.drivers.outputs = facts.drivers.inputs = 1;
  facts.configured.file = "/h/ann/.config/refwave/refwave.toml";
  facts.configured.file_exists = true;
  facts.configured.settings = {{"period", "240", "refwave.toml"}};
  facts.devices.list = {card(false), card(true)};
  facts.rights = {true, "SCHED_FIFO", "95", "rtkit lends priority 20"};
  facts.pace.lateness_ns = 58'000;
  facts.pace.busy = 0.04;
  facts.pace.processors = 8;
  facts.self_test = of_blocks(100);
  return facts;
}

Facts good_windows() {
  Facts facts = good_linux();
  facts.system = System::windows;
  facts.machine = "Windows 10 Pro, build 19045";
  facts.drivers.found = {{"64-bit wave", "wdmaud.drv", "", false}, {"64-bit wave1", "refwave.drv", "", true}};
  facts.drivers.outputs.reset();
  facts.drivers.inputs.reset();
  facts.rights = {true, "MMCSS, task Pro Audio", "", ""};
  return facts;
}

using Spoil = std::function<void(Facts&)>;

/// Returns: the page of a good machine with one fault.
std::string page_after(Facts facts, const Spoil& spoil) {
  spoil(facts);
  const Page page = judge(facts);
  EXPECT_EQ(page.wrongs(), 1U) << as_text(page);
  return as_text(page);
}

TEST(GoodMachine, Is_all_right_and_needs_no_advice) {
  for (const Facts& facts : {good_linux(), good_windows()}) {
    const Page page = judge(facts);
    EXPECT_EQ(page.wrongs(), 0U);
    EXPECT_THAT(as_text(page),
                AllOf(EndsWith("\nAll is right.\n"), Not(HasSubstr("!!")), Not(HasSubstr("->"))));
  }
}

TEST(GoodMachine, Is_described_with_its_figures) {
  const std::string text = as_text(judge(good_linux()));
  for (const char* part :
       {"wave outputs that programs find: 1; inputs: 1", "period = 240  (refwave.toml)",
        "plays * ALSA/card: 2 channels, takes 44100 48000", "SCHED_FIFO is granted; RTPRIO limit 95",
        "rtkit lends priority 20", "busy: 4% of 8 processors",
        "100 blocks done: p50 30.0 µs, p99 30.0 µs, max 120 µs"})
    EXPECT_THAT(text, HasSubstr(part));
}

void leave_the_clock_alone(Facts& facts) {
  facts.devices.list = {{{"clocked", "clocked", 0, 1, 2, 48'000, REFWAVE_RATE_48000, ""}, false}};
}

void refuse_realtime(Facts& facts) {
  facts.rights.gets_realtime = false;
  if (!facts.rights.rtprio_limit.empty()) facts.rights.rtprio_limit = "0";
}

/// A fault, and its texts on the page: what is wrong, and the advice.
struct Fault {
  Spoil spoil;
  std::vector<const char*> texts;
};

const std::vector<Fault> kFaults = {
    {[](Facts& facts) {
       leave_the_clock_alone(facts);
       facts.devices.warnings = {{"PortAudio has no default device", ""}};
     },
     {"!!  PortAudio has no default device", "-> start a sound server"}},
    // Drivers, and the configuration.
    {[](Facts& facts) {
       facts.drivers.found.push_back({"/etc/system.ini:3: wave1", "", "there is no file 'x.drv'"});
     },
     {"!!  /etc/system.ini:3: wave1: there is no file 'x.drv'",
      "-> correct or remove the entry at /etc/system.ini:3: wave1"}},
    {[](Facts& facts) {
       facts.drivers.found.clear();
       facts.drivers.why_none = "system.ini: cannot be read";
     },
     {"!!  no wave driver is registered: system.ini: cannot be read", "under [drivers32]"}},
    {[](Facts& facts) { facts.drivers.outputs = facts.drivers.inputs = 0; },
     {"see that `output` and `input` name devices"}},
    {[](Facts& facts) { facts.configured.warnings = {"refwave.toml:1: no key 'perod'"}; },
     {"!!  refwave.toml:1: no key 'perod'", "`refwave config` lists"}},
    // Devices.
    {leave_the_clock_alone, {"start a sound server"}},
    {[](Facts& facts) { facts.devices.missing = {"headset (output)"}; },
     {"configured, but not found: headset (output)", "`refwave devices`"}},
    {[](Facts& facts) { facts.devices.failure = "refwave.drv: no such driver"; },
     {"reinstall refwave", "not made, because"}},
    // The machine.
    {refuse_realtime, {"SCHED_FIFO is refused; RTPRIO limit 0", "@audio - rtprio 95"}},
    {[](Facts& facts) { facts.pace.lateness_ns = 4'000'000; }, {"cpupower frequency-set"}},
    {[](Facts& facts) { facts.pace.busy = 0.97; }, {"busy: 97% of 8 processors"}},
    // The self-test.
    {[](Facts& facts) { facts.self_test.done.record(11'000'000, 9); }, {"notifier_priority"}},
    {[](Facts& facts) { facts.self_test.counters.ullUnderruns = 1; }, {"1 underrun, 0 xruns of the device"}},
    {[](Facts& facts) { facts.self_test.counters.ullXruns = 2; }, {"larger `latency_ms`"}},
    {[](Facts& facts) { facts.self_test.counters.ullDeviceLosses = 1; }, {"the device was lost meanwhile"}},
    {[](Facts& facts) { facts.self_test.failure = "no device could be opened"; }, {"`refwave play FILE`"}},
};

const std::vector<Fault> kFaultsOfWindows = {
    {[](Facts& facts) { facts.drivers.to_repair = {"C:\\windows\\system32\\refwave.drv is missing"}; },
     {"refwave.drv is missing", "`refwave repair`"}},
    {leave_the_clock_alone, {"Windows Audio"}},
    {refuse_realtime, {"Multimedia Class Scheduler"}},
    {[](Facts& facts) { facts.pace.lateness_ns = 4'000'000; }, {"High performance"}},
};

TEST(Fault, Has_its_line_and_its_advice) {
  for (const auto& [machine, faults] :
       {std::pair{good_linux(), kFaults}, std::pair{good_windows(), kFaultsOfWindows}}) {
    for (const Fault& fault : faults) {
      for (const char* text : fault.texts) EXPECT_THAT(page_after(machine, fault.spoil), HasSubstr(text));
    }
  }
}

TEST(Drivers, Need_not_be_installed_on_Windows) {
  Facts facts = good_windows();
  for (const std::size_t others : {1U, 0U}) {
    facts.drivers.found.resize(others);
    const Page page = judge(facts);
    EXPECT_EQ(page.wrongs(), 0U);
    EXPECT_THAT(as_text(page), HasSubstr("`refwave install --program FOLDER`"));
  }
}

TEST(Devices, That_take_no_rate_matter_where_they_are_configured) {
  Facts facts = good_linux();
  facts.devices.list.push_back(without_rates("ALSA/hdmi"));
  EXPECT_EQ(judge(facts).wrongs(), 0U);
  EXPECT_THAT(
      page_after(facts, [](Facts& spoilt) { spoilt.devices.list.back().is_configured = true; }),
      AllOf(HasSubstr("ALSA/hdmi: 8 channels, takes none of the usual rates"), HasSubstr("fuser -v")));
}

const Person kAnn{"/h/ann", "ann"};

TEST(Discretion, Writes_the_home_folder_as_a_tilde_and_leaves_out_the_name_where_it_is_a_word) {
  EXPECT_EQ(discreet("wave=\"/h/ann/refwave.drv\"", kAnn), "wave=\"~/refwave.drv\"");
  EXPECT_EQ(discreet("C:\\Users\\ann\\x.drv", {"C:\\Users\\ann", "ann"}), "~\\x.drv");
  EXPECT_EQ(discreet("/media/ann/disk, ann's", kAnn), "/media/<user>/disk, <user>'s");
  EXPECT_EQ(discreet("/h/anna/x: channel, annex", kAnn), "/h/anna/x: channel, annex");
  EXPECT_EQ(discreet("nothing", {"", ""}), "nothing");
  EXPECT_EQ(discreet("as root, in /r/root/x.drv", {"/r/root", "root"}), "as root, in ~/x.drv");
}

TEST(Discretion, Reaches_every_line_of_a_report) {
  const Page page{"t", {{"s", {{Line::Kind::wrong, "/h/ann/a.drv", "see /h/ann/b.drv"}}}}};
  Facts facts = good_linux();
  facts.configured.in_effect.log = "/h/ann/log";
  EXPECT_THAT(as_report(page, facts, kAnn), AllOf(HasSubstr("!!  ~/a.drv\n"), HasSubstr("-> see ~/b.drv\n"),
                                                  HasSubstr("\nlog = \"~/log\"\n"), Not(HasSubstr("ann/"))));
}

}  // namespace
}  // namespace refwave::test
