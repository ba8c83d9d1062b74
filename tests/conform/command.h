// The subcommand `refwave conform`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace refwave::conform {

struct ConformOptions {
  std::string driver;  // path; empty: refwave.drv beside the command
  std::string parameters;
  bool parameters_given = false;
  std::vector<std::string> rules;  // ids, groups and patterns; none: all
  std::size_t at_once = 8;  // so many rules run at the same time, because they wait more than they compute
  std::uint32_t patience_s = 4;  // how long a rule waits for anything
  bool thorough = false;
  bool list = false;
  bool json = false;
  bool all = false;     // prints the rules that are kept, too
  std::string explain;  // a rule to be explained; empty: none
  std::string junit;    // file, "-" for standard output; empty: none
  bool markdown = false;
};

/// Effects: runs the subcommand to its end. Returns: the exit status. Throws: cli::Failure.
int conform_driver(const ConformOptions& options);

}  // namespace refwave::conform
