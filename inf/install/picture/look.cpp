#include "inf/install/picture/look.h"

#include <algorithm>

#include "inf/cli/console/text.h"
#include "inf/install/picture/slots.h"

namespace refwave::install {
namespace {

namespace fs = std::filesystem;

bool is_refwave(const std::optional<ProgramFile>& file) { return file && file->product == "refwave"; }

std::vector<std::string> leftovers(const fs::path& path) {
  const std::string name = cli::path_text(path.filename());
  std::vector<std::string> found;
  for (const fs::path& file : files_in(path.parent_path())) {
    const std::string other = cli::path_text(file.filename());
    if (other.starts_with(former_name(name)) || other.starts_with(arriving_name(name)))
      found.push_back(cli::path_text(file));
  }
  return found;
}

}  // namespace

Architecture architecture_of(View view) {
  return view == View::bits_64 ? Architecture::x64 : Architecture::x86;
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    files.push_back(entry->path());
  std::ranges::sort(files);
  return files;
}

File look_at(const fs::path& asked, const fs::path& source) {
  // One spelling of separators, because names are compared.
  const fs::path path = fs::path(asked).make_preferred();
  File file;
  std::error_code error;
  file.path = cli::path_text(path);
  file.source = cli::path_text(source);
  file.is_source_foreign = !source.empty() && !is_refwave(read_program_file(source));
  file.leftovers = leftovers(path);
  file.kept = fs::exists(cli::to_path(kept_name(file.path)), error);
  if (!fs::exists(path, error)) return file;
  const std::optional<ProgramFile> there = read_program_file(path);
  file.content = is_refwave(there) ? File::Content::ours : File::Content::foreign;
  if (there) {
    file.product = cli::visible(there->product);
    file.version = cli::visible(there->version);
    file.bitness = name_of(there->architecture);
  }
  file.is_source = !source.empty() && same_contents(path, source);
  return file;
}

void judge_by_record(Snapshot& snapshot) {
  const auto is_recorded = [&](const ViewState& view) {
    return snapshot.record && snapshot.record->contains(view.view);
  };
  for (ViewState& view : snapshot.views) {
    File& file = view.driver;
    file.is_source_foreign = false;
    if (file.content != File::Content::absent)
      file.content = is_recorded(view) || file.is_source ? File::Content::ours : File::Content::foreign;
  }
  std::erase_if(snapshot.views, [&](const ViewState& view) {
    return !is_recorded(view) && !our_slot(view) && view.driver.source.empty() &&
           view.driver.leftovers.empty();
  });
}

fs::path find_source(const fs::path& command_folder, const std::string& name, View view) {
  const bool is_64 = view == View::bits_64;
  const Architecture wanted = architecture_of(view);
  const fs::path beside = command_folder.parent_path();
  fs::path foreign;
  const fs::path of_32_bits = fs::path(name).stem().string() + "32" + fs::path(name).extension().string();
  for (const fs::path& path :
       {command_folder / name, command_folder / of_32_bits, beside / (is_64 ? "x64" : "x86") / name,
        beside / (is_64 ? "win64" : "win32") / name}) {
    const std::optional<ProgramFile> file = read_program_file(path);
    if (!file || file->architecture != wanted) continue;
    if (is_refwave(file)) return path;
    if (foreign.empty()) foreign = path;
  }
  return foreign;
}

bool is_source_folder(const fs::path& command_folder, const fs::path& folder) {
  if (fs::equivalent(folder, command_folder)) return true;
  for (const View view : {View::bits_64, View::bits_32}) {
    const fs::path source = find_source(command_folder, "winmm.dll", view);
    if (!source.empty() && fs::equivalent(folder, source.parent_path())) return true;
  }
  return false;
}

std::vector<Executable> executables_in(const fs::path& folder) {
  std::vector<Executable> found;
  for (const fs::path& path : files_in(folder)) {
    const bool is_executable = cli::lower(cli::path_text(path.extension())) == ".exe";
    const std::optional<ProgramFile> file = is_executable ? read_program_file(path) : std::nullopt;
    if (file && !is_refwave(file)) found.push_back({cli::path_text(path.filename()), file->architecture});
  }
  return found;
}

}  // namespace refwave::install
