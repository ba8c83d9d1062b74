#include "driver/cli/help/help_text.h"
#include "driver/cli/help/shell_words.h"

namespace refwave::cli {
namespace {

constexpr const char* kBegin =
    R"(# Completion of refwave's command line for bash, as `refwave completion bash` prints it.
# _refwave_words WORD LINES: offers those of the lines that begin with the word.
_refwave_words() {
  local line
  while IFS= read -r line; do
    [[ -z $line || $line != "$1"* ]] || COMPREPLY+=("$line")
  done <<<"$2"
}
_refwave() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' i
  COMPREPLY=()
  [[ $word != = ]] || word=''
  [[ $before != = ]] || before=${COMP_WORDS[COMP_CWORD - 2]}
  for ((i = 1; i < COMP_CWORD; ++i)); do
    [[ ${COMP_WORDS[i]} == -* ]] || { command=${COMP_WORDS[i]}; break; }
  done
  case "$command $before" in
)";

/// Returns: the shell code that offers the values of `option`.
std::string offer(const OptionEntry& option) {
  if (!option.choices.empty()) {
    std::string words;
    for (const std::string& choice : option.choices) words += (words.empty() ? "" : "\n") + choice;
    return "_refwave_words \"$word\" " + shell_quoted(words);
  }
  if (const ListedValue* value = listed(option)) {
    const std::string look = value->name == "keys"      ? "compopt -o nospace 2>/dev/null; "
                             : value->name == "devices" ? "compopt -o filenames 2>/dev/null; "
                                                        : "";
    return look + "_refwave_words \"$word\" \"$(" + std::string(value->command) + ")\"";
  }
  return is_file(option) ? "compopt -o default 2>/dev/null" : ":";
}

std::string values(const CommandEntry& command) {
  std::string text;
  for (const OptionEntry& option : command.options) {
    if (option.value.empty()) continue;
    std::string pattern;
    for (const std::string& name : option.names)
      pattern += (pattern.empty() ? "" : " | ") + shell_quoted(command.name + " " + name);
    text += "    " + pattern + ") " + offer(option) + "; return ;;\n";
  }
  return text;
}

std::string option_names(const CommandEntry& command) {
  std::string names;
  for (const OptionEntry& option : command.options)
    for (const std::string& name : option.names) names += name + '\n';
  return "_refwave_words \"$word\" " + shell_quoted(names);
}

}  // namespace

std::string bash_completion(const CommandTable& table) {
  std::string text = kBegin;
  std::string names;
  for (const CommandEntry& command : table.commands) {
    text += values(command);
    names += command.name + '\n';
  }
  text += "  esac\n  case \"$command $word\" in\n    ' -'*) " + option_names(table.own) + " ;;\n    ' '*) " +
          "_refwave_words \"$word\" " + shell_quoted(names) + " ;;\n";
  for (const CommandEntry& command : table.commands) {
    text += "    " + shell_quoted(command.name + " -") + "*) " + option_names(command) + " ;;\n";
    if (!command.positionals.empty())
      text +=
          "    " + shell_quoted(command.name + " ") + "*) " + offer(command.positionals.front()) + " ;;\n";
  }
  return text + "  esac\n}\ncomplete -F _refwave refwave\n";
}

}  // namespace refwave::cli
