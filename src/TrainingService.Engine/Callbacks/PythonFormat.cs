using System.Globalization;
using System.Text.RegularExpressions;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Callbacks;

/// <summary>What Keras takes from Python: <c>str.format</c> templates of file names, and how a float is written.</summary>
public static partial class PythonFormat
{
    /// <summary>Fills <c>{epoch:02d}</c> and <c>{val_loss:.2f}</c>.</summary>
    /// <param name="template">The template.</param>
    /// <param name="epoch">From 1.</param>
    /// <param name="batch">From 1; null at the end of an epoch, where there is no <c>{batch}</c>.</param>
    /// <param name="logs">Figures by name.</param>
    /// <exception cref="ArgumentException">A name that is not in the logs or a format that is not known.</exception>
    public static string Fill(string template, int epoch, long? batch, Logs logs) => Field().Replace(template, field =>
    {
        var (name, format) = (field.Groups["name"].Value, field.Groups["format"].Value);
        var counter = name == "epoch" ? epoch : name == "batch" ? batch : null;
        var value = counter ?? logs.Find(name)
            ?? throw new ArgumentException($"filepath: expected one of epoch, {(batch is null ? "" : "batch, ")}{string.Join(", ", logs.Names)}. Received: {{{name}}}.", nameof(template));
        return Number(value, format, counter is not null);
    });

    /// <summary>A float as Python's <c>repr</c>: the shortest text that reads back the same.</summary>
    public static string Repr(double value)
    {
        if (double.IsNaN(value))
            return "nan";
        if (double.IsInfinity(value))
            return value > 0 ? "inf" : "-inf";
        var magnitude = Math.Abs(value);
        if (magnitude != 0 && magnitude is < 1e-4 or >= 1e16)
            return Exponent().Replace(value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant(), "e${sign}0${digit}");
        // Within these magnitudes a decimal holds the shortest text exactly and writes it without an exponent.
        var shortest = decimal.Parse(value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture)
            .ToString(CultureInfo.InvariantCulture);
        return shortest.Contains('.', StringComparison.Ordinal) ? shortest : shortest + ".0";
    }

    private static string Number(double value, string format, bool integer)
    {
        if (format.Length == 0)
            return integer ? ((long)value).ToString(CultureInfo.InvariantCulture) : Repr(value);
        if (Zeros().Match(format) is { Success: true } padded && integer)
            return ((long)value).ToString(CultureInfo.InvariantCulture).PadLeft(int.Parse(padded.Groups[2].Value, CultureInfo.InvariantCulture), padded.Groups[1].Length > 0 ? '0' : ' ');
        if (Decimals().Match(format) is { Success: true } fixedPoint)
            return value.ToString("F" + fixedPoint.Groups[1].Value, CultureInfo.InvariantCulture);
        throw new ArgumentException($"filepath: expected a format such as 02d or .2f. Received: {format}.", nameof(format));
    }

    [GeneratedRegex(@"\{(?<name>\w+)(:(?<format>[^{}]*))?\}")]
    private static partial Regex Field();

    [GeneratedRegex(@"^(0?)(\d+)d$")]
    private static partial Regex Zeros();

    [GeneratedRegex(@"^\.(\d+)f$")]
    private static partial Regex Decimals();

    [GeneratedRegex(@"e(?<sign>[+-])(?<digit>\d)$")]
    private static partial Regex Exponent();
}
