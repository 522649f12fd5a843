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
        var form = Form().Match(format);
        var type = form.Groups["type"].Value;
        if (!form.Success || (type is "" or "d") != integer || (integer && form.Groups["digits"].Success))
            throw new ArgumentException($"filepath: expected a format such as {(integer ? "02d" : ".2f")}. Received: {format}.", nameof(format));
        var digits = form.Groups["digits"].Success ? form.Groups["digits"].Value : "6";
        var text = type switch
        {
            "f" => value.ToString("F" + digits, CultureInfo.InvariantCulture),
            "%" => (value * 100).ToString("F" + digits, CultureInfo.InvariantCulture) + "%",
            "e" => value.ToString($"{"0." + new string('0', int.Parse(digits, CultureInfo.InvariantCulture))}e+00", CultureInfo.InvariantCulture),
            _ => ((long)value).ToString(CultureInfo.InvariantCulture),
        };
        var width = form.Groups["width"].Success ? int.Parse(form.Groups["width"].Value, CultureInfo.InvariantCulture) : 0;
        if (!form.Groups["zero"].Success)
            return text.PadLeft(width);
        return text.StartsWith('-') ? "-" + text[1..].PadLeft(width - 1, '0') : text.PadLeft(width, '0');
    }

    [GeneratedRegex(@"\{(?<name>\w+)(:(?<format>[^{}]*))?\}")]
    private static partial Regex Field();

    [GeneratedRegex(@"^(?<zero>0)?(?<width>[1-9]\d?)?(\.(?<digits>\d{1,2}))?(?<type>[dfe%]?)$")]
    private static partial Regex Form();

    [GeneratedRegex(@"e(?<sign>[+-])(?<digit>\d)$")]
    private static partial Regex Exponent();
}
