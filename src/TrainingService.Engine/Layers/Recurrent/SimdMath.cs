using System.Runtime.CompilerServices;

namespace TrainingService.Engine.Layers;

/// <summary>Exponentials for whole vectors, exact to a few units in the last place; NaN stays NaN.</summary>
internal static class SimdMath
{
    // Adding it rounds to a whole number, which then stands in the low bits.
    private const float Rounding = 12_582_912f; // 1.5 · 2²³

    /// <summary><c>1 / (1 + e⁻ˣ)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T x) where T : unmanaged, ISimd<T>
    {
        var (scale, rest) = Exponential(T.Within(T.All(0) - x, 87f));
        return T.All(1) / (T.All(1) + T.MultiplyAdd(scale, rest, scale));
    }

    /// <summary><c>tanh x = m / (m + 2)</c> with <c>m = e²ˣ - 1</c>, which loses nothing near zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x) where T : unmanaged, ISimd<T>
    {
        var (scale, rest) = Exponential(T.Within(x + x, 20f));
        var m = T.MultiplyAdd(scale, rest, scale - T.All(1));
        return m / (m + T.All(2));
    }

    /// <summary><c>eˣ = scale · (1 + more)</c>: 2ⁿ, and <c>eʳ - 1</c> with |r| up to ln 2 / 2, whose series ends after seven terms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (T Scale, T More) Exponential<T>(T x) where T : unmanaged, ISimd<T>
    {
        var shifted = T.MultiplyAdd(x, T.All(1.44269504f), T.All(Rounding));
        var n = shifted - T.All(Rounding);
        // ln 2 in two parts, the first of which has few enough bits for an exact product.
        var r = T.MultiplyAdd(n, T.All(2.12194440e-4f), T.MultiplyAdd(n, T.All(-0.693359375f), x));
        var square = r * r;
        // 1/2 + r/6 + r²/24 + … in pairs, which do not wait for each other.
        var low = T.MultiplyAdd(r, T.All(1f / 6), T.All(0.5f));
        var middle = T.MultiplyAdd(r, T.All(1f / 120), T.All(1f / 24));
        var high = T.MultiplyAdd(r, T.All(1f / 5040), T.All(1f / 720));
        var series = T.MultiplyAdd(T.MultiplyAdd(high, square, middle), square, low);
        return (T.PowerOfTwo(shifted), T.MultiplyAdd(series, square, r));
    }
}
