using System.Globalization;

namespace TrainingService.Contracts.Memory;

/// <summary>Sizes as people read them.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>Such as <c>1.5 GiB</c>.</summary>
    public static string Text(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        for (; size >= 1024 && unit < Units.Length - 1; unit++)
            size /= 1024;
        return $"{size.ToString(unit == 0 ? "0" : "0.#", CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>The same with the exact number: <c>1.5 GiB (1610612736 bytes)</c>.</summary>
    public static string Exact(long bytes) => bytes < 1024 ? Text(bytes) : $"{Text(bytes)} ({bytes} bytes)";
}
