using System.Globalization;

namespace TrainingService.Benchmarks.Load;

/// <summary>How large a load is; each has the size that its figure is for, and smaller ones for a short look.</summary>
internal sealed class LoadOptions
{
    private readonly Dictionary<string, int> _given = [];

    /// <summary>Takes <c>--jobs N</c>, <c>--seconds N</c>, <c>--subscribers N</c>, <c>--events N</c> out of the arguments.</summary>
    /// <returns>What is left.</returns>
    public static (LoadOptions Options, string[] Names) Read(string[] args)
    {
        var options = new LoadOptions();
        var names = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                names.Add(args[i]);
            else if (args[i] is not ("--jobs" or "--seconds" or "--subscribers" or "--events")
                || i + 1 == args.Length || !int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var value) || value < 1)
                throw new ArgumentException($"expected --jobs, --seconds, --subscribers or --events and a number from 1. Received: {args[i]} {args.ElementAtOrDefault(i + 1)}");
            else
                options._given[args[i++][2..]] = value;
        }
        return (options, [.. names]);
    }

    public int Jobs(int full) => _given.GetValueOrDefault("jobs", full);

    public int Seconds(int full) => _given.GetValueOrDefault("seconds", full);

    public int Subscribers(int full) => _given.GetValueOrDefault("subscribers", full);

    public int Events(int full) => _given.GetValueOrDefault("events", full);
}
