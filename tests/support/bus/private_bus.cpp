#include "tests/support/bus/private_bus.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "tests/support/eventually.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRules =
    R"(<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>)";

std::string mode_of(PrivateBus::Rtkit rtkit) {
  return rtkit == PrivateBus::Rtkit::grants    ? "grants"
         : rtkit == PrivateBus::Rtkit::refuses ? "refuses"
                                               : "silent";
}

}  // namespace

PrivateBus::PrivateBus(Rtkit rtkit) {
  std::ofstream(folder_ / "bus.conf")
      << "<busconfig><type>session</type><listen>" << address() << "</listen>" << kRules << "</busconfig>\n";
  bus_ = ChildProcess({"dbus-daemon", "--nofork", "--nopidfile", "--nosyslog", "--print-address",
                       "--config-file=" + (folder_ / "bus.conf").string()},
                      {}, folder_ / "bus.log");
  // It prints its address when it listens. Its socket is there before that, and refuses.
  const fs::path log = folder_ / "bus.log";
  const bool is_up =
      eventually([&] { return contents_of(log).find("unix:") != std::string::npos || !bus_.running(); });
  if (!is_up || !bus_.running())
    throw std::runtime_error("no dbus-daemon (is it installed?): " + contents_of(log));
  if (rtkit == Rtkit::absent) return;
  rtkit_ = ChildProcess({REFWAVE_FAKE_RTKIT, mode_of(rtkit), std::to_string(kPriority), std::to_string(kNice),
                         std::to_string(kLongestUs)},
                        {{"DBUS_SYSTEM_BUS_ADDRESS", address()}}, folder_ / "rtkit.log");
  if (!eventually(
          [this] { return fs::exists(folder_ / "rtkit.log") && fs::file_size(folder_ / "rtkit.log") > 0; }))
    throw std::runtime_error("the service on the bus does not start");
}

void PrivateBus::export_environment() const { setenv("DBUS_SYSTEM_BUS_ADDRESS", address().c_str(), 1); }

std::vector<std::string> PrivateBus::requests() const {
  std::ifstream file(folder_ / "rtkit.log");
  std::vector<std::string> all;
  for (std::string line; std::getline(file, line);) {
    if (line != "ready") all.push_back(line);
  }
  return all;
}

}  // namespace refwave::test
