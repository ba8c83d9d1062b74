#include "driver/cli/console/text.h"
#include "driver/cli/help/help_text.h"

namespace refwave::cli {
namespace {

/// Returns: `text` for troff, with the letters escaped that have a meaning there.
std::string for_troff(std::string_view text) {
  const bool is_request = text.starts_with('.') || text.starts_with('\'');
  return (is_request ? "\\&" : "") + escaped(text, {{'\\', "\\e"}, {'-', "\\-"}});
}

std::string bold(const std::string& text) { return "\\fB" + for_troff(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + for_troff(text) + "\\fR"; }

std::string man_term(const OptionEntry& option) {
  if (option.is_positional()) return italic(usage_of(option));
  std::string term;
  for (const std::string& name : option.names) term += (term.empty() ? "" : ", ") + bold(name);
  if (option.value.empty()) return term;
  return term + (option.may_lack_value ? " [" + italic(option.value) + "]" : " " + italic(option.value));
}

std::string items(const std::vector<OptionEntry>& options) {
  std::string text;
  for (const OptionEntry& option : options)
    text += ".TP\n" + man_term(option) + '\n' + for_troff(sentence_of(option)) + '\n';
  return text;
}

/// Returns: the command's options without --help, because every command has that.
std::vector<OptionEntry> own_options(const CommandEntry& command) {
  std::vector<OptionEntry> options = command.options;
  std::erase_if(options, [](const OptionEntry& option) { return option.names.back() == "--help"; });
  return options;
}

std::string section_of(const CommandTable& table, const CommandEntry& command) {
  std::string text = ".SS " + command.name + '\n' + bold(table.own.name + " " + command.name);
  text += " [" + italic("OPTION...") + "]";
  for (const OptionEntry& positional : command.positionals) text += " " + italic(usage_of(positional));
  return text + "\n.PP\n" + for_troff(command.about) + ".\n" + items(command.positionals) +
         items(own_options(command));
}

constexpr const char* kEnd = R"(.SH EXIT STATUS
.TP
.B 0
success
.TP
.B 1
an error, or audio that was not heard; one line on standard error says what failed, why, and how to fix it
.TP
.B 2
the command line is wrong
.TP
.B 130
Ctrl\-C ended playing or measuring; a recording that Ctrl\-C ends has 0
.SH ENVIRONMENT
.TP
.B REFWAVE_CONFIG
a configuration file in place of the usual one; empty: none
.TP
.B REFWAVE_LOG
a file to which the driver appends its decisions and their reasons
.TP
.B COLUMNS
the width of help and reports
.SH FILES
.TP
.I ~/.config/refwave/refwave.toml
the configuration of refwave.drv; \fBrefwave config\fR prints all keys
.TP
.I ~/.config/refwave/system.ini
the wave drivers that libwinmm loads
.SH EXAMPLES
.TP
.B refwave play voice.wav music.flac
plays two files
.TP
.B refwave record \- \-s 5 | refwave play \-
records five seconds and plays them
.TP
.B refwave latency \-\-json before.json
measures buffer\-done latency, and keeps all figures
.TP
.B refwave latency \-\-compare before.json after.json
says whether the second measurement is worse, by its exit status too
.TP
.B refwave conform other.drv
checks another wave driver against the contract
)";

}  // namespace

std::string man_page(const CommandTable& table, std::string_view version) {
  const std::string& program = table.own.name;
  std::string text = ".\\\" -*- coding: UTF-8 -*-\n.TH REFWAVE 1 \"\" \"refwave " + std::string(version) +
                     "\" \"User Commands\"\n.SH NAME\n" + program + " \\- " + for_troff(table.own.about) +
                     "\n.SH SYNOPSIS\n" + bold(program) + " " + italic("COMMAND") + " [" +
                     italic("OPTION...") + "]\n.SH OPTIONS\n" + items(table.own.options) + ".SH COMMANDS\n";
  for (const CommandEntry& command : table.commands) text += section_of(table, command);
  return text + kEnd;
}

}  // namespace refwave::cli
