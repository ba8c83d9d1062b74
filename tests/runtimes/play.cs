// A client in C#, by P/Invoke, for Mono.
using System;
using System.Runtime.InteropServices;
using System.Threading;

static class Play
{
    delegate void Heard(IntPtr wave, uint message, UIntPtr user, UIntPtr one, UIntPtr two);
    const string Library = "libwinmm.so";
    [DllImport(Library)] static extern uint waveOutOpen(out IntPtr wave, uint device, byte[] format, Heard heard, UIntPtr user, uint flags);
    [DllImport(Library)] static extern uint waveOutPrepareHeader(IntPtr wave, IntPtr header, uint bytes);
    [DllImport(Library)] static extern uint waveOutWrite(IntPtr wave, IntPtr header, uint bytes);
    [DllImport(Library)] static extern uint waveOutReset(IntPtr wave);
    [DllImport(Library)] static extern uint waveOutClose(IntPtr wave);

    static readonly byte[] Format = { 1, 0, 1, 0, 0x80, 0xBB, 0, 0, 0, 0x77, 1, 0, 2, 0, 16, 0, 0, 0 };
    static readonly IntPtr Data = Marshal.AllocHGlobal(96000);
    static int messages;
    static uint wrong;

    static IntPtr Write(IntPtr wave, int bytes)
    {
        IntPtr header = Marshal.AllocHGlobal(48);
        for (int i = 0; i < 48; ++i) Marshal.WriteByte(header, i, 0);
        Marshal.WriteIntPtr(header, Data);
        Marshal.WriteInt32(header, 8, bytes);
        wrong |= waveOutPrepareHeader(wave, header, 48) | waveOutWrite(wave, header, 48);
        return header;
    }

    static int Main()
    {
        Heard heard = (wave, message, user, one, two) => Interlocked.Increment(ref messages);
        IntPtr opened, last = IntPtr.Zero;
        wrong = waveOutOpen(out opened, 0xFFFFFFFF, Format, heard, UIntPtr.Zero, 0x30000);
        for (int i = 0; i < 12; ++i) last = Write(opened, 960);
        for (int i = 0; i < 20000 && (Marshal.ReadInt32(last, 24) & 1) == 0; ++i) Thread.Sleep(1);
        for (int i = 0; i < 6; ++i) Write(opened, 96000);
        wrong |= waveOutReset(opened) | waveOutClose(opened);
        GC.KeepAlive(heard);
        Console.WriteLine("{0} messages", messages);
        return wrong == 0 && messages == 20 ? 0 : 1;
    }
}
