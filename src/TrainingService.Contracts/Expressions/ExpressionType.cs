using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Expressions;

/// <summary>What is known of a value before anything is computed.</summary>
/// <param name="Shape">Its shape; unknown sizes are null.</param>
/// <param name="HasBatch">Whether the first axis is the batch's.</param>
/// <param name="IsTruth">Whether it is true or false instead of a number.</param>
/// <param name="HasGradient">Whether a gradient reaches what is trained through it.</param>
public sealed record ExpressionType(Shape Shape, bool HasBatch, bool IsTruth = false, bool HasGradient = false)
{
    /// <summary>A number.</summary>
    public static ExpressionType Scalar { get; } = new(new Shape(), HasBatch: false);

    /// <summary>Axes beside the batch's whose size is unknown.</summary>
    internal int UnknownAxes => Inner.Count(size => size is null);

    /// <summary>Product of the known sizes beside the batch's.</summary>
    internal Int128 KnownElements => new Shape([null, .. Inner.Where(size => size is not null)]).ElementsPerSample ?? 0;

    private IEnumerable<long?> Inner => HasBatch ? Shape.Skip(1) : Shape;
}
