using System.Text.Json;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Layers;

public sealed class LayerConformanceTests
{
    private static readonly JsonElement Cases = Samples.Element(Samples.Conformance("Layers/layers.json")).GetProperty("cases");

    public static TheoryData<string> Computed() => Ids(refused: false);

    public static TheoryData<string> Refused() => Ids(refused: true);

    [Theory, MemberData(nameof(Computed))]
    public void A_layer_has_the_shapes_that_Keras_gives_it(string id)
    {
        var item = Case(id);
        var layer = Read(item, out var violations);
        Assert.Empty(violations);
        var input = Shape(item.GetProperty("input_shape"));
        Assert.Equal(Shape(item.GetProperty("output_shape")), layer!.OutputShape(input));
        Assert.Equal(item.GetProperty("weight_shapes").EnumerateArray().Select(Shape), layer.Weights(input).Select(weight => weight.Shape));
    }

    [Theory, MemberData(nameof(Refused))]
    public void A_layer_that_is_not_computed_here_is_refused_at_the_fields_that_make_it_so(string id)
    {
        var item = Case(id);
        Assert.Null(Read(item, out var violations));
        Assert.Equal(item.GetProperty("refused_at").EnumerateArray().Select(pointer => pointer.GetString()!), violations.Select(violation => violation.Pointer));
    }

    private static TheoryData<string> Ids(bool refused) => new(
        Cases.EnumerateArray().Where(item => item.GetProperty("refused_at").GetArrayLength() > 0 == refused).Select(item => item.GetProperty("id").GetString()!));

    private static JsonElement Case(string id) => Cases.EnumerateArray().Single(item => item.GetProperty("id").GetString() == id);

    private static LayerSpec? Read(JsonElement item, out IReadOnlyList<Violation> violations) => ContractsJson.TryRead<LayerSpec>(
        Samples.Raw($$"""{"class_name": {{item.GetProperty("class_name").GetRawText()}}, "config": {{item.GetProperty("config").GetRawText()}} }"""), out violations);

    private static Shape Shape(JsonElement json) => json.Deserialize<Shape>(ContractsJson.Options)!;
}
