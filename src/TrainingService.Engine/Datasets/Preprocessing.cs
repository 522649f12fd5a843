using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Datasets;

/// <summary>
/// What is done with raw values before a model gets them, stored beside it as <c>preprocessing.json</c>: the columns of every input, and the maps of
/// the training pipeline without augmentation, with what their layers have learned.
/// </summary>
/// <param name="Inputs">In the order of the model's inputs.</param>
/// <param name="Outputs">In the order of its outputs.</param>
public sealed record Preprocessing(IReadOnlyList<PreparedInput> Inputs, IReadOnlyList<PreparedOutput> Outputs)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "preprocessing.json";

    private static readonly JsonSerializerOptions Options = ContractsJson.Options;

    /// <summary>What a training pipeline does.</summary>
    internal static Preprocessing Of(DatasetRows rows, Pipeline train)
    {
        var columns = rows.Columns.ToDictionary(column => column.Name);
        var tensors = rows.Layout.Tensors.ToDictionary(tensor => tensor.Name);
        return new Preprocessing(
            [
                .. train.Rows.Components.Where(component => component.Role == ComponentRole.Feature).Select(component => new PreparedInput(
                    component.Name, tensors[component.Name].Columns, [.. component.Sources.Select(source => columns[source] with { Statistics = null })],
                    [.. train.Applied.Where(map => map.Component == component.Name).Select(map => Prepares(map.Function)).OfType<MapFunction>().Select(function => (PipelineStep)new Map(function))])),
            ],
            [
                .. train.Rows.Components.Where(component => component.Role == ComponentRole.Label).Select(component => new PreparedOutput(
                    component.Name, component.Sources, component.Sources is [var only] ? columns[only].Classes : null)),
            ]);
    }

    private static MapFunction? Prepares(MapFunction function) =>
        function is not LayerMap map ? function : Augmentation.Without(map.Layer) is { } layer ? new LayerMap(layer) : null;

    /// <summary>Writes it.</summary>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, Options);

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    /// <exception cref="DatasetException">It is something else.</exception>
    public static Preprocessing Read(Stream stream)
    {
        try
        {
            return JsonSerializer.Deserialize<Preprocessing>(stream, Options) ?? throw new JsonException("null");
        }
        catch (JsonException damaged)
        {
            throw new DatasetException($"{FileName} cannot be read: {damaged.Message}", damaged);
        }
    }
}

/// <summary>How an input is made.</summary>
/// <param name="Name">Name of the input; <c>features</c> where there is one.</param>
/// <param name="Columns">The column that it is, or the columns of numbers that stand side by side in it.</param>
/// <param name="Kinds">What each column holds.</param>
/// <param name="Steps">Maps, in order.</param>
public sealed record PreparedInput(string Name, ColumnNames Columns, IReadOnlyList<ColumnInfo> Kinds, IReadOnlyList<PipelineStep> Steps);

/// <summary>What an output stands for.</summary>
/// <param name="Name">Name of the output; <c>labels</c> where there is one.</param>
/// <param name="Columns">Columns that it was compared with.</param>
/// <param name="Classes">Names of the classes, or null.</param>
public sealed record PreparedOutput(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string>? Classes);
