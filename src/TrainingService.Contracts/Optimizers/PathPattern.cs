using System.Text.RegularExpressions;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Optimizers;

/// <summary>Regular expressions on the paths of weights. They are matched without backtracking, so that none takes long.</summary>
public static class PathPattern
{
    /// <summary>A part of the path matches.</summary>
    public static bool IsFound(string pattern, string path) => Regex(pattern).IsMatch(path);

    /// <summary>The whole path matches.</summary>
    public static bool IsWhole(string pattern, string path) => Regex($@"\A(?:{pattern})\z").IsMatch(path);

    /// <summary>Whether a pattern is a regular expression that can be matched.</summary>
    /// <exception cref="SpecException">It is not.</exception>
    internal static void Check(string pattern, string field)
    {
        try
        {
            Regex(pattern);
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            throw new SpecException($"expected a regular expression without look-around and back references. Received: \"{pattern}\": {wrong.Message}", field);
        }
    }

    private static Regex Regex(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
