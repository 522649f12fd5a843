using System.Text.RegularExpressions;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Expressions;

/// <summary>Names that a user gives to parameters and weights.</summary>
internal static partial class ExpressionNames
{
    /// <summary>Refuses a name that is no name, that the language has itself, or that two things have.</summary>
    /// <exception cref="SpecException">It names the field.</exception>
    public static void Check(IEnumerable<string> names, IReadOnlyCollection<string> taken, string field)
    {
        var seen = new HashSet<string>(taken, StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!Form().IsMatch(name))
                throw new SpecException($"expected a name of letters, digits and '_', at most 64, the first no digit. Received: \"{ExpressionError.Short(name)}\".", field);
            if (ExpressionParser.IsReserved(name) || !seen.Add(name))
                throw new SpecException($"expected a name that nothing else has. Received: \"{name}\".", field);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
