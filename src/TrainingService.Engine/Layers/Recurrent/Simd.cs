using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TrainingService.Engine.Layers;

/// <summary>A vector of 32 bit numbers, so that a kernel is written once and compiled for every width of the processor.</summary>
internal unsafe interface ISimd<T> where T : unmanaged, ISimd<T>
{
    /// <summary>Numbers in the vector.</summary>
    static abstract int Lanes { get; }

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    static abstract T Load(float* from);

    /// <summary>The number in all lanes.</summary>
    static abstract T All(float number);

    /// <summary><c>a · b + c</c>.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>The number, or the limit that it exceeds, ±limit; NaN stays NaN.</summary>
    static abstract T Within(T x, float limit);

    /// <summary>2 to the power of the whole number in the low bits of a sum with 1.5 · 2²³.</summary>
    static abstract T PowerOfTwo(T shifted);

    void Store(float* to);
}

/// <summary>512 bits.</summary>
internal readonly unsafe struct Wide(Vector512<float> value) : ISimd<Wide>
{
    private readonly Vector512<float> _value = value;

    public static int Lanes => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide operator +(Wide a, Wide b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide operator -(Wide a, Wide b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide operator *(Wide a, Wide b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide operator /(Wide a, Wide b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide All(float number) => new(Vector512.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide MultiplyAdd(Wide a, Wide b, Wide c) => new(Vector512.MultiplyAddEstimate(a._value, b._value, c._value));

    // One instruction each, and a NaN on the right comes through.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide Within(Wide x, float limit) =>
        new(Vector512.MinNative(Vector512.Create(limit), Vector512.MaxNative(Vector512.Create(-limit), x._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide PowerOfTwo(Wide shifted) => new((Vector512.ShiftLeft(shifted._value.AsInt32(), 23) + Vector512.Create(0x3F80_0000)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _value.Store(to);
}

/// <summary>What .NET takes for the processor's width, 128 or 256 bits.</summary>
internal readonly unsafe struct Narrow(Vector<float> value) : ISimd<Narrow>
{
    private readonly Vector<float> _value = value;

    public static int Lanes => Vector<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow operator +(Narrow a, Narrow b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow operator -(Narrow a, Narrow b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow operator *(Narrow a, Narrow b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow operator /(Narrow a, Narrow b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow Load(float* from) => new(Vector.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow All(float number) => new(Vector.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow MultiplyAdd(Narrow a, Narrow b, Narrow c) => new(Vector.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow Within(Narrow x, float limit) => new(Vector.MinNative(Vector.Create(limit), Vector.MaxNative(Vector.Create(-limit), x._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow PowerOfTwo(Narrow shifted) =>
        new(Vector.AsVectorSingle(Vector.ShiftLeft(Vector.AsVectorInt32(shifted._value), 23) + Vector.Create(0x3F80_0000)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _value.Store(to);
}
