namespace TrainingService.Chaos.Tests.Faults;

/// <summary>
/// A worker whose wall clock lies: the last worker runs under libfaketime where that is installed, and reads its lie from a file.
/// </summary>
internal static class ClockFaults
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    public static IReadOnlyList<Fault> All { get; } = [new("F30", "the clock of one worker jumps", 2, JumpAsync)];

    /// <summary>Whether clocks can lie on this machine.</summary>
    public static bool CanLie => File.Exists(Library);

    /// <summary>Settings of a program whose clock is to lie.</summary>
    public static (string Name, string Value)[] Settings(string storage)
    {
        Write(storage, "+0");
        // With other settings, waiting goes by the false clock too, and every wait returns at once.
        return
        [
            ("LD_PRELOAD", Library), ("FAKETIME_TIMESTAMP_FILE", PathOf(storage)), ("FAKETIME_NO_CACHE", "1"), ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ];
    }

    /// <summary>Sets how far the clock is off, in seconds.</summary>
    public static void SetLie(string storage, int seconds) => Write(storage, $"{seconds:+0;-0;+0}");

    private static async Task JumpAsync(FaultScene scene)
    {
        if (!CanLie)
        {
            scene.Say($"left out: {Library} is not there (package faketime)");
            return;
        }
        var lie = scene.Pick([-3600, 3600, -2, 2]);
        scene.Say($"{lie:+0;-0} s");
        SetLie(scene.Service.Storage, lie);
        await scene.LastAsync(scene.Between(2, 6));
        SetLie(scene.Service.Storage, 0);
    }

    private static string PathOf(string storage) => Path.Combine(storage, "clock");

    private static void Write(string storage, string text)
    {
        // A reader sees the old lie or the new one, never half of it.
        File.WriteAllText(PathOf(storage) + ".new", text);
        File.Move(PathOf(storage) + ".new", PathOf(storage), overwrite: true);
    }
}
