// refwave follows Windows' default device, and lists all of them.
#include <initguid.h>
#include <windows.h>
// mmdeviceapi.h wants windows.h first.
#include <mmdeviceapi.h>

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "driver/winmm/refwave.h"
#include "tests/support/eventually.h"
#include "tests/windows/dropin_program.h"
#include "tests/windows/programs/guest_program.h"

namespace refwave::test {
namespace {

constexpr std::size_t kBlockFrames = 480;

/// Plays noise without a zero while it lives.
class Noise {
 public:
  explicit Noise(std::size_t blocks, UINT device = WAVE_MAPPER) {
    std::mt19937 random(1);
    for (std::size_t i = 0; i < blocks; ++i) {
      blocks_.emplace_back(kBlockFrames);
      for (char& byte : blocks_.back().memory) byte = static_cast<char>(random() | 1);
    }
    EXPECT_EQ(waveOutOpen(&out_, device, &kFormat, reinterpret_cast<DWORD_PTR>(callback),
                          reinterpret_cast<DWORD_PTR>(this), CALLBACK_FUNCTION),
              MMSYSERR_NOERROR);
    for (Block& block : blocks_) {
      block.header.lpData = block.memory.data();
      waveOutPrepareHeader(out_, &block.header, sizeof(WAVEHDR));
      waveOutWrite(out_, &block.header, sizeof(WAVEHDR));
    }
  }
  ~Noise() {
    ending_ = true;
    EXPECT_EQ(waveOutReset(out_), MMSYSERR_NOERROR);
    EXPECT_EQ(waveOutClose(out_), MMSYSERR_NOERROR);
  }

  REFWAVE_STATISTICS statistics() const {
    REFWAVE_STATISTICS statistics{};
    statistics.cbSize = sizeof statistics;
    EXPECT_EQ(waveOutMessage(out_, REFWAVE_GET_STATISTICS, reinterpret_cast<DWORD_PTR>(&statistics), 0),
              MMSYSERR_NOERROR);
    return statistics;
  }
  std::string device() const { return statistics().szDevice; }
  std::uint64_t blocks_done() const { return done_; }

 private:
  static void CALLBACK callback(HWAVEOUT out, UINT message, DWORD_PTR self, DWORD_PTR header, DWORD_PTR) {
    if (message != WOM_DONE) return;
    Noise& noise = *reinterpret_cast<Noise*>(self);
    ++noise.done_;
    if (!noise.ending_) waveOutWrite(out, reinterpret_cast<LPWAVEHDR>(header), sizeof(WAVEHDR));
  }

  std::vector<Block> blocks_;
  HWAVEOUT out_ = nullptr;
  std::atomic<std::uint64_t> done_{0};
  std::atomic<bool> ending_{false};
};

/// Sets the default output of Wine's mmdevapi.
class WineDefault {
 public:
  ~WineDefault() { RegDeleteKeyValueW(HKEY_CURRENT_USER, kKey, kValue); }
  void set(const std::wstring& id) {
    EXPECT_EQ(RegSetKeyValueW(HKEY_CURRENT_USER, kKey, kValue, REG_SZ, id.c_str(),
                              static_cast<DWORD>((id.size() + 1) * sizeof(wchar_t))),
              ERROR_SUCCESS);
  }

 private:
  static constexpr const wchar_t* kKey = L"Software\\Wine\\Drivers\\winepulse.drv";
  static constexpr const wchar_t* kValue = L"DefaultOutput";
};

std::wstring id_of(IMMDevice* device) {
  LPWSTR id = nullptr;
  if (device == nullptr || FAILED(device->GetId(&id))) return {};
  const std::wstring text = id;
  CoTaskMemFree(id);
  device->Release();
  return text;
}

std::wstring another_output() {
  CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  IMMDeviceEnumerator* all = nullptr;
  CoCreateInstance(__uuidof(MMDeviceEnumerator), nullptr, CLSCTX_INPROC_SERVER, __uuidof(IMMDeviceEnumerator),
                   reinterpret_cast<void**>(&all));
  if (all == nullptr) return {};
  IMMDevice* usual = nullptr;
  all->GetDefaultAudioEndpoint(eRender, eMultimedia, &usual);
  const std::wstring usual_id = id_of(usual);
  IMMDeviceCollection* outputs = nullptr;
  all->EnumAudioEndpoints(eRender, DEVICE_STATE_ACTIVE, &outputs);
  UINT count = 0;
  if (outputs != nullptr) outputs->GetCount(&count);
  std::wstring found;
  for (UINT i = 0; i < count; ++i) {
    IMMDevice* output = nullptr;
    outputs->Item(i, &output);
    const std::wstring id = id_of(output);
    if (id != usual_id) found = id;
  }
  return found;
}

TEST(Default_device, Is_followed_while_a_stream_plays) {
  Noise noise(50);
  ASSERT_TRUE(eventually([&] { return noise.blocks_done() > 0; }));
  const std::string before = noise.device();
  const std::wstring other = another_output();
  ASSERT_NE(other, L"");

  WineDefault usual;
  usual.set(other);

  EXPECT_TRUE(eventually(
      [&] {
        const std::string now = noise.device();
        return now != before && now.starts_with("WASAPI/");
      },
      std::chrono::seconds(1)))
      << noise.device();
  const std::uint64_t done = noise.blocks_done();
  EXPECT_TRUE(eventually([&] { return noise.blocks_done() > done + 100; })) << "it goes on there";
}

std::wstring endpoint(UINT device) {
  const auto out = reinterpret_cast<HWAVEOUT>(static_cast<UINT_PTR>(device));
  std::size_t bytes = 0;
  EXPECT_EQ(waveOutMessage(out, DRV_QUERYFUNCTIONINSTANCEIDSIZE, reinterpret_cast<DWORD_PTR>(&bytes), 0),
            MMSYSERR_NOERROR);
  std::vector<wchar_t> id(bytes / sizeof(wchar_t) + 1, L'x');
  const auto at = reinterpret_cast<DWORD_PTR>(id.data());
  EXPECT_EQ(waveOutMessage(out, DRV_QUERYFUNCTIONINSTANCEID, at, bytes - 1), MMSYSERR_INVALPARAM);
  EXPECT_EQ(waveOutMessage(out, DRV_QUERYFUNCTIONINSTANCEID, at, bytes), MMSYSERR_NOERROR);
  return id.data();
}

/// The drop-in's default is output = ["default", "all"].
TEST(All_devices, Are_as_many_as_in_the_systems_winmm_each_with_its_name_and_endpoint) {
  const UINT count = waveOutGetNumDevs();
  EXPECT_EQ(count, in_system("waveOutGetNumDevs", waveOutGetNumDevs)());
  EXPECT_EQ(waveInGetNumDevs(), in_system("waveInGetNumDevs", waveInGetNumDevs)());
  std::set<std::wstring> names;
  std::set<std::wstring> ids;
  for (UINT device = 0; device < count; ++device) {
    WAVEOUTCAPSW caps{};
    EXPECT_EQ(waveOutGetDevCapsW(device, &caps, sizeof(caps)), MMSYSERR_NOERROR);
    names.insert(caps.szPname);
    ids.insert(endpoint(device));
  }
  EXPECT_EQ(names.size(), count);
  EXPECT_EQ(ids.size(), count);
  EXPECT_EQ(ids.count(another_output()), 1U);
  const Noise last(50, count - 1);
  EXPECT_TRUE(eventually([&] { return last.blocks_done() > 0 && last.device().starts_with("WASAPI/"); }))
      << last.device();
}

// No thread starts under the loader's lock: until DllMain returns the stream plays on the clocked device.
TEST(Opened_in_DllMain, A_stream_is_heard_once_it_has_returned) {
  const HMODULE library = LoadLibraryW((program_folder() / "plays_in_dllmain.dll").c_str());
  ASSERT_NE(library, nullptr);
  const auto opened =
      reinterpret_cast<HWAVEOUT (*)()>(reinterpret_cast<void*>(GetProcAddress(library, "opened_in_dllmain")));
  ASSERT_NE(opened, nullptr);
  ASSERT_NE(opened(), nullptr);
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  const auto is_on_the_device = [&] {
    waveOutMessage(opened(), REFWAVE_GET_STATISTICS, reinterpret_cast<DWORD_PTR>(&statistics), 0);
    return std::string(statistics.szDevice).starts_with("WASAPI/");
  };
  EXPECT_TRUE(eventually(is_on_the_device)) << statistics.szDevice;
  EXPECT_GT(heard_seconds(wait_for_recording()), 0.5);
  EXPECT_EQ(waveOutReset(opened()), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutClose(opened()), MMSYSERR_NOERROR);
}

}  // namespace
}  // namespace refwave::test
