"""The programs that change a pitch, a tempo or a speed: how they are run, and what comes out of them."""
import array
import math
import os
import pathlib
import shutil
import subprocess


def run(*words):
    """Returns: the processor time of the command, in seconds."""
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return used.ru_utime + used.ru_stime


def samples_of(path, rate):
    """Returns: the first channel of a sound file."""
    raw = subprocess.run(["sox", *file(path, rate), "-t", "f32", "-", "remix", "1"], check=True, capture_output=True).stdout
    return array.array("f", raw)


def file(path, rate):
    """Returns: how sox is told of a file. refwave's stage reads and writes samples without a header."""
    return ("-r", str(rate), "-c", "1", str(path)) if path.suffix == ".f32" else (str(path),)


def changes(build, source, rate, folder, change):
    """Yields the name of each program that is installed, the file that it has made of `source`, a mono WAV, and its
    processor time in seconds. `change`: "pitch", "tempo" or "speed", and a factor."""
    kind, factor = change
    semitones = 12 * math.log2(factor)
    raw, raw_out, out = folder / "in.f32", folder / "out.f32", folder / "out.wav"
    run("sox", source, raw)
    stage = pathlib.Path(build) / "bench/benchmarks/pitch/stage"
    of_refwave = {"pitch": (1, factor), "tempo": (factor, 1 / factor), "speed": (factor, 1)}
    of_rubberband = {"pitch": ("-p", semitones), "tempo": ("-T", factor), "speed": ("-T", factor, "-p", semitones)}
    of_soundstretch = {"pitch": semitones, "tempo": 100 * (factor - 1), "speed": 100 * (factor - 1)}
    commands = {
        "refwave": (stage, rate, *of_refwave[kind], raw, raw_out),
        "sox": ("sox", source, "-b", 24, out, kind, 100 * semitones if kind == "pitch" else factor),
        "soundstretch": ("soundstretch", source, out, f"-{'rate' if kind == 'speed' else kind}={of_soundstretch[kind]}"),
        "rubberband-r3": ("rubberband-r3", "-q", *of_rubberband[kind], source, out),
    }
    for name, command in commands.items():
        if shutil.which(command[0]):
            out.unlink(missing_ok=True)
            seconds = run(*command)
            yield name, raw_out if name == "refwave" else out, seconds
