using System.Text;
using System.Text.Json.Nodes;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Training;
using Specs = TrainingService.Contracts.Callbacks;

namespace TrainingService.Engine.Callbacks;

/// <summary>Writes a row per epoch, byte for byte as Keras's: sorted columns, epochs from 0, <c>NA</c> where a figure is missing.</summary>
public sealed class CSVLogger(Specs.CSVLogger spec) : Callback
{
    private StringBuilder _text = new();
    private List<string>? _columns;

    /// <summary>The file.</summary>
    public string FileName => spec.Filename;

    /// <summary>Whether a second fit goes on behind the rows of the first one.</summary>
    public bool Continues { get; init; } = spec.Append;

    /// <summary>The file of another logger's state.</summary>
    internal static string FileOf(StateReader state) => (string)state.Value("values")!["file"]!;

    /// <inheritdoc />
    public override void OnTrainBegin() => (_text, _columns) = (new(spec.Append ? Fit.Files.FindText(spec.Filename) : null), null);

    /// <inheritdoc />
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (_columns is null)
        {
            _columns = [.. logs.Names.Order(StringComparer.Ordinal)];
            // With validation_freq above 1 the first epoch lacks these; later ones must find their column.
            if (!_columns.Exists(name => name.StartsWith("val_", StringComparison.Ordinal)))
                _columns.AddRange([.. _columns.Select(name => "val_" + name)]);
            if (_text.Length == 0)
                AddRow(["epoch", .. _columns]);
        }
        AddRow([$"{epoch}", .. _columns.Select(name => logs.Find(name) is { } value ? PythonFormat.Repr(value) : "NA")]);
        Fit.Files.SaveText(spec.Filename, _text.ToString());
    }

    private void AddRow(IEnumerable<string> cells) => _text.AppendJoin(spec.Separator, cells).Append("\r\n");

    /// <inheritdoc />
    public override CallbackState GetState() => new(new JsonObject
    {
        ["file"] = spec.Filename,
        ["text"] = _text.ToString(),
        ["columns"] = _columns is null ? null : new JsonArray([.. _columns.Select(name => (JsonNode)name)]),
    });

    /// <inheritdoc />
    public override void SetState(CallbackState state)
    {
        _text = new((string?)state.Values["text"]);
        _columns = state.Values["columns"]?.AsArray().Select(name => (string)name!).ToList();
        if (_text.Length > 0)
            Fit.Files.SaveText(spec.Filename, _text.ToString());
    }
}
