using System.Numerics;
using System.Runtime.CompilerServices;

namespace TrainingService.Engine.Layers;

/// <summary>Exponentials for whole vectors, exact to a few units in the last place; NaN stays NaN.</summary>
internal static class SimdMath
{
    // Adding it rounds to a whole number, which then stands in the low bits.
    private const float Rounding = 12_582_912f; // 1.5 · 2²³

    /// <summary><c>1 / (1 + e⁻ˣ)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x)
    {
        var (scale, rest) = Split(Between(-x, 87f));
        return Vector<float>.One / (Vector<float>.One + Vector.MultiplyAddEstimate(scale, rest, scale));
    }

    /// <summary><c>tanh x = m / (m + 2)</c> with <c>m = e²ˣ - 1</c>, which loses nothing near zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        var (scale, rest) = Split(Between(x + x, 20f));
        var m = Vector.MultiplyAddEstimate(scale, rest, scale - Vector<float>.One);
        return m / (m + Vector.Create(2f));
    }

    // The native minimum and maximum of two: one instruction, and a NaN on the right comes through.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Between(Vector<float> x, float limit) =>
        Vector.MinNative(Vector.Create(limit), Vector.MaxNative(Vector.Create(-limit), x));

    /// <summary><c>eˣ = scale · (1 + rest)</c>: 2ⁿ and <c>eʳ - 1</c> with |r| up to ln 2 / 2, whose series ends after seven terms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<float> Scale, Vector<float> Remainder) Split(Vector<float> x)
    {
        var shifted = Vector.MultiplyAddEstimate(x, Vector.Create(1.44269504f), Vector.Create(Rounding));
        var n = shifted - Vector.Create(Rounding);
        // ln 2 in two parts, the first of which has few enough bits for an exact product.
        var r = Vector.MultiplyAddEstimate(n, Vector.Create(-0.693359375f), x);
        r = Vector.MultiplyAddEstimate(n, Vector.Create(2.12194440e-4f), r);
        var series = Vector.MultiplyAddEstimate(r, Vector.Create(1f / 5040), Vector.Create(1f / 720));
        series = Vector.MultiplyAddEstimate(series, r, Vector.Create(1f / 120));
        series = Vector.MultiplyAddEstimate(series, r, Vector.Create(1f / 24));
        series = Vector.MultiplyAddEstimate(series, r, Vector.Create(1f / 6));
        series = Vector.MultiplyAddEstimate(series, r, Vector.Create(0.5f));
        var rest = Vector.MultiplyAddEstimate(series, r * r, r);
        var scale = Vector.AsVectorSingle(Vector.ShiftLeft(Vector.AsVectorInt32(shifted), 23) + Vector.Create(0x3F80_0000));
        return (scale, rest);
    }
}
