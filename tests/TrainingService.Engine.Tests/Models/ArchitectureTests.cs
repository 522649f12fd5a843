using TrainingService.Contracts.Json;
using TrainingService.Contracts.Models;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Models;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Optimizers;

namespace TrainingService.Engine.Tests.Models;

/// <summary>Keras models that nobody prepared: the dry run, the engine and the architecture's own arithmetic agree, and they train.</summary>
[Collection(TrainingCollection.Name)]
public sealed class ArchitectureTests
{
    private const int Rows = 4, Steps = 5;

    public static TheoryData<string> All => [.. Architectures.All.Keys];

    [Theory, MemberData(nameof(All))]
    public void The_dry_run_has_the_shapes_and_parameters_of_the_architecture(string name)
    {
        var sample = Architectures.All[name]();
        var walk = ModelWalk.Through(Read(sample));
        var summary = walk.Summary();
        Assert.Equal(
            sample.Graph.Layers.Select(layer => (layer.Layer, layer.Output.ToString(), layer.Params)),
            summary.Layers.Select(layer => (layer.Name, layer.OutputShape.ToString(), layer.Params)));
        Assert.Equal(sample.Graph.Params, summary.TotalParams);
        Assert.Equal(sample.Outputs.Select(output => new Shape(output.Shape)), walk.Outputs.Select(output => output.Shape));
    }

    [Theory, MemberData(nameof(All))]
    public void The_engine_agrees_with_the_dry_run_and_steps_lower_the_loss(string name)
    {
        var sample = Architectures.All[name]();
        using var scope = NewDisposeScope();
        using var model = new Model(Read(sample), inputShapes: null, new RandomStreams(3), CPU);
        Assert.Equal((sample.Graph.Params, model.Walk.Summary().TrainableParams), (model.TotalParams, model.TrainableParams));
        using var optimizer = OptimizerTable.Build(new Specs.Adam(0.003), model.Parameters);
        manual_seed(5);
        var inputs = model.Walk.Inputs.Select(Example).ToArray();
        Tensor? wanted = null;
        List<float> losses = [];
        for (var step = 0; step < Steps; step++)
        {
            model.Parameters.ZeroGradients();
            var output = Assert.Single(model.Call([.. inputs.Select(input => new KerasTensor(input))], new CallContext(training: true))).Value;
            var real = ModelWalk.Through(model.Walk.Origin, [.. inputs.Select(input => new Shape(input.shape.Select(size => (long?)size)))]).Output;
            Assert.Equal(real, new Shape(output.shape.Select(size => (long?)size)));
            wanted ??= rand_like(output.detach());
            var loss = (output - wanted).square().mean();
            loss.backward();
            losses.Add(loss.item<float>());
            optimizer.Step();
        }
        Assert.True(losses[^1] < losses[0], string.Join(" ", losses));
    }

    [Theory]
    [InlineData("Seq2Seq")]
    [InlineData("Transformer")]
    public void Padding_does_not_count(string name)
    {
        var sample = Architectures.All[name]();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = new Model(Read(sample), inputShapes: null, new RandomStreams(3), CPU);
        var tokens = tensor(new long[,] { { 4, 7, 2 }, { 9, 1, 3 } });
        var (bare, padded, other) = (Output(tokens), Output(nn.functional.pad(tokens, [0, 2])), Output(nn.functional.pad(tokens, [0, 2], value: 5)));
        Assert.True(bare.allclose(padded, atol: 1e-6), "padding changes the output");
        Assert.False(bare.allclose(other, atol: 1e-4), "tokens do not change the output");

        Tensor Output(Tensor first) => model.Call(
            [new KerasTensor(first), .. model.Walk.Inputs.Skip(1).Select(_ => new KerasTensor(tensor(new long[,] { { 1, 2 }, { 3, 4 } })))],
            new CallContext(training: false))[0].Value;
    }

    [Theory, MemberData(nameof(All))]
    public void What_is_written_is_read_again(string name)
    {
        var model = Read(Architectures.All[name]());
        var json = System.Text.Json.JsonSerializer.SerializeToElement(model, ContractsJson.Options);
        var again = ContractsJson.TryRead<ModelSpec>(json, out var violations);
        Assert.Empty(violations);
        Assert.Equal(json.GetRawText(), System.Text.Json.JsonSerializer.Serialize(again, ContractsJson.Options));
        Assert.Equal(ModelWalk.Through(model).Summary().TotalParams, ModelWalk.Through(again!).Summary().TotalParams);
    }

    private static ModelSpec Read(Architectures.Sample sample)
    {
        using var document = System.Text.Json.JsonDocument.Parse(sample.Json);
        var model = ContractsJson.TryRead<ModelSpec>(document.RootElement, out var violations);
        Assert.Empty(violations);
        return model!;
    }

    private static Tensor Example(ModelTensor input)
    {
        long[] sizes = [.. input.Shape.Select((size, axis) => size ?? (axis == 0 ? Rows : 6))];
        return input.Dtype == "int32" ? randint(0, 12, sizes, dtype: int64) : randn(sizes);
    }
}
