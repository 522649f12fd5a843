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
    public override JsonObject GetState() => new()
    {
        ["epochs"] = new JsonArray([.. _epochs.Select(epoch => (JsonNode)epoch)]),
        // As text: a figure that is not finite has no JSON number.
        ["figures"] = new JsonObject(_figures.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)new JsonArray([.. pair.Value.Select(value => (JsonNode)value.ToString("R"))])))),
    };

    /// <inheritdoc />
    public override void SetState(JsonObject state)
    {
        OnTrainBegin();
        _epochs.AddRange(state["epochs"]!.AsArray().Select(epoch => (int)epoch!));
        foreach (var (name, values) in state["figures"]!.AsObject())
            _figures[name] = [.. values!.AsArray().Select(value => double.Parse((string)value!))];
    }
}
