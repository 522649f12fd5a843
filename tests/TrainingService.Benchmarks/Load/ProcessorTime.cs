using System.Globalization;

namespace TrainingService.Benchmarks.Load;

/// <summary>Processor time of the programs under load: what a figure costs, whoever else uses the machine meanwhile.</summary>
internal sealed class ProcessorTime(params (string Name, int ProcessId)[] programs)
{
    private const double TicksPerMillisecond = 100 / 1000.0; // USER_HZ

    private readonly double[] _before = [.. programs.Select(program => Of(program.ProcessId))];

    /// <summary>Tells the time of each program since the beginning by what was done meanwhile.</summary>
    public void Tell(string id, string unit, double count)
    {
        foreach (var ((name, processId), before) in programs.Zip(_before))
            LoadReport.Tell(id, $"processor_{name}", (Of(processId) - before) / count, $"ms/{unit}");
    }

    /// <summary>Of a process and of those of its own name that it started, as PostgreSQL's; also of those of them that have ended.</summary>
    private static double Of(int processId)
    {
        var processes = Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
            .Select(TryRead).OfType<string[]>().ToDictionary(fields => Number(fields, 0));
        var own = processes[processId];
        return Ticks(own, 13, 16) + processes.Values.Where(fields => Number(fields, 3) == processId && fields[1] == own[1]).Sum(fields => Ticks(fields, 13, 14));
    }

    /// <summary>Fields of <c>/proc/PID/stat</c>; the second, the name, is the only one with blanks.</summary>
    private static string[]? TryRead(string process)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(process, "stat"));
            var name = (From: stat.IndexOf('('), To: stat.LastIndexOf(')'));
            return [stat[..name.From].Trim(), stat[name.From..name.To], .. stat[(name.To + 2)..].Split(' ')];
        }
        catch (IOException)
        {
            return null; // ended meanwhile
        }
    }

    private static long Number(string[] fields, int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);

    private static double Ticks(string[] fields, int from, int to) => Enumerable.Range(from, to - from + 1).Sum(index => Number(fields, index)) / TicksPerMillisecond;
}
