using System.Numerics;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Optimizers;

/// <summary>What an optimizer does to one weight, written for a vector of them.</summary>
internal interface IElementRule
{
    /// <summary>How many values the rule remembers for each weight: 1 or 2.</summary>
    static abstract int Slots { get; }

    /// <summary>Moves the weights.</summary>
    /// <param name="value">The weights.</param>
    /// <param name="gradient">Their gradients.</param>
    /// <param name="first">What is remembered.</param>
    /// <param name="second">What else is remembered; nothing where there is one slot.</param>
    void Move(ref Vector<float> value, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second);
}

/// <summary>
/// An optimizer's step as a single pass over memory: a step of libtorch's operations reads and writes every weight several times and
/// starts its threads as often.
/// </summary>
internal static class FusedStep
{
    private const int ElementsPerPart = 1 << 20; // below it a second thread takes longer to wake than to help
    private const int Alignment = 16; // elements: no two threads write to one cache line

    /// <summary>Whether a buffer can be stepped over so: float32 on the CPU.</summary>
    public static bool Fits(Tensor values) => values.dtype == float32 && values.device_type == DeviceType.CPU;

    /// <summary>Moves all weights.</summary>
    /// <param name="rule">What to do to each.</param>
    /// <param name="values">The weights.</param>
    /// <param name="gradients">As many gradients.</param>
    /// <param name="first">As many remembered values.</param>
    /// <param name="second">As many again where the rule has two slots.</param>
    public static unsafe void Run<TRule>(TRule rule, Tensor values, Tensor gradients, Tensor first, Tensor? second = null)
        where TRule : struct, IElementRule
    {
        var elements = values.bytes.Length / sizeof(float);
        var parts = Math.Clamp(elements / ElementsPerPart, 1, get_num_threads());
        var length = (elements / parts + Alignment - 1) / Alignment * Alignment;
        fixed (byte* v = values.bytes, g = gradients.bytes, f = first.bytes, s = (second ?? first).bytes)
        {
            nint value = (nint)v, gradient = (nint)g, one = (nint)f, two = (nint)s;
            void Part(int part)
            {
                var start = Math.Min(part * length, elements);
                Move(in rule, (float*)value, (float*)gradient, (float*)one, (float*)two, start, Math.Min(start + length, elements));
            }
            if (parts == 1)
                Part(0);
            else
                Parallel.For(0, parts, Part);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Move<TRule>(in TRule shared, float* values, float* gradients, float* first, float* second, int start, int end)
        where TRule : struct, IElementRule
    {
        var rule = shared; // a copy of this thread's own, which the loop can keep in registers
        var i = start;
        for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
            Move(in rule, values + i, gradients + i, first + i, second + i);
        if (i == end)
            return;
        // The rest, in vectors of its own: each weight is computed alike, wherever it lies.
        var rest = stackalloc float[4 * Vector<float>.Count];
        float* value = rest, gradient = value + Vector<float>.Count, one = gradient + Vector<float>.Count, two = one + Vector<float>.Count;
        var bytes = (end - i) * sizeof(float);
        Buffer.MemoryCopy(values + i, value, bytes, bytes);
        Buffer.MemoryCopy(gradients + i, gradient, bytes, bytes);
        Buffer.MemoryCopy(first + i, one, bytes, bytes);
        Buffer.MemoryCopy(second + i, two, bytes, bytes);
        Move(in rule, value, gradient, one, two);
        Buffer.MemoryCopy(value, values + i, bytes, bytes);
        Buffer.MemoryCopy(one, first + i, bytes, bytes);
        if (TRule.Slots == 2)
            Buffer.MemoryCopy(two, second + i, bytes, bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Move<TRule>(in TRule rule, float* value, float* gradient, float* first, float* second)
        where TRule : struct, IElementRule
    {
        Vector<float> w = Vector.Load(value), one = Vector.Load(first), two = TRule.Slots == 2 ? Vector.Load(second) : default;
        rule.Move(ref w, Vector.Load(gradient), ref one, ref two);
        w.Store(value);
        one.Store(first);
        if (TRule.Slots == 2)
            two.Store(second);
    }
}
