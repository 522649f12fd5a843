using System.Text.Json.Nodes;
using TrainingService.Engine.Training;

namespace TrainingService.Engine.Callbacks;

/// <summary>Remembers every epoch's figures; what <c>fit</c> returns.</summary>
public sealed class History : Callback
{
    private readonly List<int> _epochs = [];
    private readonly OrderedDictionary<string, List<double>> _figures = [];

    /// <summary>Finished epochs, from 0.</summary>
    public IReadOnlyList<int> Epochs => _epochs;

    /// <summary>Values per figure, in order of epochs.</summary>
    public IReadOnlyDictionary<string, List<double>> Figures => _figures;

    /// <inheritdoc />
    public override void OnTrainBegin()
    {
        _epochs.Clear();
        _figures.Clear();
    }

    /// <inheritdoc />
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        _epochs.Add(epoch);
        foreach (var name in logs.Names)
        {
            if (!_figures.TryGetValue(name, out var values))
                _figures[name] = values = [];
            values.Add(logs[name]);
        }
    }

    /// <inheritdoc />
    public override CallbackState GetState() => new(new JsonObject
    {
        ["epochs"] = new JsonArray([.. _epochs.Select(epoch => (JsonNode)epoch)]),
        ["figures"] = new JsonObject(_figures.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)new JsonArray([.. pair.Value.Select(value => CallbackState.Number(value))])))),
    });

    /// <inheritdoc />
    public override void SetState(CallbackState state)
    {
        OnTrainBegin();
        _epochs.AddRange(state.Values["epochs"]!.AsArray().Select(epoch => (int)epoch!));
        foreach (var (name, values) in state.Values["figures"]!.AsObject())
            _figures[name] = [.. values!.AsArray().Select(value => CallbackState.Number(value)!.Value)];
    }
}
