using System.Runtime.CompilerServices;

namespace TrainingService.Engine.Layers;

/// <summary>A piece of the product of rows and a kernel that fits into the registers, whatever the length of the sums.</summary>
internal static unsafe class Tile<T> where T : unmanaged, ISimd<T>
{
    /// <summary>Rows of the large pieces.</summary>
    public const int Rows = 4;

    /// <summary>Vectors of columns of the large pieces.</summary>
    public const int Vectors = 4;

    /// <summary>Four rows and four vectors of columns, which lie side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FourByFour(float* kernel, int length, float* from, int fromStride, float* to, int stride)
    {
        var lanes = T.Lanes;
        float* r0 = from, r1 = r0 + fromStride, r2 = r1 + fromStride, r3 = r2 + fromStride;
        T a0 = default, b0 = default, c0 = default, d0 = default, a1 = default, b1 = default, c1 = default, d1 = default;
        T a2 = default, b2 = default, c2 = default, d2 = default, a3 = default, b3 = default, c3 = default, d3 = default;
        for (var k = 0; k < length; k++, kernel += 4 * lanes)
        {
            T a = T.Load(kernel), b = T.Load(kernel + lanes), c = T.Load(kernel + 2 * lanes), d = T.Load(kernel + 3 * lanes);
            var x = T.All(r0[k]);
            a0 = T.MultiplyAdd(x, a, a0);
            b0 = T.MultiplyAdd(x, b, b0);
            c0 = T.MultiplyAdd(x, c, c0);
            d0 = T.MultiplyAdd(x, d, d0);
            x = T.All(r1[k]);
            a1 = T.MultiplyAdd(x, a, a1);
            b1 = T.MultiplyAdd(x, b, b1);
            c1 = T.MultiplyAdd(x, c, c1);
            d1 = T.MultiplyAdd(x, d, d1);
            x = T.All(r2[k]);
            a2 = T.MultiplyAdd(x, a, a2);
            b2 = T.MultiplyAdd(x, b, b2);
            c2 = T.MultiplyAdd(x, c, c2);
            d2 = T.MultiplyAdd(x, d, d2);
            x = T.All(r3[k]);
            a3 = T.MultiplyAdd(x, a, a3);
            b3 = T.MultiplyAdd(x, b, b3);
            c3 = T.MultiplyAdd(x, c, c3);
            d3 = T.MultiplyAdd(x, d, d3);
        }
        Store(a0, b0, c0, d0, to);
        Store(a1, b1, c1, d1, to + stride);
        Store(a2, b2, c2, d2, to + 2 * stride);
        Store(a3, b3, c3, d3, to + 3 * stride);
    }

    /// <summary>Four rows and one vector of columns; <paramref name="wide"/> numbers from one row of the kernel to the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FourByOne(float* kernel, int wide, int length, float* from, int fromStride, float* to, int stride)
    {
        T a0 = default, a1 = default, a2 = default, a3 = default;
        for (var k = 0; k < length; k++, kernel += wide, from++)
        {
            var a = T.Load(kernel);
            a0 = T.MultiplyAdd(T.All(from[0]), a, a0);
            a1 = T.MultiplyAdd(T.All(from[fromStride]), a, a1);
            a2 = T.MultiplyAdd(T.All(from[2 * fromStride]), a, a2);
            a3 = T.MultiplyAdd(T.All(from[3 * fromStride]), a, a3);
        }
        a0.Store(to);
        a1.Store(to + stride);
        a2.Store(to + 2 * stride);
        a3.Store(to + 3 * stride);
    }

    /// <summary>One row and four vectors of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneByFour(float* kernel, int length, float* from, float* to)
    {
        var lanes = T.Lanes;
        T a = default, b = default, c = default, d = default;
        for (var k = 0; k < length; k++, kernel += 4 * lanes)
        {
            var x = T.All(from[k]);
            a = T.MultiplyAdd(x, T.Load(kernel), a);
            b = T.MultiplyAdd(x, T.Load(kernel + lanes), b);
            c = T.MultiplyAdd(x, T.Load(kernel + 2 * lanes), c);
            d = T.MultiplyAdd(x, T.Load(kernel + 3 * lanes), d);
        }
        Store(a, b, c, d, to);
    }

    /// <summary>One row and one vector of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneByOne(float* kernel, int wide, int length, float* from, float* to)
    {
        T a = default;
        for (var k = 0; k < length; k++, kernel += wide)
            a = T.MultiplyAdd(T.All(from[k]), T.Load(kernel), a);
        a.Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T a, T b, T c, T d, float* to)
    {
        var lanes = T.Lanes;
        a.Store(to);
        b.Store(to + lanes);
        c.Store(to + 2 * lanes);
        d.Store(to + 3 * lanes);
    }
}
