// Completion of the command line for bash and zsh, from the table of commands. Pure; any thread.
#include <string>
#include <string_view>

#include "inf/cli/console/text.h"
#include "inf/cli/help/help_text.h"

namespace refwave::cli {
namespace {

/// A kind of value that refwave itself lists. zsh's script has a function `_refwave_<name>` for each kind.
struct ListedValue {
  std::string_view value;    // the value's name in the help: "DEVICE"
  std::string_view name;     // "devices"
  std::string_view command;  // prints all words, one a line
};
constexpr ListedValue kListedValues[] = {
    {"COMMAND", "names",
     "refwave help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \\([a-z]\\{1,\\}\\).*/\\1/p'"},
    {"DEVICE", "devices", "refwave devices --names 2>/dev/null"},
    {"KEY=VALUE", "keys", "refwave config 2>/dev/null | sed -n 's/^#\\([a-z_]*\\) = .*/\\1=/p'"},
    {"RULE", "rules",
     "refwave conform --list 2>/dev/null | sed -n 's/^\\([A-Za-z_]*\\.[A-Za-z_0-9]*\\).*/\\1/p'"},
};

/// Returns: the kind of the option's value; null if refwave does not list such values.
const ListedValue* listed(const OptionEntry& option) {
  for (const ListedValue& value : kListedValues)
    if (value.value == option.value) return &value;
  return nullptr;
}

bool is_file(const OptionEntry& option) {
  return option.value == "FILE" || option.value == "FOLDER" || option.value == "PROGRAM";
}

/// Returns: `text` in single quotes.
std::string shell_quoted(std::string_view text) { return "'" + escaped(text, {{'\'', "'\\''"}}) + "'"; }

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

namespace {

/// Returns: `text` as a description for _arguments and _describe, whose special characters get a backslash.
std::string description(std::string_view text) {
  return escaped(text, {{'[', "\\["}, {']', "\\]"}, {':', "\\:"}, {'\\', "\\\\"}});
}

/// Returns: "NAME:action", the form in which _arguments takes a value.
std::string value(const OptionEntry& option) {
  const std::string name = description(option.value) + ":";
  if (!option.choices.empty()) {
    std::string words;
    for (const std::string& choice : option.choices) words += (words.empty() ? "" : " ") + choice;
    return name + "(" + words + ")";
  }
  if (const ListedValue* from = listed(option)) return name + "_refwave_" + std::string(from->name);
  return name + (is_file(option) ? "_files" : " ");
}

/// Returns: the option as words for _arguments, one for each of its names.
std::string option_words(const OptionEntry& option) {
  std::string all;
  for (const std::string& name : option.names) all += (all.empty() ? "" : " ") + name;
  std::string text;
  for (const std::string& name : option.names) {
    const bool is_long = name.starts_with("--");
    std::string word = option.repeats ? "*" : "(" + all + ")";
    word += name + (option.value.empty() ? "" : is_long ? "=" : "+");
    word += "[" + description(sentence_of(option)) + "]";
    if (!option.value.empty()) word += (option.may_lack_value ? "::" : ":") + value(option);
    text += " \\\n      " + shell_quoted(word);
  }
  return text;
}

std::string argument_words(const CommandEntry& command) {
  std::string text;
  for (const OptionEntry& option : command.options) text += option_words(option);
  for (const OptionEntry& positional : command.positionals)
    text += " \\\n      " + shell_quoted((positional.repeats       ? "*:"
                                          : positional.is_required ? ":"
                                                                   : "::") +
                                         value(positional));
  return text;
}

}  // namespace

std::string zsh_completion(const CommandTable& table) {
  std::string text =
      "#compdef refwave\n# Completion of refwave's command line for zsh, as `refwave completion zsh` prints "
      "it.\n";
  for (const ListedValue& listed : kListedValues) {
    text += "_refwave_" + std::string(listed.name) + "() {\n  local -a found=(\"${(@f)$(" +
            std::string(listed.command) + ")}\")\n  compadd" + (listed.name == "keys" ? " -S ''" : "") +
            " -a found\n}\n";
  }
  text += "_refwave_commands() {\n  local -a found=(\n";
  for (const CommandEntry& command : table.commands)
    text += "    " + shell_quoted(command.name + ":" + description(command.about)) + '\n';
  text += "  )\n  _describe command found\n}\n_refwave() {\n  local curcontext=$curcontext state line\n";
  text += "  _arguments -C" + argument_words(table.own) +
          " \\\n      '1:command:_refwave_commands' '*::argument:->rest' && return\n  case $words[1] in\n";
  for (const CommandEntry& command : table.commands)
    text += "    " + command.name + ") _arguments" + argument_words(command) + " ;;\n";
  return text +
         "  esac\n}\nif [[ $funcstack[1] == _refwave ]]; then _refwave \"$@\"; else compdef _refwave "
         "refwave; fi\n";
}

}  // namespace refwave::cli
