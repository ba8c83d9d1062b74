// The judgement of each part of a machine, as one section of the page. judge() in page.h puts the sections
// together. Pure; any thread.
#pragma once

#include "bench/doctor/page/page.h"

namespace refwave::doctor {

Section judge_drivers(const Facts& facts);
Section judge_configuration(const Configured& configured);
Section judge_servers(const std::vector<Server>& servers);
Section judge_devices(const Facts& facts);
Section judge_rights(const Facts& facts);
Section judge_pace(const Facts& facts);
Section judge_self_test(const Facts& facts);

}  // namespace refwave::doctor
