namespace TrainingService.Contracts.Expressions;

/// <summary>How large an expression may be; reading one takes milliseconds at most.</summary>
public static class ExpressionLimits
{
    /// <summary>Longest text, in characters.</summary>
    public const int Characters = 4_096;

    /// <summary>Most operations, names and numbers.</summary>
    public const int Nodes = 512;

    /// <summary>Most parentheses, calls, signs and powers inside each other.</summary>
    public const int Depth = 64;

    /// <summary>Most axes of a value.</summary>
    public const int Rank = 16;

    /// <summary>Most inputs of a layer: <c>x0</c> to <c>x63</c>.</summary>
    public const int Inputs = 64;

    /// <summary>Most classes of <c>one_hot</c>.</summary>
    public const int Classes = 65_536;
}
