#include "tests/bench/doctor/made_up_machine.h"

namespace refwave::test {

using namespace doctor;

namespace {

Device card(bool is_input) {
  Device device;
  device.name = is_input ? "ALSA/mic" : "ALSA/card";
  device.is_input = is_input;
  device.is_default = device.is_configured = true;
  device.channels = 2;
  device.rates = {44'100, 48'000};
  return device;
}

SelfTest punctual() {
  SelfTest test;
  test.device = "\"ALSA/card\"";
  test.seconds = 1;
  test.block_ns = 10'000'000;
  test.count = 100;
  test.p50_ns = 30'000;
  test.p99_ns = 90'000;
  test.p999_ns = test.max_ns = 120'000;
  return test;
}

}  // namespace

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
  facts.rights = {true, "SCHED_FIFO", 95, Rtkit{"", 20, -15, 200'000, false}};
  facts.pace.lateness_ns = 58'000;
  facts.pace.busy = 0.04;
  facts.pace.processors = 8;
  facts.self_test = punctual();
  return facts;
}

Facts good_windows() {
  Facts facts = good_linux();
  facts.system = System::windows;
  facts.machine = "Windows 10 Pro, build 19045";
  facts.drivers.found = {{"64-bit wave", "wdmaud.drv", "", false}, {"64-bit wave1", "refwave.drv", "", true}};
  facts.drivers.outputs.reset();
  facts.drivers.inputs.reset();
  facts.rights = {true, "MMCSS, task Pro Audio", {}, {}};
  return facts;
}

}  // namespace refwave::test
