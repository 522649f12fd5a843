using System.Text.Json;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;

namespace TrainingService.Contracts.Callbacks;

/// <summary>Which epochs: every so many (1, all of them, is the default), or those of a list, counted from 1.</summary>
public readonly record struct EpochFrequency : IWireForm
{
    private const int MostEpochs = 1_000_000;

    private readonly int? _every;

    private EpochFrequency(int? every, IReadOnlyList<int>? epochs) => (_every, Epochs) = (every, epochs);

    /// <summary>The epochs, or null when they follow a number.</summary>
    public IReadOnlyList<int>? Epochs { get; }

    /// <summary>Every so many epochs.</summary>
    /// <param name="epochs">At least 1.</param>
    public static implicit operator EpochFrequency(int epochs) => new(epochs == 1 ? null : epochs, null); // one value for every epoch: the default

    /// <summary>The epochs of a list.</summary>
    /// <param name="epochs">Counted from 1.</param>
    public static EpochFrequency At(params IReadOnlyList<int> epochs) => new(null, epochs);

    /// <summary>Whether it is one of them.</summary>
    /// <param name="epoch">Counted from 1.</param>
    public bool Includes(int epoch) => Epochs?.Contains(epoch) ?? epoch % (_every ?? 1) == 0;

    /// <summary>Whether one of them lies between these.</summary>
    /// <param name="first">Counted from 1.</param>
    /// <param name="last">Counted from 1.</param>
    public bool IncludesAny(int first, int last) =>
        Epochs?.Any(epoch => epoch >= first && epoch <= last) ?? last / (_every ?? 1) * (_every ?? 1) >= first;

    internal static object? Read(JsonElement json, ValueRules rules, string pointer, ReadContext context)
    {
        if (json.ValueKind != JsonValueKind.Array)
            return NumberRules.ReadInteger(json, 1, MostEpochs, ValueRules.None, pointer, context) is { } every ? (EpochFrequency)(int)every : null;
        if (json.GetArrayLength() is 0 or > MostEpochs)
        {
            context.Add(pointer, ViolationCodes.TooMany, $"expected 1 to {MostEpochs} epochs. Received: {json.GetArrayLength()}.");
            return null;
        }
        var epochs = json.EnumerateArray()
            .Select((epoch, index) => NumberRules.ReadInteger(epoch, 1, MostEpochs, ValueRules.None, Pointers.Child(pointer, index), context)).ToList();
        return epochs.TrueForAll(epoch => epoch is not null) ? At([.. epochs.Select(epoch => (int)epoch!.Value)]) : null;
    }

    void IWireForm.Write(Utf8JsonWriter writer) => SpecWriter.Write(writer, (object?)Epochs ?? _every ?? 1);
}
