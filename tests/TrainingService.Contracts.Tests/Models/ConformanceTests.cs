using System.Text.Json;
using System.Text.Json.Nodes;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Models;

namespace TrainingService.Contracts.Tests.Models;

public sealed class ConformanceTests
{
    public static TheoryData<string> Cases() =>
        new(Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Conformance", "Architectures"), "*.json").Select(Path.GetFileName).Order()!);

    [Theory, MemberData(nameof(Cases))]
    public void Shapes_and_parameters_are_those_that_Keras_says(string file)
    {
        var document = Samples.Conformance($"Architectures/{file}");
        var model = ContractsJson.TryRead<ModelSpec>(Samples.Element(document["model"]!), out var violations);
        Assert.Empty(violations);
        var summary = ModelWalk.Through((Sequential)model!).Summary();
        var expected = document["expected"]!;
        Assert.Equal((long)expected["total_params"]!, summary.TotalParams);
        Assert.Equal((long)expected["trainable_params"]!, summary.TrainableParams);
        Assert.Equal((long)expected["non_trainable_params"]!, summary.NonTrainableParams);
        Assert.Equal(expected["layers"]!.AsArray().Select(Row), summary.Layers.Select(layer => Row(JsonSerializer.SerializeToNode(layer, ContractsJson.Options))));
    }

    private static string Row(JsonNode? layer) => string.Join(
        ' ', layer!["name"], layer["class_name"], layer["output_shape"]!.ToJsonString(), layer["params"], layer["weight_shapes"]!.ToJsonString());
}
