using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>How strong a random change is: one number, or the lower and upper end of a range. Keras's layers read one number in three ways.</summary>
/// <param name="First">The number, or one end.</param>
/// <param name="Second">The other end; null for one number.</param>
public readonly record struct Factor(double First, double? Second = null)
{
    /// <summary>One number <c>f</c> means <c>(max(-|f|, minimum), |f|)</c>; a pair is sorted and need only touch the bounds.</summary>
    /// <exception cref="SpecException">Out of the bounds.</exception>
    public (double Lower, double Upper) Clipped(double minimum, double maximum, string field) => Second is { } second
        ? First > maximum || second < minimum ? throw Outside(minimum, maximum, field) : Sorted(First, second)
        : First < minimum || First > maximum ? throw Outside(minimum, maximum, field) : (Math.Max(-Math.Abs(First), minimum), Math.Abs(First));

    /// <summary>One number <c>f</c> means <c>(-|f|, |f|)</c>; both ends of a pair lie within the bounds.</summary>
    /// <exception cref="SpecException">Out of the bounds.</exception>
    public (double Lower, double Upper) Symmetric(double minimum, double maximum, string field)
    {
        Check(minimum, maximum, field);
        return Second is { } second ? Sorted(First, second) : (-Math.Abs(First), Math.Abs(First));
    }

    /// <summary>One number <c>f</c> means <c>(0, f)</c>; both ends of a pair lie within the bounds.</summary>
    /// <exception cref="SpecException">Out of the bounds.</exception>
    public (double Lower, double Upper) FromZero(double minimum, double maximum, string field)
    {
        Check(minimum, maximum, field);
        return Second is { } second ? Sorted(First, second) : (0, First);
    }

    /// <inheritdoc />
    public override string ToString() => Second is { } second ? $"({First}, {second})" : $"{First}";

    private void Check(double minimum, double maximum, string field)
    {
        if (First < minimum || First > maximum || Second < minimum || Second > maximum)
            throw Outside(minimum, maximum, field);
    }

    private SpecException Outside(double minimum, double maximum, string field) =>
        new($"expected a number or a pair of numbers from {minimum} to {maximum}. Received: {this}.", field);

    private static (double Lower, double Upper) Sorted(double first, double second) => first <= second ? (first, second) : (second, first);
}

/// <summary>The least and the greatest value that images have: two numbers, such as <c>[0, 255]</c>.</summary>
/// <param name="First">One end.</param>
/// <param name="Second">The other end.</param>
public readonly record struct ValueRange(double First, double Second)
{
    /// <summary>Bytes: <c>[0, 255]</c>.</summary>
    public static ValueRange Bytes { get; } = new(0, 255);

    /// <summary>The same range with the lower end first.</summary>
    public ValueRange Sorted => First <= Second ? this : new(Second, First);

    /// <summary>The distance between the ends.</summary>
    public double Width => Second - First;

    /// <inheritdoc />
    public override string ToString() => $"({First}, {Second})";
}
