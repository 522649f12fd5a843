using TrainingService.Contracts.Events;

namespace TrainingService.Client.Cli;

/// <summary>A row per epoch; the first epoch's figures decide the columns.</summary>
internal sealed class EpochTable(Terminal terminal)
{
    private string[] _names = [];

    public void Add(EpochEndEvent epoch)
    {
        if (_names.Length == 0)
        {
            _names = [.. Names(epoch.Logs.Keys)];
            terminal.WriteLine();
            terminal.WriteLine(terminal.Bold(Row("epoch", _names, "seconds", "rows/s")));
        }
        terminal.WriteLine(Row($"{epoch.Epoch}/{epoch.Epochs}", _names.Select(name => Figure(name, epoch.Logs, epoch.NonFinite)),
            epoch.DurationSeconds.ToString("0.0"), epoch.SamplesPerSecond.ToString("N0")));
    }

    /// <summary>Four decimals; what is not finite by its name.</summary>
    public static string Figure(string name, IReadOnlyDictionary<string, double?> logs, IReadOnlyDictionary<string, string>? nonFinite)
    {
        if (logs.GetValueOrDefault(name) is { } value)
            return value != 0 && Math.Abs(value) < 0.0001 ? value.ToString("0.##e+0") : value.ToString("0.0000");
        return nonFinite?.GetValueOrDefault(name) ?? "-";
    }

    /// <summary>Loss first, then metrics, then the same of the validation, then the rest (learning rate).</summary>
    private static IEnumerable<string> Names(IEnumerable<string> keys)
    {
        var names = keys.ToArray();
        return names.OrderBy(name => name switch
        {
            "loss" => 0,
            "val_loss" => 2,
            "learning_rate" or "lr" => 4,
            _ when name.StartsWith("val_", StringComparison.Ordinal) => 3,
            _ => 1,
        });
    }

    private string Row(string epoch, IEnumerable<string> figures, string seconds, string rate) =>
        $"{epoch,8}{string.Concat(figures.Zip(_names, (figure, name) => figure.PadLeft(Math.Max(10, name.Length + 2))))}{seconds,10}{rate,10}";
}
