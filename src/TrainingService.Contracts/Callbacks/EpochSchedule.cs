using System.Text.Json;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Schedules;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Callbacks;

/// <summary>
/// A learning rate per epoch, as data. A list has the rate of every epoch: <c>[0.1, 0.1, 0.01]</c>. A text is a formula in Python's
/// notation of <c>epoch</c> (counted from 0) and <c>lr</c> (the rate so far): <c>0.1 * 0.5 ** (epoch // 10)</c>,
/// <c>0.1 if epoch &lt; 10 else 0.01</c>, <c>lr * exp(-0.1)</c>. It knows numbers, <c>+ - * / // % **</c>, comparisons,
/// <c>and or not</c>, <c>a if c else b</c>, <c>pi</c>, <c>e</c>, and abs, ceil, cos, exp, float, floor, int, log, max, min, pow, round, sin, sqrt,
/// tan, tanh. An object is one of Keras's schedules, whose steps are then epochs:
/// <c>{"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": true}}</c>.
/// </summary>
public sealed record EpochSchedule : IWireForm
{
    /// <summary>Longest list.</summary>
    public const int MostRates = 1_000_000;

    private const double LargestRate = 1e6;

    private readonly Formula? _formula;

    /// <summary>A rate per epoch.</summary>
    public EpochSchedule(IReadOnlyList<double> rates) => Rates = rates;

    /// <summary>A formula.</summary>
    /// <exception cref="SpecException">It cannot be read.</exception>
    public EpochSchedule(string expression)
    {
        Expression = expression;
        _formula = FormulaParser.Parse(expression);
    }

    /// <summary>One of Keras's schedules, counting epochs.</summary>
    public EpochSchedule(LearningRateScheduleSpec decay) => Decay = decay;

    /// <summary>One of Keras's schedules, or null.</summary>
    public LearningRateScheduleSpec? Decay { get; }

    /// <summary>A rate per epoch, or null.</summary>
    public IReadOnlyList<double>? Rates { get; }

    /// <summary>The formula's text, or null.</summary>
    public string? Expression { get; }

    /// <summary>The rate of an epoch, where it is a list or a formula.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="rate">The rate so far.</param>
    /// <exception cref="SpecException">The list has no such epoch, or the formula gives no rate.</exception>
    public double RateAt(int epoch, double rate)
    {
        if (Rates is { } rates)
            return epoch < rates.Count ? rates[epoch] : throw new SpecException($"expected a rate for epoch {epoch}. Received: {rates.Count} rates.", "schedule");
        if (_formula is not { } formula)
            throw new InvalidOperationException("A schedule of Keras's is computed by the engine.");
        var value = formula(epoch, rate);
        return value is >= 0 and <= LargestRate
            ? value
            : throw new SpecException($"expected a rate from 0 to {LargestRate:0} in every epoch. Received: {value} in epoch {epoch}, counted from 0.", "schedule");
    }

    internal static object? Read(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind == JsonValueKind.Array)
            return ReadRates(json, pointer, context);
        if (json.ValueKind == JsonValueKind.Object)
            return new SpecReader(context).Read(json, typeof(LearningRateScheduleSpec), pointer, ValueRules.None) is LearningRateScheduleSpec decay ? new EpochSchedule(decay) : null;
        if (json.ValueKind != JsonValueKind.String)
        {
            context.Add(pointer, ViolationCodes.WrongType, $"expected a list of rates, an expression or a schedule. Received: {Received.Text(json)}.");
            return null;
        }
        try
        {
            return new EpochSchedule(json.GetString()!);
        }
        catch (SpecException broken)
        {
            context.Add(pointer, ViolationCodes.InvalidFormat, broken.Message);
            return null;
        }
    }

    private static EpochSchedule? ReadRates(JsonElement json, string pointer, ReadContext context)
    {
        if (json.GetArrayLength() is 0 or > MostRates)
        {
            context.Add(pointer, ViolationCodes.TooMany, $"expected 1 to {MostRates} rates. Received: {json.GetArrayLength()}.");
            return null;
        }
        var each = ValueRules.None with { Range = (0, LargestRate) };
        var rates = json.EnumerateArray().Select((rate, index) => NumberRules.ReadReal(rate, each, Pointers.Child(pointer, index), context)).ToList();
        return rates.TrueForAll(rate => rate is not null) ? new EpochSchedule([.. rates.Select(rate => rate!.Value)]) : null;
    }

    void IWireForm.Write(Utf8JsonWriter writer)
    {
        if (Rates is { } rates)
            SpecWriter.Write(writer, rates);
        else if (Decay is { } decay)
            SpecWriter.Write(writer, decay);
        else
            writer.WriteStringValue(Expression);
    }
}
