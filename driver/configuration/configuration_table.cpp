// The table of keys for people: as Markdown, as a refwave.toml to start from, and what of it is changed.
#include "driver/configuration/configuration_keys.h"

namespace refwave::configuration {

std::string differences(const Configuration& now, const Configuration& before) {
  std::string text;
  for (const Key& key : keys()) {
    const std::string value = as_toml(key, now);
    if (value == as_toml(key, before)) continue;
    text.append(text.empty() ? "" : ", ").append(key.name).append(" = ").append(value);
  }
  return text;
}

std::string configuration_as_markdown() {
  std::string table = "| key | default | takes | meaning |\n| --- | --- | --- | --- |\n";
  for (const Key& key : keys()) {
    table.append("| `").append(key.name).append("` | `").append(as_toml(key, {})).append("` | ");
    table.append(expected(key)).append(" | ").append(key.help).append(" |\n");
  }
  return table;
}

std::vector<Setting> settings_of(const Configuration& configuration) {
  std::vector<Setting> settings;
  for (const Key& key : keys()) settings.push_back({std::string(key.name), as_toml(key, configuration)});
  return settings;
}

std::string configuration_as_toml() {
  std::string text = "# refwave.toml: every key with its default. Remove the # before a key to set it.\n";
  for (const Key& key : keys()) {
    text.append("\n# ").append(key.help).append(".\n# Takes ").append(expected(key)).append(".\n#");
    text.append(key.name).append(" = ").append(as_toml(key, {})).append("\n");
  }
  return text;
}

}  // namespace refwave::configuration
