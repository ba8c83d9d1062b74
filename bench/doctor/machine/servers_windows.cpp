// The services of Windows that sound needs. Windows documentation: "QueryServiceStatus function".
#include <windows.h>

#include "bench/doctor/machine/machine.h"

namespace refwave::doctor {
namespace {

class Service {
 public:
  explicit Service(SC_HANDLE handle) : handle_(handle) {}
  ~Service() {
    if (handle_ != nullptr) CloseServiceHandle(handle_);
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  SC_HANDLE get() const { return handle_; }

 private:
  SC_HANDLE handle_;
};

/// Wine has none of these services, and its sound needs none of them.
Server look_at(const Service& services, const wchar_t* name, const char* title) {
  Server server;
  server.name = title;
  const Service service(OpenServiceW(services.get(), name, SERVICE_QUERY_STATUS));
  SERVICE_STATUS status{};
  if (service.get() == nullptr || QueryServiceStatus(service.get(), &status) == FALSE) return server;
  const bool runs = status.dwCurrentState == SERVICE_RUNNING;
  server.state = runs ? Server::State::present : Server::State::not_running;
  return server;
}

}  // namespace

std::vector<Server> find_servers() {
  const Service services(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  return {look_at(services, L"Audiosrv", "Windows Audio"),
          look_at(services, L"AudioEndpointBuilder", "Windows Audio Endpoint Builder"),
          look_at(services, L"MMCSS", "Multimedia Class Scheduler")};
}

}  // namespace refwave::doctor
