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
  const char* const mode = rtkit == Rtkit::grants ? "grants" : rtkit == Rtkit::refuses ? "refuses" : "silent";
  rtkit_ = ChildProcess({REFWAVE_FAKE_RTKIT, mode}, {{"DBUS_SYSTEM_BUS_ADDRESS", address()}},
                        folder_ / "rtkit.log");
  if (!eventually([this] { return !contents_of(folder_ / "rtkit.log").empty(); }))
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
