#include "driver/cli/help/help_text.h"
#include "driver/cli/help/shell_words.h"

namespace refwave::cli {
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
