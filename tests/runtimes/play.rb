# A client in Ruby, by ffi.
require 'ffi'

module Wave
  extend FFI::Library
  ffi_lib 'libwinmm.so'
  callback :heard, %i[pointer uint size_t size_t size_t], :void
  attach_function :waveOutOpen, %i[pointer uint pointer heard size_t uint32], :uint
  %i[waveOutPrepareHeader waveOutWrite].each { |name| attach_function name, %i[pointer pointer uint], :uint }
  # They wait for callbacks, which need the interpreter's lock.
  %i[waveOutReset waveOutClose].each { |name| attach_function name, %i[pointer], :uint, blocking: true }
end

messages = 0
heard = FFI::Function.new(:void, %i[pointer uint size_t size_t size_t]) { messages += 1 }
format = FFI::MemoryPointer.from_string([1, 1, 48_000, 96_000, 2, 16, 0].pack('SSLLSSS'))
opened = FFI::MemoryPointer.new(:pointer)
answers = [Wave.waveOutOpen(opened, 0xFFFFFFFF, format, heard, 0, 0x30000)]
wave = opened.read_pointer
data = FFI::MemoryPointer.new(96_000)
write = lambda do |bytes|
  header = FFI::MemoryPointer.new(48)
  header.put_pointer(0, data)
  header.put_uint32(8, bytes)
  answers << Wave.waveOutPrepareHeader(wave, header, 48) << Wave.waveOutWrite(wave, header, 48)
  header
end
last = Array.new(12) { write.call(960) }.last
deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + 20
sleep 0.001 while (last.get_uint32(24) & 1).zero? && Process.clock_gettime(Process::CLOCK_MONOTONIC) < deadline
kept = Array.new(6) { write.call(96_000) }
answers << Wave.waveOutReset(wave) << Wave.waveOutClose(wave)
puts "#{messages} messages"
exit answers.all?(&:zero?) && messages == 20 && kept.size == 6
