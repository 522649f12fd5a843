using TorchSharp;
using TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Layers;

/// <summary>A value where data is prepared: numbers in a tensor, or texts, which no tensor can hold.</summary>
public abstract record HostValue
{
    /// <summary>Sizes of its axes.</summary>
    public abstract IReadOnlyList<long> Dims { get; }
}

/// <summary>Texts.</summary>
/// <param name="Values">In row-major order.</param>
/// <param name="Dims">Sizes of the axes.</param>
public sealed record TextValue(IReadOnlyList<string> Values, params IReadOnlyList<long> Dims) : HostValue
{
    /// <inheritdoc />
    public override IReadOnlyList<long> Dims { get; } = Dims;

    /// <summary>One text per row.</summary>
    public static TextValue Column(IReadOnlyList<string> values) => new(values, values.Count);
}

/// <summary>Numbers.</summary>
/// <param name="Tensor">The tensor.</param>
public sealed record TensorValue(torch.Tensor Tensor) : HostValue
{
    /// <inheritdoc />
    public override IReadOnlyList<long> Dims => Tensor.shape;
}

/// <summary>A layer that also takes texts. It runs where data is prepared, on the CPU; what it gives is a tensor, unless it is inverted.</summary>
public interface IHostLayer
{
    /// <summary>Computes the output.</summary>
    /// <param name="inputs">One value per input.</param>
    /// <exception cref="ArgumentException">The layer cannot take such values.</exception>
    HostValue Apply(params IReadOnlyList<HostValue> inputs);
}

/// <summary>A layer that learns from data before training, Keras's <c>adapt</c>: <see cref="Reset"/>, <see cref="Update"/> per batch, <see cref="Finish"/>.</summary>
public interface IAdaptable
{
    /// <summary>Whether there is something to learn: what is given at construction is not learned again.</summary>
    bool Adapts { get; }

    /// <summary>Forgets what the updates so far have counted.</summary>
    void Reset();

    /// <summary>Counts a batch.</summary>
    /// <param name="batch">Rows of the training data.</param>
    void Update(HostValue batch);

    /// <summary>Makes what was counted the layer's state.</summary>
    void Finish();

    /// <summary>The layer's data with what it has learned as if it had been given: a layer of this data computes the same.</summary>
    LayerSpec Learned();
}

/// <summary>Ways to read host values.</summary>
internal static class HostValues
{
    /// <summary>Numbers.</summary>
    /// <exception cref="ArgumentException">It is texts.</exception>
    public static torch.Tensor Numbers(this HostValue value) =>
        value is TensorValue tensor ? tensor.Tensor : throw new ArgumentException("expected numbers. Received: texts.");

    /// <summary>Texts.</summary>
    /// <exception cref="ArgumentException">It is numbers.</exception>
    public static TextValue Texts(this HostValue value) =>
        value as TextValue ?? throw new ArgumentException("expected texts. Received: numbers.");

    /// <summary>The only value.</summary>
    /// <exception cref="ArgumentException">There are several.</exception>
    public static HostValue Single(IReadOnlyList<HostValue> inputs) =>
        inputs.Count == 1 ? inputs[0] : throw new ArgumentException($"expected one input. Received: {inputs.Count}.");

    /// <summary>The numbers, as whole ones, in row-major order.</summary>
    public static long[] Integers(torch.Tensor tensor) => tensor.cpu().to(torch.int64).contiguous().data<long>().ToArray();

    /// <summary>Whole numbers as a tensor.</summary>
    public static torch.Tensor Tensor(IEnumerable<long> numbers, IReadOnlyList<long> dims) => torch.tensor(numbers.ToArray(), dims.ToArray(), dtype: torch.int64);
}
