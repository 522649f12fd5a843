using System.Globalization;

namespace TrainingService.Benchmarks.Load;

/// <summary>A line per figure: what was seen, what must hold, and what the bare machine did in the same run.</summary>
internal static class LoadReport
{
    private static bool s_failed;

    /// <summary>1 once a figure did not hold.</summary>
    public static int ExitCode => s_failed ? 1 : 0;

    public static void Begin(string text) =>
        Console.WriteLine($"# {text}; {Environment.ProcessorCount} cores, load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");

    public static void AtLeast(string id, string name, double value, double hold, string unit, (string Name, double Value)? floor = null) =>
        Line(id, name, value, $">= {Number(hold)}", value >= hold, unit, floor);

    public static void AtMost(string id, string name, double value, double hold, string unit, (string Name, double Value)? floor = null) =>
        Line(id, name, value, $"<= {Number(hold)}", value <= hold, unit, floor);

    /// <summary>Lost, doubled, gaps: whatever the machine.</summary>
    public static void Zero(string id, string name, long value) => Line(id, name, value, "= 0", value == 0, "", null);

    /// <summary>A figure that is told and not judged.</summary>
    public static void Tell(string id, string name, double value, string unit, (string Name, double Value)? floor = null) =>
        Line(id, name, value, null, true, unit, floor);

    private static void Line(string id, string name, double value, string? hold, bool holds, string unit, (string Name, double Value)? floor)
    {
        s_failed |= !holds;
        var verdict = hold is null ? "" : $" (hold {hold}) {(holds ? "PASS" : "FAIL")}";
        var beside = floor is { } bare ? $" [{bare.Name} {Number(bare.Value)}, ratio {Number(value / bare.Value)}]" : "";
        Console.WriteLine($"load {id} {name} {Number(value)}{(unit.Length > 0 ? " " : "")}{unit}{verdict}{beside}");
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) < 10 ? "0.###" : "0.#", CultureInfo.InvariantCulture);
}
